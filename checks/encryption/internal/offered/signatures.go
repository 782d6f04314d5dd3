// Judging the schemes that handshakes are signed with.

package offered

import (
	"fmt"

	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

// Signatures fails a target that signs handshakes of TLS 1.2 or 1.3 with a scheme
// of that kind, one finding for each version. Older versions have no choice (RFC
// 5246 section 7.4.1.4.1): a target that speaks nothing newer is not judged here.
func Signatures(saw string, is func(tlshello.SchemeInfo) bool) func(observe.Versions, observe.Signatures) rule.Verdict {
	return func(seen observe.Versions, signatures observe.Signatures) rule.Verdict {
		var verdicts []rule.Verdict
		for _, version := range []tlshello.Version{tlshello.TLS12, tlshello.TLS13} {
			verdicts = append(verdicts, signed(version, saw, is, seen, signatures))
		}
		sum := rule.All(verdicts...)
		if sum.Outcome != rule.Passed {
			return sum
		}
		if !seen[tlshello.TLS12].Accepted() && !seen[tlshello.TLS13].Accepted() {
			return rule.NotApplicable("neither TLS 1.2 nor TLS 1.3 is accepted, and older versions leave no choice of signature")
		}
		return rule.Passf("no handshake is signed %s", saw)
	}
}

func signed(version tlshello.Version, saw string, is func(tlshello.SchemeInfo) bool, seen observe.Versions, signatures observe.Signatures) rule.Verdict {
	answer := seen[version]
	list, asked := signatures.Versions[version]
	var hits []tlshello.SignatureScheme
	var refs []observe.Ref
	for _, one := range list.Schemes {
		if info, ok := one.Scheme.Info(); ok && is(info) {
			hits, refs = append(hits, one.Scheme), append(refs, one.Ref)
		}
	}
	switch {
	case len(hits) > 0:
		return rule.Failf("signed its handshake with %s at %s", words(hits, "and"), version).At(version.String()).Citing(refs...)
	case signatures.Absent || answer.Absent():
		return rule.NotApplicable("the port does not speak TLS, so nothing is signed")
	case answer.Refused() && len(Accepted(seen)) == 0:
		return refusesAll(version)
	case answer.Refused():
		return rule.Pass()
	case !answer.Accepted():
		return unclear(version, answer)
	case !asked:
		return rule.Inconclusive(fmt.Sprintf("the signature schemes of %s were not asked for", version)).BecauseOf(observe.Unasked)
	case !list.Complete || len(list.Schemes) == 0 && !list.Unsigned:
		return unfinished("signature scheme", version, list.Detail, list.Why)
	}
	return rule.Pass()
}
