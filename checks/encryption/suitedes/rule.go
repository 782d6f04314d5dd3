// Package suitedes finds targets that accept cipher suites with single DES.
package suitedes

import (
	"middlebrick/checks/encryption/internal/offered"
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

// Rule is encryption.suitedes.
var Rule = rule.On2(rule.Meta{
	ID:       "encryption.suitedes",
	Title:    "Single DES cipher suites are accepted",
	Severity: rule.High,
	CWE:      []rule.CWE{326, 327},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(5469, "4"), rule.RFC(9325, "4.1")},
}, observe.TLSVersions, observe.TLSSuites, offered.Suites(offered.Kind{Saw: "with single DES", Is: tlshello.Suite.DES}))
