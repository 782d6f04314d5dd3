// Package ssllabs gives a target the letter of Qualys' SSL Server Rating Guide,
// version 2009r, so that users can compare our score with the one they know. It
// is a pure function of observations and verdicts: what was not seen withholds
// the letter and is never guessed.
package ssllabs

import (
	"fmt"
	"slices"

	"middlebrick/observe"
	"middlebrick/rule"
)

// Guide is the version of the rating guide.
const Guide = "2009r"

// A Letter is the grade with its arithmetic. Scores are from 0 to 100, and nil
// where they cannot be told.
type Letter struct {
	Guide       string   `json:"guide"`
	Grade       string   `json:"grade"`     // "A+" to "F", "T" not trusted, "M" another name; "" when it is withheld
	IfTrusted   string   `json:"ifTrusted"` // the grade if trust issues are ignored; "" when it is withheld
	Withheld    string   `json:"withheld,omitempty"`
	Protocol    *int     `json:"protocol"`
	KeyExchange *int     `json:"keyExchange"`
	Cipher      *int     `json:"cipher"`
	Total       *int     `json:"total"` // 30 % protocol, 30 % key exchange, 40 % cipher; 0 if one of them is 0
	Caps        []Cap    `json:"caps"`  // the lowest first
	Warnings    []string `json:"warnings"`
	ForPlus     []string `json:"forPlus"` // what an A lacks of an A+
	Unknown     []string `json:"unknown"` // what was not seen and could lower the grade
}

// A Cap is one reason why the grade cannot be better. Rule is the rule of this
// program that says more about it; empty where there is none.
type Cap struct {
	To      string `json:"to"`
	Because string `json:"because"`
	Rule    string `json:"rule,omitempty"`
}

// grades are all letters, best first. Trust issues are worse than any letter, for
// they replace it.
var grades = []string{"A+", "A", "A-", "B", "C", "D", "E", "F", "M", "T"}

func rank(grade string) int { return slices.Index(grades, grade) }

// worse is the lower of two grades.
func worse(a, b string) string {
	if rank(a) > rank(b) {
		return a
	}
	return b
}

// A Fact is an observation with the gap that stands in its place.
type Fact[T any] struct {
	Value T
	Gap   *observe.Gap
}

// Facts are all that the letter rests on.
type Facts struct {
	Versions Fact[observe.Versions]
	Suites   Fact[observe.Suites]
	Groups   Fact[observe.Groups]
	DH       Fact[observe.DHParameters]
	Features Fact[observe.Features]
	Chain    Fact[observe.Chain]
	HSTS     Fact[observe.HSTS]
	Fallback Fact[observe.Fallback]
	Verdicts map[string]rule.Verdict // by rule id
}

// Read takes the facts from a recording and the verdicts on it.
func Read(rec *observe.Recording, results []rule.Result) Facts {
	f := Facts{
		Versions: fact(rec, observe.TLSVersions), Suites: fact(rec, observe.TLSSuites), Groups: fact(rec, observe.TLSGroups),
		DH: fact(rec, observe.TLSDH), Features: fact(rec, observe.TLSFeatures), Chain: fact(rec, observe.Certificates),
		HSTS: fact(rec, observe.SecureHSTS), Fallback: fact(rec, observe.TLSFallback), Verdicts: map[string]rule.Verdict{},
	}
	for _, r := range results {
		f.Verdicts[r.Meta.ID] = r.Verdict
	}
	return f
}

func fact[T any](rec *observe.Recording, key observe.Key[T]) Fact[T] {
	value, _, gap := observe.Get(rec, key)
	return Fact[T]{value, gap}
}

// Of is the letter of those facts; nil where the port holds no TLS, which the
// guide does not rate.
func Of(f Facts) *Letter {
	if f.absent() {
		return nil
	}
	a := assessment{Facts: f}
	a.protocol()
	a.keyExchange()
	a.cipher()
	a.suites()
	a.features()
	a.faults()
	a.certificate()
	a.plus()
	return a.letter()
}

