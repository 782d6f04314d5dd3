// Package suitecbc finds targets that accept cipher suites in CBC mode: LUCKY13, and at
// TLS 1.0 and before BEAST.
package suitecbc

import (
	"middlebrick/checks/encryption/internal/offered"
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

// Rule is encryption.suitecbc.
var Rule = rule.On2(rule.Meta{
	ID:       "encryption.suitecbc",
	Title:    "Cipher suites in CBC mode are accepted (LUCKY13)",
	Severity: rule.Low,
	CWE:      []rule.CWE{208, 327},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.Document("LUCKY13"), rule.Document("BEAST"), rule.RFC(7457, "2.4"), rule.RFC(9325, "4.2")},
}, observe.TLSVersions, observe.TLSSuites, offered.Suites(
	offered.Kind{Saw: "in CBC mode (LUCKY13, BEAST)", Is: tlshello.Suite.CBC, At: chained},
	offered.Kind{Saw: "in CBC mode (LUCKY13)", Is: tlshello.Suite.CBC, At: func(v tlshello.Version) bool { return !chained(v) }},
))

// chained is true for the versions that take the last block of one record as the
// start of the next, which BEAST uses (RFC 4346 section 1.1).
func chained(version tlshello.Version) bool { return version < tlshello.TLS11 }
