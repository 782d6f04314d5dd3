// Package tls10 finds targets that still accept TLS 1.0.
package tls10

import (
	"middlebrick/checks/encryption/internal/offered"
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

// Rule is encryption.tls10.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.tls10",
	Title:    "TLS 1.0 is accepted",
	Severity: rule.High,
	CWE:      []rule.CWE{326},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(8996, "4"), rule.RFC(9325, "3.1.1")},
}, observe.TLSVersions, offered.Version(tlshello.TLS10))
