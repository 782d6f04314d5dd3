// Judging whose order of suites decides.

package offered

import (
	"fmt"
	"slices"

	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

// Preference fails a target at each version at which it accepts weak and strong
// suites and leaves the choice to the client, or itself takes a weak one. Where
// all accepted suites are of one sort, the order does not matter.
func Preference(seen observe.Versions, suites observe.Suites) rule.Verdict {
	var verdicts []rule.Verdict
	for _, version := range tlshello.Versions() {
		if version >= tlshello.TLS10 {
			verdicts = append(verdicts, chooses(version, seen, suites))
		}
	}
	sum := rule.All(verdicts...)
	if sum.Outcome == rule.Passed {
		return rule.Passf("at no version can the order of suites lead to a weak one where a strong one is accepted")
	}
	return sum
}

func chooses(version tlshello.Version, seen observe.Versions, suites observe.Suites) rule.Verdict {
	list := suites.Versions[version]
	weak, strong := sorted(version, list)
	taken := slices.IndexFunc(weak, func(s observe.SuiteSeen) bool { return s.Suite == list.Preferred })
	both := len(weak) > 0 && len(strong) > 0
	switch {
	case both && list.Preference == observe.ByClient:
		return rule.Failf("leaves the choice to the client at %s, and accepts %s as well as %s", version, weak[0].Suite, strong[0].Suite).
			At(version.String()).Citing(weak[0].Ref, strong[0].Ref)
	case both && list.Preference == observe.ByServer && taken >= 0:
		return rule.Failf("takes %s at %s though %s is offered too", list.Preferred, version, strong[0].Suite).
			At(version.String()).Citing(weak[taken].Ref, strong[0].Ref)
	case both && (list.Preference != observe.ByServer || list.Preferred == 0):
		return rule.Inconclusive(fmt.Sprintf("weak and strong suites are accepted at %s, and whose order decides was not told", version)).
			BecauseOf(list.Why)
	}
	if instead, offers := Enumerated(version, seen, suites); !offers {
		return instead
	}
	return rule.Pass()
}

func sorted(version tlshello.Version, list observe.SuiteList) (weak, strong []observe.SuiteSeen) {
	for _, one := range list.Suites {
		if Weak(version, one.Suite) {
			weak = append(weak, one)
		} else {
			strong = append(strong, one)
		}
	}
	return weak, strong
}

// Weak is true for a suite that nobody should be given who can do better at that
// version: broken or old ciphers, nothing authenticated or encrypted, no forward
// secrecy, and, where authenticated encryption exists, CBC and short tags.
func Weak(version tlshello.Version, s tlshello.Suite) bool {
	broken := s.Null() || s.Anonymous() || s.Export() || s.RC4() || s.DES() || s.TripleDES() || s.Old()
	return broken || s.StaticKey() || s.CCM8() || s.CBC() && version >= tlshello.TLS12
}
