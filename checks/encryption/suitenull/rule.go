// Package suitenull finds targets that accept cipher suites that do not encrypt.
package suitenull

import (
	"middlebrick/checks/encryption/internal/offered"
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

// Rule is encryption.suitenull.
var Rule = rule.On2(rule.Meta{
	ID:       "encryption.suitenull",
	Title:    "Cipher suites without encryption are accepted",
	Severity: rule.Critical,
	CWE:      []rule.CWE{319, 327},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(9325, "4.1"), rule.RFC(5246, "A.5")},
	Cap:      rule.Band{Low: 40, High: 60, From: rule.High},
}, observe.TLSVersions, observe.TLSSuites, offered.Suites(offered.Kind{Saw: "without encryption", Is: tlshello.Suite.Null}))
