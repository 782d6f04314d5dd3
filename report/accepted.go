// What is already known of a report's findings: accepted for a while, or in a
// baseline. Such a finding stays in the report and leaves the gate.

package report

import (
	"slices"

	"middlebrick/observe"
	"middlebrick/rule"
)

// The states of a finding.
const (
	Open     = "open"
	Accepted = "accepted"
)

// An Acceptance is who lives with a finding, how long and why.
type Acceptance struct {
	Until  string `json:"until"` // the last day, as 2027-01-31
	Reason string `json:"reason"`
	By     string `json:"by,omitempty"`
	From   string `json:"from"` // file and line that say so
}

// An Expiry is an acceptance whose day is past: its finding counts again.
type Expiry struct {
	Rule    string `json:"rule"`
	Finding string `json:"finding"` // its id
	Acceptance
}

// A Baseline is how the findings compare with those that were there before.
type Baseline struct {
	File    string  `json:"file"`
	New     int     `json:"new"`
	Known   int     `json:"known"`
	Fixed   []Known `json:"fixed"`   // in the baseline and gone: to be taken out of it
	Unknown []Known `json:"unknown"` // in the baseline, and the rule got no answer this time
}

// A Known is one finding of a baseline.
type Known struct {
	ID    string `json:"id"`
	Rule  string `json:"rule"`
	Where string `json:"where"`
}

// A Remainder is the score as if what is accepted or in the baseline were mended:
// what a threshold is held against.
type Remainder struct {
	Accepted   int             `json:"accepted"` // findings
	Known      int             `json:"known"`
	Overall    *int            `json:"overall"`
	Categories map[string]*int `json:"categories"`
}

// Remain is the score as if the findings of those ids were mended, by the arithmetic
// of every other score. A score that is withheld stays so.
func Remain(rec *observe.Recording, results []rule.Result, cat Catalogue, mended map[string]bool) Remainder {
	left := make([]rule.Result, 0, len(results))
	for _, r := range results {
		left = append(left, without(rec, r, mended))
	}
	sortByID(left)
	j := judged(rec, left, cat)
	var r Report
	r.Categories = map[string]*int{}
	r.status(rec, j.attack)
	r.scores(j, cat)
	return Remainder{Overall: r.Overall, Categories: r.Categories}
}

// without is the result with those places taken out; with no place left it passes.
func without(rec *observe.Recording, r rule.Result, mended map[string]bool) rule.Result {
	if r.Verdict.Outcome != rule.Failed {
		return r
	}
	kept := slices.DeleteFunc(slices.Clone(r.Verdict.Places), func(p rule.Place) bool {
		return mended[Fingerprint(r.Meta.ID, rec.Header.Target, p.Where)]
	})
	r.Verdict.Places = kept
	if len(kept) == 0 {
		r.Verdict = rule.Pass()
	}
	return r
}
