// Package suite3des finds targets that accept cipher suites with triple DES (SWEET32).
package suite3des

import (
	"middlebrick/checks/encryption/internal/offered"
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

// Rule is encryption.suite3des.
var Rule = rule.On2(rule.Meta{
	ID:       "encryption.suite3des",
	Title:    "Triple DES cipher suites are accepted (SWEET32)",
	Severity: rule.Medium,
	CWE:      []rule.CWE{327},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.Document("SWEET32"), rule.RFC(9325, "4.1"), rule.Document("SP800131A")},
}, observe.TLSVersions, observe.TLSSuites, offered.Suites(offered.Kind{Saw: "with triple DES", Is: tlshello.Suite.TripleDES}))
