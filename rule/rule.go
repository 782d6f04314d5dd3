// Package rule is what a rule, a verdict, a severity, a citation and a remedy
// are. A rule names the observations that it needs and is a pure function of
// exactly those.
package rule

import (
	"fmt"
	"slices"

	"middlebrick/observe"
)

// Severity is how bad a failure is before the attack paths have been looked at.
type Severity string

// The severities, worst first.
const (
	Critical Severity = "critical"
	High     Severity = "high"
	Medium   Severity = "medium"
	Low      Severity = "low"
	Info     Severity = "info"
)

var severityRank = map[Severity]int{Critical: 5, High: 4, Medium: 3, Low: 2, Info: 1}

// Severities are all of them, worst first.
func Severities() []Severity { return []Severity{Critical, High, Medium, Low, Info} }

// AtLeast is true when s is as bad as other, or worse.
func (s Severity) AtLeast(other Severity) bool { return severityRank[s] >= severityRank[other] }

// Known is true for one of the five severities.
func (s Severity) Known() bool { return severityRank[s] > 0 }

// A Band is what a failure caps its check's score to: at Low when nothing else
// is right, at High when all else is. From is the severity at which the cap
// holds; a failure that the attack paths made milder than that does not cap.
// IfSeen is of a rule that most scans cannot answer, for nobody was asked: its
// failure caps, and its doubt withholds no score.
type Band struct {
	Low, High int
	From      Severity
	IfSeen    bool
}

// None is true when the rule caps nothing.
func (b Band) None() bool { return b == Band{} }

// Meta is what a rule is, apart from its judgement.
type Meta struct {
	ID       string   // "encryption.tls10": check and name; the folder's path
	Title    string   // the failure as a statement
	Severity Severity // base; the attack paths may raise or lower it
	CWE      []CWE
	OWASP    OWASP
	PCI      []PCI
	Cites    []Cite
	Cap      Band
	Formerly []string // ids that this rule had before
}

// Check is the first part of the id.
func (m Meta) Check() string {
	for i := range m.ID {
		if m.ID[i] == '.' {
			return m.ID[:i]
		}
	}
	return m.ID
}

// Name is the second part of the id.
func (m Meta) Name() string { return m.ID[min(len(m.Check())+1, len(m.ID)):] }

// A Rule is one detection.
type Rule struct {
	Meta
	Needs []string // names of the observations it is a function of
	judge func(*observe.Recording) Verdict
}

// Judge gives the rule's verdict on a recording. A missing observation makes it
// inconclusive; a panic is ours and makes it inconclusive too, never a failure
// of the target.
func (r Rule) Judge(rec *observe.Recording) (v Verdict) {
	defer func() {
		if fault := recover(); fault != nil {
			v = Inconclusive(fmt.Sprintf("this rule broke (a fault of middlebrick, please report it): %v", fault))
			v.Why = observe.Fault
		}
	}()
	return r.judge(rec)
}

// On makes a rule of one observation.
func On[A any](m Meta, a observe.Key[A], judge func(A) Verdict) Rule {
	return Rule{m, []string{a.Name()}, func(rec *observe.Recording) Verdict {
		x, from, gap := observe.Get(rec, a)
		if gap != nil {
			return missing(gap, from)
		}
		return judge(x).resting(from)
	}}
}

// On2 makes a rule of two observations.
func On2[A, B any](m Meta, a observe.Key[A], b observe.Key[B], judge func(A, B) Verdict) Rule {
	return Rule{m, []string{a.Name(), b.Name()}, func(rec *observe.Recording) Verdict {
		x, from, gap := observe.Get(rec, a)
		if gap != nil {
			return missing(gap, from)
		}
		y, fromB, gap := observe.Get(rec, b)
		if gap != nil {
			return missing(gap, fromB)
		}
		return judge(x, y).resting(slices.Concat(from, fromB))
	}}
}

// On3 makes a rule of three observations; beyond three, add a derived
// observation.
func On3[A, B, C any](m Meta, a observe.Key[A], b observe.Key[B], c observe.Key[C], judge func(A, B, C) Verdict) Rule {
	return Rule{m, []string{a.Name(), b.Name(), c.Name()}, func(rec *observe.Recording) Verdict {
		x, from, gap := observe.Get(rec, a)
		if gap != nil {
			return missing(gap, from)
		}
		y, fromB, gap := observe.Get(rec, b)
		if gap != nil {
			return missing(gap, fromB)
		}
		z, fromC, gap := observe.Get(rec, c)
		if gap != nil {
			return missing(gap, fromC)
		}
		return judge(x, y, z).resting(slices.Concat(from, fromB, fromC))
	}}
}

// Each makes a rule that judges every element of one observation: a failure
// beats doubt, doubt beats a pass, and every failing place is kept.
func Each[A any](m Meta, a observe.Key[[]A], judge func(A) Verdict) Rule {
	return On(m, a, func(all []A) Verdict {
		verdicts := make([]Verdict, 0, len(all))
		for _, one := range all {
			verdicts = append(verdicts, judge(one))
		}
		return All(verdicts...)
	})
}

func missing(gap *observe.Gap, from []observe.Ref) Verdict {
	v := Inconclusive(gap.String())
	v.Why, v.Refs = gap.Why, from
	return v
}
