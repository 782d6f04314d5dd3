// Package policy holds a target against a published TLS policy, or one of the
// user's own, item by item. Policies are data files; Check is a pure function of
// one policy and one recording, and what was not seen is unknown, never passed.
package policy

import (
	"slices"

	"middlebrick/observe"
	"middlebrick/tlshello"
)

// An Outcome is what an item comes to.
type Outcome string

// The outcomes. NotApplicable is said where the question does not arise, and of
// what cannot be seen from outside.
const (
	Pass          Outcome = "pass"
	Fail          Outcome = "fail"
	Unknown       Outcome = "unknown"
	NotApplicable Outcome = "na"
)

// A Result is a policy held against one recording. Its outcome is the worst of
// its items': a failure before what is unknown.
type Result struct {
	Policy  string  `json:"policy"` // its name, or the file that it came from
	Title   string  `json:"title"`
	Version string  `json:"version"`
	Date    string  `json:"date"` // of publication, as far as it is known: "2019-08"
	Source  string  `json:"source"`
	Outcome Outcome `json:"outcome"`
	Items   []Item  `json:"items"`
}

// An Item is one demand.
type Item struct {
	ID      string  `json:"id"` // the field of the policy, such as "versions.allowed"
	Text    string  `json:"text"`
	Cite    string  `json:"cite"` // where in the source
	Outcome Outcome `json:"outcome"`
	Saw     string  `json:"saw"`
	Want    string  `json:"want"`
}

// A Policy is one policy, read and found sound.
type Policy struct {
	Name, Title, Version, Date, Source, Note string

	doc      document
	versions versions
	suites   map[tlshello.Version][]tlshello.Suite
	groups   groups
	schemes  []tlshello.SignatureScheme
}

type versions struct{ allowed, required []tlshello.Version }

type groups struct{ allowed, anyOf []tlshello.Group }

// Check holds the recording against the policy.
func Check(p Policy, rec *observe.Recording) Result {
	c := check{p: p, rec: rec}
	for _, ask := range []func(*check){
		(*check).versions, (*check).suites, (*check).strength, (*check).groups, (*check).finiteField, (*check).preference, (*check).schemes,
		(*check).features, (*check).certificate, (*check).staple, (*check).hsts, (*check).beyond,
	} {
		ask(&c)
	}
	return Result{
		Policy: p.Name, Title: p.Title, Version: p.Version, Date: p.Date, Source: p.Source,
		Outcome: worst(c.items), Items: append([]Item{}, c.items...),
	}
}

// worst is a failure before doubt, doubt before a pass. A policy of which nothing
// applied has not been passed.
func worst(items []Item) Outcome {
	for _, outcome := range []Outcome{Fail, Unknown, Pass} {
		if slices.ContainsFunc(items, func(i Item) bool { return i.Outcome == outcome }) {
			return outcome
		}
	}
	return Unknown
}

// check is one policy on its way through one recording.
type check struct {
	p     Policy
	rec   *observe.Recording
	items []Item
}

func (c *check) add(id, text, cite, want string, outcome Outcome, saw string) {
	c.items = append(c.items, Item{ID: id, Text: text, Cite: cite, Outcome: outcome, Saw: saw, Want: want})
}

// finding is an outcome with what was seen.
type finding struct {
	outcome Outcome
	saw     string
}

func (c *check) say(id, text, cite, want string, f finding) {
	c.add(id, text, cite, want, f.outcome, f.saw)
}

func unseen(gap *observe.Gap) finding { return finding{Unknown, "not seen: " + gap.String()} }

// without is the finding of an item that rests on TLS where there is none. The
// item on versions fails for it; the others have nothing to judge.
func without() finding { return finding{NotApplicable, "the port does not speak TLS"} }
