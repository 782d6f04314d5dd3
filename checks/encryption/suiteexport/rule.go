// Package suiteexport finds targets that accept EXPORT cipher suites, and names
// the attacks that follow: FREAK (RSA) and LOGJAM (ephemeral Diffie-Hellman).
package suiteexport

import (
	"middlebrick/checks/encryption/internal/offered"
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

// Rule is encryption.suiteexport.
var Rule = rule.On2(rule.Meta{
	ID:       "encryption.suiteexport",
	Title:    "EXPORT cipher suites are accepted (FREAK, LOGJAM)",
	Severity: rule.Critical,
	CWE:      []rule.CWE{326, 757},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(9325, "4.1"), rule.Document("FREAK"), rule.Document("LOGJAM")},
	Cap:      rule.Band{Low: 40, High: 60, From: rule.High},
}, observe.TLSVersions, observe.TLSSuites, offered.Suites(
	offered.Kind{Saw: "of EXPORT strength (FREAK)", Label: "FREAK", Is: freak},
	offered.Kind{Saw: "of EXPORT strength (LOGJAM)", Label: "LOGJAM", Is: logjam},
	offered.Kind{Saw: "of EXPORT strength", Label: "EXPORT", Is: otherwise},
))

// exportBits is the strength of the suites that come with a 512-bit key; the
// EXPORT1024 suites have 56 bits and a 1024-bit key.
const exportBits = 40

// freak: a client that asks for RSA can be given a 512-bit key that is signed
// and reused for hours, which is time enough to factor it.
func freak(suite tlshello.Suite) bool {
	info, _ := suite.Info()
	return info.Export && info.KeyExchange == "RSA" && info.Bits == exportBits
}

// logjam: the same with a 512-bit Diffie-Hellman group, which is broken once
// and then open to all.
func logjam(suite tlshello.Suite) bool {
	info, _ := suite.Info()
	return info.Export && info.KeyExchange == "DHE" && info.Bits == exportBits && !suite.Anonymous()
}

func otherwise(suite tlshello.Suite) bool {
	return suite.Export() && !freak(suite) && !logjam(suite)
}
