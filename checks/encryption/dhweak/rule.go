// Package dhweak finds targets whose ephemeral Diffie-Hellman key exchange runs
// over a finite field of less than 2048 bits.
package dhweak

import (
	"fmt"

	"middlebrick/checks/encryption/internal/offered"
	"middlebrick/observe"
	"middlebrick/rule"
)

// RFC 9325 section 4.5 requires 2048 bits. A group of 768 bits was broken in
// public in 2016 (Kleinjung and others, EUROCRYPT 2017), so that below 1024 an
// attacker needs no secret resources.
const (
	enough = 2048
	broken = 1024
)

// Rule is encryption.dhweak.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.dhweak",
	Title:    "Diffie-Hellman parameters are shorter than 2048 bits",
	Severity: rule.High,
	CWE:      []rule.CWE{326},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(9325, "4.5"), rule.RFC(7919, "1"), rule.Document("LOGJAM")},
}, observe.TLSDH, offered.Primes(is, failure, fmt.Sprintf("no Diffie-Hellman group over a finite field is shorter than %d bits", enough)))

// is is true of a group that is shorter than it should be.
func is(one observe.DHSeen) bool { return one.Bits < enough }

func failure(one observe.DHSeen) rule.Verdict {
	shared := ""
	if one.Known != "" {
		shared = fmt.Sprintf(" (%s, which many servers share)", one.Known)
	}
	v := rule.Failf("used a Diffie-Hellman group of %d bits%s with %s at %s", one.Bits, shared, one.Suite, one.Version).
		At(one.Version.String())
	if one.Bits >= broken {
		return v.As(rule.Medium)
	}
	return v
}