func (f Facts) absent() bool {
	if f.Versions.Gap != nil || len(f.Versions.Value) == 0 {
		return false
	}
	for _, answer := range f.Versions.Value {
		if !answer.Absent() {
			return false
		}
	}
	return true
}

// assessment is the letter on its way.
type assessment struct {
	Facts
	protocols, keys, ciphers *int
	caps                     []Cap
	warnings                 []string
	lacks                    []string
	doubts                   []doubt
}

// A doubt is something not seen, and the lowest grade that it could lead to.
type doubt struct {
	to, says string
}

func (a *assessment) cap(to, rule, because string) { a.caps = append(a.caps, Cap{to, because, rule}) }

// doubted notes what was not seen, once.
func (a *assessment) doubted(to, says string) {
	d := doubt{to, says}
	if !slices.Contains(a.doubts, d) {
		a.doubts = append(a.doubts, d)
	}
}

// why is a gap's reason behind what was not seen.
func why(what string, gap *observe.Gap) string {
	if gap == nil {
		return what
	}
	return what + " (" + gap.String() + ")"
}

// letter sums up. A doubt withholds the grade only where it could lower it: an F
// is an F whatever else was not seen.
func (a *assessment) letter() *Letter {
	slices.SortStableFunc(a.caps, func(x, y Cap) int { return rank(y.To) - rank(x.To) })
	l := &Letter{
		Guide: Guide, Protocol: a.protocols, KeyExchange: a.keys, Cipher: a.ciphers, Total: a.total(),
		Caps: append([]Cap{}, a.caps...), Warnings: append([]string{}, a.warnings...), ForPlus: append([]string{}, a.lacks...), Unknown: []string{},
	}
	l.IfTrusted = a.graded(l.Total, func(grade string) bool { return grade != "M" && grade != "T" })
	l.Grade = a.graded(l.Total, func(string) bool { return true })
	for _, d := range a.doubts {
		l.Unknown = append(l.Unknown, d.says)
	}
	l.withhold(a.doubts)
	return l
}

// withhold empties the grades that a doubt could lower.
func (l *Letter) withhold(doubts []doubt) {
	grade, trusted, more := l.Grade, l.IfTrusted, 0
	for _, d := range doubts {
		if rank(d.to) > rank(grade) {
			l.Grade = ""
			more++
		}
		if more == 1 && l.Withheld == "" {
			l.Withheld = "not known, and could make it " + d.to + ": " + d.says
		}
		if d.to != "T" && d.to != "M" && rank(d.to) > rank(trusted) {
			l.IfTrusted = ""
		}
	}
	if more > 1 {
		l.Withheld += fmt.Sprintf(", and %d more", more-1)
	}
}

// graded is the best grade that the caps of those kinds leave.
func (a *assessment) graded(total *int, counts func(string) bool) string {
	grade := "A+"
	if total != nil {
		grade = byTotal(*total)
	}
	for _, c := range a.caps {
		if counts(c.To) {
			grade = worse(grade, c.To)
		}
	}
	if rank(grade) <= rank("A") && len(a.warnings) > 0 {
		return "A-"
	}
	if grade == "A+" && len(a.lacks) > 0 {
		return "A"
	}
	return grade
}

// byTotal is the letter of a score, before caps (guide, "Methodology overview").
func byTotal(total int) string {
	for _, step := range []struct {
		from  int
		grade string
	}{{80, "A+"}, {65, "B"}, {50, "C"}, {35, "D"}, {20, "E"}} {
		if total >= step.from {
			return step.grade
		}
	}
	return "F"
}

func (a *assessment) total() *int {
	if a.protocols == nil || a.keys == nil || a.ciphers == nil {
		return nil
	}
	p, k, c := *a.protocols, *a.keys, *a.ciphers
	total := (3*p + 3*k + 4*c) / 10
	if p == 0 || k == 0 || c == 0 {
		total = 0
	}
	return &total
}
