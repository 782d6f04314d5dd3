// Package score turns verdicts into a score and a grade: no clock, no I/O, one
// table by severity, and arithmetic that can be followed with a pencil.
package score

import (
	"fmt"
	"math"
	"sort"

	"middlebrick/rule"
)

// Model is the version of the arithmetic; every report names it.
const Model = "1"

// Share is how much of what is left a failure of that severity takes, in
// percent. Shares and not points: no failure is free because others came first,
// and no mend is worthless.
func Share(s rule.Severity) int { return shares[s] }

var shares = map[rule.Severity]int{rule.Critical: 30, rule.High: 20, rule.Medium: 11, rule.Low: 2, rule.Info: 0}

// Floor is the part of a check's rules that must have been answered before the
// check is given a score.
const Floor = 2.0 / 3

// Of is the score of one check. Order does not matter; one more failure never
// raises it; what was inconclusive neither adds nor takes, it lowers the
// coverage, and withholds the score where it could have capped it.
func Of(results []rule.Result) Score {
	s := Score{Planned: len(results)}
	fails, doubts := sorted(results)
	s.Inconclusive = len(doubts)
	s.Ran = s.Planned - s.Inconclusive
	applied := 0
	for _, r := range results {
		if r.Verdict.Outcome != rule.NotApplies {
			applied++
		}
	}
	if applied == 0 {
		s.Withheld = "no rule of this check applies to this target"
		s.NotApplicable = true
		return s
	}
	s.fails = fails
	s.subtract()
	s.cap(func(rule.Result) {})
	s.withhold(doubts)
	return s
}

// A Score is a check's score with the way it came about. Value counts only where
// Withheld is empty.
type Score struct {
	Value         int
	Withheld      string // why there is no score
	NotApplicable bool
	Uncapped      int    // what it would be without caps
	CappedBy      string // rule id
	Ran           int    // rules that were answered
	Planned       int
	Inconclusive  int

	exact float64
	limit int           // the cap's upper end; 100 where there is none
	fails []rule.Result // the worst first
}

// A Term is one line of the arithmetic.
type Term struct {
	Text  string
	Delta int
	Score int
}

// OK is true when there is a score.
func (s Score) OK() bool { return s.Withheld == "" }

func sorted(results []rule.Result) (fails, doubts []rule.Result) {
	for _, r := range results {
		switch r.Verdict.Outcome {
		case rule.Failed:
			fails = append(fails, r)
		case rule.Inconcluded:
			doubts = append(doubts, r)
		}
	}
	sort.Slice(fails, func(i, j int) bool {
		a, b := fails[i], fails[j]
		if a.Severity != b.Severity {
			return !b.Severity.AtLeast(a.Severity)
		}
		return a.Meta.ID < b.Meta.ID
	})
	sort.Slice(doubts, func(i, j int) bool { return doubts[i].Meta.ID < doubts[j].Meta.ID })
	return fails, doubts
}

func (s *Score) subtract() {
	s.exact, s.limit = 100, 100
	for _, f := range s.fails {
		s.exact = less(s.exact, f.Severity)
	}
	s.Uncapped = round(s.exact)
	s.Value = s.Uncapped
}

// cap puts the score into the lowest band of any failure: at the band's low end
// when nothing else is right, at its high end when all else is. It tells of each
// failure that lowers the score, when it has.
func (s *Score) cap(lowered func(by rule.Result)) {
	raw, best := s.exact, s.exact
	for _, f := range s.fails {
		band := f.Meta.Cap
		if band.None() || !f.Severity.AtLeast(band.From) {
			continue
		}
		s.limit = min(s.limit, band.High)
		capped := math.Min(raw, float64(band.Low)+raw*float64(band.High-band.Low)/100)
		if capped < best {
			best, s.CappedBy = capped, f.Meta.ID
			s.Value = round(best)
			lowered(f)
		}
	}
}

// Terms is the arithmetic, line by line; nothing where the check does not apply.
func (s Score) Terms() []Term {
	if s.NotApplicable {
		return nil
	}
	terms, exact := []Term{{"start", 0, 100}}, 100.0
	for _, f := range s.fails {
		before := round(exact)
		exact = less(exact, f.Severity)
		text := fmt.Sprintf("%s (%s takes %d %%)", f.Meta.ID, f.Severity, shares[f.Severity])
		terms = append(terms, Term{text, round(exact) - before, round(exact)})
	}
	s.cap(func(by rule.Result) {
		band := by.Meta.Cap
		text := fmt.Sprintf("capped by %s: %d + %d × %d/100", by.Meta.ID, band.Low, band.High-band.Low, s.Uncapped)
		terms = append(terms, Term{text, s.Value - terms[len(terms)-1].Score, s.Value})
	})
	return terms
}

// less is what a failure of that severity leaves.
func less(exact float64, s rule.Severity) float64 { return exact * (1 - float64(shares[s])/100) }

func (s *Score) withhold(doubts []rule.Result) {
	if float64(s.Ran) < Floor*float64(s.Planned) {
		s.Withheld = fmt.Sprintf("only %d of %d rules could be answered", s.Ran, s.Planned)
		return
	}
	for _, d := range doubts {
		if !d.Meta.Cap.None() && !d.Meta.Cap.IfSeen && d.Meta.Cap.High < s.limit {
			s.Withheld = fmt.Sprintf("%s could not be told, and it could cap the score at %d", d.Meta.ID, d.Meta.Cap.High)
			return
		}
	}
}

func round(f float64) int { return int(math.Floor(f + 0.5)) }

// Letters are the grades with the lowest score of each, best first.
func Letters() []Letter { return []Letter{{"A", 90}, {"B", 80}, {"C", 70}, {"D", 60}, {"F", 0}} }

// A Letter is a grade and its lowest score.
type Letter struct {
	Grade string
	From  int
}

// Grade is the letter for a score.
func Grade(value int) string {
	for _, letter := range Letters() {
		if value >= letter.From {
			return letter.Grade
		}
	}
	return "F"
}
