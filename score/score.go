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
	s.subtract(fails)
	s.cap(fails)
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
	Terms         []Term

	exact float64
	limit int // the cap's upper end; 100 where there is none
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

func (s *Score) subtract(fails []rule.Result) {
	s.exact, s.limit = 100, 100
	s.Terms = []Term{{"start", 0, 100}}
	for _, f := range fails {
		before := round(s.exact)
		s.exact *= 1 - float64(shares[f.Severity])/100
		text := fmt.Sprintf("%s (%s takes %d %%)", f.Meta.ID, f.Severity, shares[f.Severity])
		s.Terms = append(s.Terms, Term{text, round(s.exact) - before, round(s.exact)})
	}
	s.Uncapped = round(s.exact)
	s.Value = s.Uncapped
}

// cap puts the score into the lowest band of any failure: at the band's low end
// when nothing else is right, at its high end when all else is.
func (s *Score) cap(fails []rule.Result) {
	raw, best := s.exact, s.exact
	for _, f := range fails {
		band := f.Meta.Cap
		if band.None() || !f.Severity.AtLeast(band.From) {
			continue
		}
		s.limit = min(s.limit, band.High)
		capped := math.Min(raw, float64(band.Low)+raw*float64(band.High-band.Low)/100)
		if capped < best {
			best, s.CappedBy = capped, f.Meta.ID
			s.Value = round(best)
			text := fmt.Sprintf("capped by %s: %d + %d × %d/100", f.Meta.ID, band.Low, band.High-band.Low, s.Uncapped)
			s.Terms = append(s.Terms, Term{text, s.Value - s.Terms[len(s.Terms)-1].Score, s.Value})
		}
	}
}

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
