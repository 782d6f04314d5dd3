// Package sslv2 finds targets that still accept SSLv2.
package sslv2

import (
	"middlebrick/checks/encryption/internal/offered"
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

// Rule is encryption.sslv2.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.sslv2",
	Title:    "SSLv2 is accepted",
	Severity: rule.Critical,
	CWE:      []rule.CWE{326, 757},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(6176, "3"), rule.RFC(9325, "3.1.1"), rule.Document("DROWN")},
	Cap:      rule.Band{Low: 40, High: 60, From: rule.High},
}, observe.TLSVersions, offered.Version(tlshello.SSL2))
