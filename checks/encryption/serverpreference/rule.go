// Package serverpreference finds targets that accept weak and strong cipher suites
// and leave the choice to the client, or themselves choose a weak one.
package serverpreference

import (
	"middlebrick/checks/encryption/internal/offered"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.serverpreference.
var Rule = rule.On2(rule.Meta{
	ID:       "encryption.serverpreference",
	Title:    "The order of cipher suites can lead to a weak one",
	Severity: rule.Low,
	CWE:      []rule.CWE{757},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(9325, "4.2.1"), rule.Document("MozillaTLS")},
}, observe.TLSVersions, observe.TLSSuites, offered.Preference)
