// Package notls13 finds targets that speak TLS and do not offer TLS 1.3.
package notls13

import (
	"middlebrick/checks/encryption/internal/offered"
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

// Rule is encryption.notls13.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.notls13",
	Title:    "TLS 1.3 is not offered",
	Severity: rule.Low,
	CWE:      []rule.CWE{326},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"12.3.3"},
	Cites:    []rule.Cite{rule.RFC(9325, "3.1.1"), rule.RFC(8446, "1.2")},
}, observe.TLSVersions, offered.Missing(tlshello.TLS13))
