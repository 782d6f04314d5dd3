// Package suiteccm8 finds targets that accept cipher suites whose authentication tag is
// cut to eight bytes.
package suiteccm8

import (
	"middlebrick/checks/encryption/internal/offered"
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

// Rule is encryption.suiteccm8.
var Rule = rule.On2(rule.Meta{
	ID:       "encryption.suiteccm8",
	Title:    "Cipher suites with short authentication tags are accepted (CCM_8)",
	Severity: rule.Low,
	CWE:      []rule.CWE{326},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(6655, "6.1"), rule.RFC(9325, "4.2"), rule.Document("IANATLS")},
}, observe.TLSVersions, observe.TLSSuites, offered.Suites(offered.Kind{Saw: "with a tag of eight bytes", Is: tlshello.Suite.CCM8}))
