// Several failing places of one rule, folded and bounded.

package say

import (
	"fmt"

	"middlebrick/observe"
	"middlebrick/rule"
)

// Bounds of a failure that a target could make endless.
const (
	mostPlaces = 50
	mostRefs   = 8 // exchanges that one place cites
)

// Places gathers sightings by where they were made. What is sighted in one
// place again adds its exchange and nothing else. The zero value is empty.
type Places struct {
	seen []*sighting
	left map[string]bool // places past the bound
}

type sighting struct {
	where, saw string
	severity   rule.Severity
	refs       []observe.Ref
}

// Add notes what was seen and where; severity may be empty, for the rule's own.
func (p *Places) Add(where, saw string, severity rule.Severity, refs ...observe.Ref) {
	for _, s := range p.seen {
		if s.where == where {
			s.refs = Refs(append(s.refs, refs...)...)
			return
		}
	}
	if len(p.seen) == mostPlaces {
		if p.left == nil {
			p.left = map[string]bool{}
		}
		p.left[where] = true
		return
	}
	p.seen = append(p.seen, &sighting{where, saw, severity, Refs(refs...)})
}

// Any is true once something was noted.
func (p *Places) Any() bool { return len(p.seen) > 0 }

// Failed is the failure in all the places; ok is false when there is none.
func (p *Places) Failed() (v rule.Verdict, ok bool) {
	verdicts := make([]rule.Verdict, 0, len(p.seen))
	for i, s := range p.seen {
		saw := s.saw
		if i == len(p.seen)-1 && len(p.left) > 0 {
			saw = fmt.Sprintf("%s (and %d more places of this kind)", saw, len(p.left))
		}
		one := rule.Failf("%s", saw).At(s.where)
		if s.severity != "" {
			one = one.As(s.severity)
		}
		if len(s.refs) > 0 {
			one = one.Citing(s.refs[:min(len(s.refs), mostRefs)]...)
		}
		verdicts = append(verdicts, one)
	}
	return rule.All(verdicts...), len(verdicts) > 0
}
