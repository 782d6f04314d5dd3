// Package groupweak finds targets that agree on keys in groups that are too short: curves
// of less than 224 bits, primes of less than 2048.
package groupweak

import (
	"middlebrick/checks/encryption/internal/offered"
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

// Rule is encryption.groupweak.
var Rule = rule.On2(rule.Meta{
	ID:       "encryption.groupweak",
	Title:    "Weak key exchange groups are accepted",
	Severity: rule.Medium,
	CWE:      []rule.CWE{326},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(9325, "4.5"), rule.RFC(8422, "5.1.1"), rule.Document("SP800131A")},
}, observe.TLSVersions, observe.TLSGroups, offered.Groups("of less strength than RFC 9325 asks for", weak))

// RFC 9325 section 4.5.
const (
	enoughCurve = 224
	enoughPrime = 2048
)

func weak(group tlshello.GroupInfo) bool {
	return group.Kind == "EC" && group.Size > 0 && group.Size < enoughCurve || group.Kind == "FF" && group.Size < enoughPrime
}
