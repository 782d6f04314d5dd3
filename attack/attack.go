// Package attack says what somebody on the path between users and the target
// could do, derived from verdicts and observations: the answer at the top of the
// report, and the severities that follow from it.
package attack

import (
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/target"
)

// Holds says whether a way in is open.
type Holds string

// The four answers for one path. Residual is what even a well-run site leaves
// open (a browser's very first visit without preloading); it is named and caps
// nothing.
const (
	Yes      Holds = "yes"
	Residual Holds = "residual"
	No       Holds = "no"
	Unknown  Holds = "unknown"
)

// A Path is one way in, with the rules that it rests on.
type Path struct {
	Name    string
	Holds   Holds
	Because string
	Rules   []string
}

// A Change is a severity that a path raised or lowered, and why.
type Change struct {
	To      rule.Severity
	Because string
}

// An Assessment is the answer to "can someone in the middle read or change this
// traffic?".
type Assessment struct {
	Answer     Holds // Yes, No or Unknown
	Sentence   string
	Paths      []Path
	Severities map[string]Change // rule id → its severity here
}

// Of derives the assessment. It is a pure function of the recording's facts and
// of the verdicts.
func Of(rec *observe.Recording, results []rule.Result) Assessment {
	s := scene{verdicts: make(map[string]*rule.Result, len(results)), facts: factsOf(rec)}
	for i := range results {
		s.verdicts[results[i].Meta.ID] = &results[i]
	}
	a := Assessment{Severities: s.severities()}
	for _, path := range paths {
		p := path.ask(s)
		if p.Holds == "" {
			continue // none of its rules was judged
		}
		p.Name = path.name
		if p.Rules == nil {
			p.Rules = []string{}
		}
		a.Paths = append(a.Paths, p)
	}
	a.conclude(s)
	return a
}

// Apply gives the results the severities that follow from the paths. Places that
// the rule itself gave a severity keep it, unless the paths make light of all.
func (a Assessment) Apply(results []rule.Result) []rule.Result { return a.ApplyTo(nil, results) }

// ApplyTo is Apply that writes over the results in room, which nobody reads any
// more.
func (a Assessment) ApplyTo(room, results []rule.Result) []rule.Result {
	moved := append(room[:0], results...)
	for i := range moved {
		r := &moved[i]
		base := r.Meta.Severity
		if change, ok := a.Severities[r.Meta.ID]; ok && change.To != base {
			base, r.Because = change.To, change.Because
		}
		r.Verdict = withSeverity(r.Verdict, base, r.Meta.Severity)
		r.Severity = r.Verdict.Worst(base)
	}
	return moved
}

func withSeverity(v rule.Verdict, now, base rule.Severity) rule.Verdict {
	lowered := !now.AtLeast(base)
	places := make([]rule.Place, 0, len(v.Places))
	for _, place := range v.Places {
		if place.Severity == "" || lowered && place.Severity.AtLeast(now) {
			place.Severity = now
		}
		places = append(places, place)
	}
	v.Places = places
	return v
}

func (a *Assessment) conclude(s scene) {
	open, unknown := 0, 0
	for _, p := range a.Paths {
		switch p.Holds {
		case Yes:
			open++
		case Unknown:
			unknown++
		}
	}
	switch {
	case open > 0:
		a.Answer = Yes
		a.Sentence = "Yes. Anyone on the network path can read or change this traffic."
	case s.facts.unreached:
		a.Answer = Unknown
		a.Sentence = "Not known. The target could not be reached, so nothing was judged."
	case unknown > 0:
		a.Answer = Unknown
		a.Sentence = "Not known. Not every way in could be looked at."
	default:
		a.Answer = No
		a.Sentence = "No. No way was found to read or change this traffic from the network path."
	}
}

// Facts are the observations that the paths rest on beside the verdicts.
type facts struct {
	audience   target.Audience
	because    string
	literal    bool
	local      bool
	unreached  bool
	plain      string // what the http form's port speaks
	hsts       observe.HSTS
	hstsKnown  bool
	preload    observe.Preload
	preloadGap bool
}

func factsOf(rec *observe.Recording) facts {
	f := facts{literal: rec.Header.Target.Literal(), local: rec.Header.Target.Loopback()}
	if visitors, _, gap := observe.Get(rec, observe.Visitors); gap == nil {
		f.audience, f.because = visitors.Kind, visitors.Because
	}
	ports, _, gap := observe.Get(rec, observe.Ports)
	f.plain = ports.HTTP.Speaks
	f.unreached = gap != nil && gap.Why != observe.Cancelled
	f.hsts, _, gap = observe.Get(rec, observe.SecureHSTS)
	f.hstsKnown = gap == nil
	f.preload, _, gap = observe.Get(rec, observe.Preloaded)
	f.preloadGap = gap != nil
	return f
}

// minMaxAge is the HSTS max-age that counts as lasting: 180 days, in seconds.
const minMaxAge = 180 * 24 * 3600

// lasting is true when a browser that came once keeps to https: a valid header
// of at least 180 days on the target's own answer, or the preload list.
func (f facts) lasting() bool {
	if f.preload.Listed {
		return true
	}
	for _, response := range f.hsts.Responses {
		if response.Purpose == "target" || response.Purpose == "root" {
			if response.HSTS.Valid && response.HSTS.MaxAgeSeconds >= minMaxAge {
				return true
			}
		}
	}
	return false
}
