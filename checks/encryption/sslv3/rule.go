// Package sslv3 finds targets that still accept SSLv3.
package sslv3

import (
	"middlebrick/checks/encryption/internal/offered"
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

// Rule is encryption.sslv3.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.sslv3",
	Title:    "SSLv3 is accepted",
	Severity: rule.High,
	CWE:      []rule.CWE{326, 757},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(7568, "3"), rule.RFC(9325, "3.1.1"), rule.Document("POODLE")},
	Cap:      rule.Band{Low: 40, High: 60, From: rule.High},
}, observe.TLSVersions, offered.Version(tlshello.SSL3))
