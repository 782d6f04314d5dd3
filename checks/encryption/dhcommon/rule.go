// Package dhcommon finds targets whose ephemeral Diffie-Hellman key exchange runs
// over a short prime that many servers share.
package dhcommon

import (
	"middlebrick/checks/encryption/internal/offered"
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

// A prime of 2048 bits and more is safe to share: that is what the groups of RFC
// 7919 and RFC 3526 are for. Up to 1024 bits one effort, within the means of a
// state, opens every server that uses the same one (Adrian and others, CCS 2015).
const (
	enough   = 2048
	feasible = 1024
)

// Rule is encryption.dhcommon.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.dhcommon",
	Title:    "Diffie-Hellman runs over a short prime that many servers share",
	Severity: rule.Low,
	CWE:      []rule.CWE{326},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.Document("LOGJAM"), rule.RFC(7919, "9.2"), rule.RFC(9325, "4.5")},
}, observe.TLSDH, judge)

func judge(seen observe.DHParameters) rule.Verdict {
	if seen.Absent {
		return rule.NotApplicable("the port does not speak TLS, so no Diffie-Hellman parameters are used")
	}
	var verdicts []rule.Verdict
	for _, version := range tlshello.Versions() {
		if shared, refs, ok := shortest(seen.Seen, version); ok {
			verdicts = append(verdicts, failure(shared).Citing(refs...))
		}
	}
	if !seen.Complete {
		verdicts = append(verdicts, offered.Unread(seen))
	}
	if len(verdicts) > 0 {
		return rule.All(verdicts...)
	}
	return rule.Passf("no Diffie-Hellman prime of less than %d bits is one that is known to be shared", enough)
}

// shortest is the shortest of the shared primes that one version was offered with,
// and every exchange that showed one.
func shortest(all []observe.DHSeen, version tlshello.Version) (worst observe.DHSeen, refs []observe.Ref, ok bool) {
	for _, one := range all {
		if one.Version != version || one.Bits >= enough || owner(one) == "" {
			continue
		}
		if !ok || one.Bits < worst.Bits {
			worst = one
		}
		refs, ok = append(refs, one.Ref), true
	}
	return worst, refs, ok
}

// owner is where the prime comes from; a recording that does not say so is looked
// up by what it does say.
func owner(one observe.DHSeen) string {
	if one.Known != "" {
		return one.Known
	}
	return tlshello.KnownPrime(one.Prime)
}

func failure(one observe.DHSeen) rule.Verdict {
	v := rule.Failf("used a prime of %d bits that many servers share (%s) with %s at %s", one.Bits, owner(one), one.Suite, one.Version).
		At(one.Version.String())
	if one.Bits <= feasible {
		return v.As(rule.Medium)
	}
	return v
}
