// Package suiteanonymous finds targets that accept cipher suites in which the server proves no identity.
package suiteanonymous

import (
	"middlebrick/checks/encryption/internal/offered"
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

// Rule is encryption.suiteanonymous.
var Rule = rule.On2(rule.Meta{
	ID:       "encryption.suiteanonymous",
	Title:    "Cipher suites without server authentication are accepted",
	Severity: rule.Critical,
	CWE:      []rule.CWE{322},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(5246, "F.1.1.1"), rule.RFC(5246, "A.5")},
	Cap:      rule.Band{Low: 40, High: 60, From: rule.High},
}, observe.TLSVersions, observe.TLSSuites, offered.Suites(offered.Kind{Saw: "without server authentication", Is: tlshello.Suite.Anonymous}))
