// Package dhcommon finds targets whose ephemeral Diffie-Hellman key exchange runs
// over a short prime that many servers share.
package dhcommon

import (
	"fmt"

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
}, observe.TLSDH, offered.Primes(is, failure, fmt.Sprintf("no Diffie-Hellman prime of less than %d bits is one that is known to be shared", enough)))

// is is true of a prime within reach of a computation that others have a use for too.
func is(one observe.DHSeen) bool { return one.Bits < enough && owner(one) != "" }

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
