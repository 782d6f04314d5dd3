// Judging the groups that keys are agreed in.

package offered

import (
	"fmt"

	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

// Groups fails a target that agrees on keys in groups of that kind, one finding
// for each version that was asked. It passes when TLS 1.3 and the older versions,
// whose groups do not differ among them, are each refused or enumerated to the end.
func Groups(saw string, is func(tlshello.GroupInfo) bool) func(observe.Versions, observe.Groups) rule.Verdict {
	return func(seen observe.Versions, groups observe.Groups) rule.Verdict {
		verdicts := []rule.Verdict{olderGroups(seen, groups)}
		_, instead, known := GroupsAt(tlshello.TLS13, seen, groups)
		if !known {
			verdicts = append(verdicts, instead)
		}
		for _, version := range tlshello.Versions() {
			if hits, refs := matching(groups.Versions[version], is); len(hits) > 0 {
				verdicts = append(verdicts, rule.Failf("agreed on keys in %s %s at %s", words(hits, "and"), saw, version).
					At(version.String()).Citing(refs...))
			}
		}
		sum := rule.All(verdicts...)
		if sum.Outcome == rule.Passed {
			return rule.Passf("no key exchange group %s is accepted", saw)
		}
		return sum
	}
}

func matching(list observe.GroupList, is func(tlshello.GroupInfo) bool) (hits []tlshello.Group, refs []observe.Ref) {
	for _, one := range list.Groups {
		if info, ok := one.Group.Info(); ok && is(info) {
			hits, refs = append(hits, one.Group), append(refs, one.Ref)
		}
	}
	return hits, refs
}

// GroupsAt is the whole list of one version's groups; where it is not known to the
// end, instead is what there is to say: a pass where the version is refused.
func GroupsAt(version tlshello.Version, seen observe.Versions, groups observe.Groups) (list observe.GroupList, instead rule.Verdict, known bool) {
	answer := seen[version]
	list, asked := groups.Versions[version]
	switch {
	case groups.Absent || answer.Absent():
		return list, rule.NotApplicable("the port does not speak TLS, so no group is offered"), false
	case answer.Refused() && len(Accepted(seen)) == 0:
		return list, refusesAll(version), false
	case answer.Refused():
		return list, rule.Pass(), false
	case !answer.Accepted():
		return list, unclear(version, answer), false
	case !asked:
		return list, rule.Inconclusive(fmt.Sprintf("the groups of %s were not asked for", version)).BecauseOf(observe.Unasked), false
	case !list.Complete || version == tlshello.TLS13 && len(list.Groups) == 0:
		return list, unfinished("group", version, list.Detail, list.Why), false
	}
	return list, rule.Verdict{}, true
}

// olderGroups passes when what was asked of TLS 1.0 to 1.2 is enough to know their
// groups: one list of an accepted version, and every list to its end.
func olderGroups(seen observe.Versions, groups observe.Groups) rule.Verdict {
	var asked, unasked []rule.Verdict
	for _, version := range []tlshello.Version{tlshello.TLS12, tlshello.TLS11, tlshello.TLS10} {
		_, instead, known := GroupsAt(version, seen, groups)
		if known {
			instead = rule.Pass()
		}
		if _, is := groups.Versions[version]; is && seen[version].Accepted() {
			asked = append(asked, instead)
		} else {
			unasked = append(unasked, instead)
		}
	}
	if len(asked) > 0 {
		return rule.All(asked...)
	}
	return rule.All(unasked...)
}
