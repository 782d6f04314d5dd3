// Judging Diffie-Hellman over finite fields.

package offered

import (
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

// unread is the doubt that is left where not every key exchange over a finite field
// was read.
func unread(seen observe.DHParameters) rule.Verdict {
	says := "not every Diffie-Hellman key exchange could be read"
	if seen.Detail != "" {
		says += ": " + seen.Detail
	}
	return rule.Inconclusive(says)
}

// Primes fails a target that used, for ephemeral Diffie-Hellman over a finite field,
// a prime for which is holds: one finding a version, about the shortest, with every
// exchange that showed one. It passes, with those words, when all were read.
func Primes(is func(observe.DHSeen) bool, failure func(observe.DHSeen) rule.Verdict, passed string) func(observe.DHParameters) rule.Verdict {
	return func(seen observe.DHParameters) rule.Verdict {
		if seen.Absent {
			return rule.NotApplicable("the port does not speak TLS, so no Diffie-Hellman parameters are used")
		}
		var verdicts []rule.Verdict
		for _, version := range tlshello.Versions() {
			if worst, refs, ok := shortest(seen.Seen, version, is); ok {
				verdicts = append(verdicts, failure(worst).Citing(refs...))
			}
		}
		if !seen.Complete {
			verdicts = append(verdicts, unread(seen))
		}
		if len(verdicts) > 0 {
			return rule.All(verdicts...)
		}
		return rule.Passf("%s", passed)
	}
}

func shortest(all []observe.DHSeen, version tlshello.Version, is func(observe.DHSeen) bool) (worst observe.DHSeen, refs []observe.Ref, ok bool) {
	for _, one := range all {
		if one.Version != version || !is(one) {
			continue
		}
		if !ok || one.Bits < worst.Bits {
			worst = one
		}
		refs, ok = append(refs, one.Ref), true
	}
	return worst, refs, ok
}
