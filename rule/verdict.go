// Verdicts, and how several of them make one.

package rule

import (
	"fmt"
	"slices"

	"middlebrick/observe"
)

// Outcome is what a judgement comes to. There is no fifth, and the zero value
// means nothing.
type Outcome string

// The outcomes.
const (
	Passed      Outcome = "pass"
	Failed      Outcome = "fail"
	NotApplies  Outcome = "not-applicable"
	Inconcluded Outcome = "inconclusive"
)

// A Place is one thing that failed: what was seen, where, how bad it is there,
// and the exchanges that say so.
type Place struct {
	Saw      string
	Where    string   // a URL, "cookie session", "TLS 1.0"; part of the fingerprint
	Severity Severity // empty: the rule's own
	Refs     []observe.Ref
}

// A Verdict is a rule's judgement.
type Verdict struct {
	Outcome Outcome
	Says    string // why it passed, does not apply or could not be told
	Why     observe.Why
	Places  []Place // of a failure, at least one
	Refs    []observe.Ref
}

// A Result is a rule with its verdict. Severity is the verdict's own, raised or
// lowered by the attack paths; Because says why it was moved.
type Result struct {
	Meta     Meta
	Verdict  Verdict
	Severity Severity
	Because  string
}

// Pass is the verdict that what was looked for is not there.
func Pass() Verdict { return Verdict{Outcome: Passed} }

// Passf is Pass with what was seen.
func Passf(format string, args ...any) Verdict {
	return Verdict{Outcome: Passed, Says: fmt.Sprintf(format, args...)}
}

// NotApplicable is the verdict that the question does not arise here.
func NotApplicable(why string) Verdict { return Verdict{Outcome: NotApplies, Says: why} }

// Inconclusive is the verdict that it could not be told, and why.
func Inconclusive(why string) Verdict {
	return Verdict{Outcome: Inconcluded, Says: why, Why: observe.Garbled}
}

// Failf is the verdict that the target fails, with what was seen.
func Failf(format string, args ...any) Verdict {
	return Verdict{Outcome: Failed, Places: []Place{{Saw: fmt.Sprintf(format, args...)}}}
}

// At names where the failure was seen.
func (v Verdict) At(where string) Verdict {
	return v.each(func(p Place) Place { p.Where = where; return p })
}

// As gives the failure its own severity.
func (v Verdict) As(s Severity) Verdict {
	return v.each(func(p Place) Place { p.Severity = s; return p })
}

// Citing narrows the evidence to those exchanges.
func (v Verdict) Citing(refs ...observe.Ref) Verdict {
	v = v.each(func(p Place) Place { p.Refs = refs; return p })
	v.Refs = refs
	return v
}

// BecauseOf gives an inconclusive verdict its gap's reason.
func (v Verdict) BecauseOf(why observe.Why) Verdict {
	if why != "" {
		v.Why = why
	}
	return v
}

func (v Verdict) each(change func(Place) Place) Verdict {
	places := make([]Place, 0, len(v.Places))
	for _, place := range v.Places {
		places = append(places, change(place))
	}
	v.Places = places
	return v
}

// resting fills in the observations' own exchanges where the verdict did not
// narrow them: a rule cannot forget its evidence.
func (v Verdict) resting(from []observe.Ref) Verdict {
	if len(v.Refs) == 0 {
		v.Refs = from
	}
	return v.each(func(p Place) Place {
		if len(p.Refs) == 0 {
			p.Refs = v.Refs
		}
		return p
	})
}

var outcomeRank = map[Outcome]int{Failed: 4, Inconcluded: 3, Passed: 2, NotApplies: 1}

// All makes one verdict of several: a failure beats doubt, doubt beats a pass, a
// pass beats not applicable, and every failing place is kept. Of none at all
// nothing can be said: it is not applicable.
func All(verdicts ...Verdict) Verdict {
	sum := NotApplicable("there was nothing to judge")
	for i, v := range verdicts {
		switch {
		case v.Outcome == Failed && sum.Outcome == Failed:
			sum.Places = slices.Concat(sum.Places, v.Places)
			sum.Refs = slices.Concat(sum.Refs, v.Refs)
		case i == 0 || outcomeRank[v.Outcome] > outcomeRank[sum.Outcome]:
			sum = v
		}
	}
	return sum
}

// Worst is the worst severity among the failing places, the rule's own where a
// place has none.
func (v Verdict) Worst(base Severity) Severity {
	worst := Severity("")
	for _, place := range v.Places {
		severity := place.Severity
		if severity == "" {
			severity = base
		}
		if worst == "" || severity.AtLeast(worst) {
			worst = severity
		}
	}
	if worst == "" {
		return base
	}
	return worst
}
