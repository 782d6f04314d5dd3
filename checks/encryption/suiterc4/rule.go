// Package suiterc4 finds targets that accept cipher suites with RC4.
package suiterc4

import (
	"middlebrick/checks/encryption/internal/offered"
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

// Rule is encryption.suiterc4.
var Rule = rule.On2(rule.Meta{
	ID:       "encryption.suiterc4",
	Title:    "RC4 cipher suites are accepted",
	Severity: rule.High,
	CWE:      []rule.CWE{327},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(7465, "2"), rule.RFC(9325, "4.1"), rule.Document("RC4NOMORE")},
}, observe.TLSVersions, observe.TLSSuites, offered.Suites(offered.Kind{Saw: "with RC4", Is: tlshello.Suite.RC4}))
