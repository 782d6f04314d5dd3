// Package notls12 finds targets that offer no protocol version newer than TLS 1.1.
package notls12

import (
	"middlebrick/checks/encryption/internal/offered"
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

// Rule is encryption.notls12.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.notls12",
	Title:    "Neither TLS 1.2 nor TLS 1.3 is offered",
	Severity: rule.High,
	CWE:      []rule.CWE{326},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(9325, "3.1.1"), rule.RFC(8996, "2")},
}, observe.TLSVersions, offered.Missing(tlshello.TLS12, tlshello.TLS13))
