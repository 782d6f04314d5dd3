// Judging the cipher suites of every accepted version.

package offered

import (
	"fmt"
	"slices"

	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

// shown is how many suites one sentence names.
const shown = 6

// A Kind is one way in which a suite is weak.
type Kind struct {
	Saw   string // "without encryption"; completes "accepted 2 suites …"
	Label string // joins the version in the finding's identity; empty for a rule of one kind
	Is    func(tlshello.Suite) bool
	At    func(tlshello.Version) bool // the versions in which it is weak so; nil for every one
}

// Suites fails a target that accepts suites of those kinds at any version from
// SSLv3 up, one finding for each version and kind. It passes, and denies the last
// of the kinds, when every version that could carry such a suite was either
// refused, or accepted and enumerated to the end. SSLv2, whose every suite is
// broken, is left to the rule on SSLv2.
func Suites(kinds ...Kind) func(observe.Versions, observe.Suites) rule.Verdict {
	return func(seen observe.Versions, suites observe.Suites) rule.Verdict {
		var verdicts []rule.Verdict
		for _, kind := range kinds {
			for _, version := range tlshello.Versions() {
				if kind.could(version) {
					verdicts = append(verdicts, kind.at(version, seen, suites))
				}
			}
		}
		sum := rule.All(verdicts...)
		if sum.Outcome == rule.Passed {
			return rule.Passf("no suite %s is accepted from SSLv3 up", kinds[len(kinds)-1].Saw)
		}
		return sum
	}
}

// could is true when some suite of that kind is defined for the version.
func (k Kind) could(version tlshello.Version) bool {
	if version == tlshello.SSL2 || k.At != nil && !k.At(version) {
		return false
	}
	return slices.ContainsFunc(tlshello.Suites(version), k.Is)
}

func (k Kind) at(version tlshello.Version, seen observe.Versions, suites observe.Suites) rule.Verdict {
	var hits []tlshello.Suite
	var refs []observe.Ref
	for _, one := range suites.Versions[version].Suites {
		if k.Is(one.Suite) {
			hits, refs = append(hits, one.Suite), append(refs, one.Ref)
		}
	}
	if len(hits) > 0 {
		return k.failure(version, hits).Citing(refs...)
	}
	if instead, offers := Enumerated(version, seen, suites); !offers {
		return instead
	}
	return rule.Pass()
}

// Enumerated is true when the version is accepted and every suite of it was asked
// for. Otherwise it says what there is to say instead: a pass where the version is
// refused, which offers nothing then.
func Enumerated(version tlshello.Version, seen observe.Versions, suites observe.Suites) (instead rule.Verdict, offers bool) {
	answer := seen[version]
	list, asked := suites.Versions[version]
	switch {
	case suites.Absent || answer.Absent():
		return rule.NotApplicable("the port does not speak TLS, so no suite is offered"), false
	case answer.Refused() && len(Accepted(seen)) == 0:
		return refusesAll(version), false
	case answer.Refused():
		return rule.Pass(), false
	case !answer.Accepted():
		return unclear(version, answer), false
	case !asked:
		return rule.Inconclusive(fmt.Sprintf("the suites of %s were not asked for", version)).BecauseOf(observe.Unasked), false
	case !list.Complete || len(list.Suites) == 0:
		return unfinished("suite", version, list.Detail, list.Why), false
	}
	return rule.Verdict{}, true
}

func (k Kind) failure(version tlshello.Version, hits []tlshello.Suite) rule.Verdict {
	where := version.String()
	if k.Label != "" {
		where += " " + k.Label
	}
	names, noun := words(hits, "and"), "suites"
	if len(hits) == 1 {
		noun = "suite"
	}
	if len(hits) > shown {
		names = fmt.Sprintf("%s and %d more", commas(hits[:shown]), len(hits)-shown)
	}
	return rule.Failf("accepted %d %s %s at %s: %s", len(hits), noun, k.Saw, version, names).At(where)
}

func unfinished(what string, version tlshello.Version, detail string, why observe.Why) rule.Verdict {
	says := fmt.Sprintf("not every %s was asked at %s", what, version)
	if detail != "" {
		says += ": " + detail
	}
	return rule.Inconclusive(says).BecauseOf(why)
}

func commas(hits []tlshello.Suite) string {
	text := hits[0].String()
	for _, hit := range hits[1:] {
		text += ", " + hit.String()
	}
	return text
}
