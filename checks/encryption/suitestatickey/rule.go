// Package suitestatickey finds targets that accept cipher suites without forward secrecy.
package suitestatickey

import (
	"middlebrick/checks/encryption/internal/offered"
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

// Rule is encryption.suitestatickey.
var Rule = rule.On2(rule.Meta{
	ID:       "encryption.suitestatickey",
	Title:    "Cipher suites without forward secrecy are accepted",
	Severity: rule.Medium,
	CWE:      []rule.CWE{326},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(9325, "4.1"), rule.RFC(9325, "7.3")},
}, observe.TLSVersions, observe.TLSSuites, offered.Suites(offered.Kind{Saw: "that encrypt without forward secrecy", Is: static}))

// static leaves out what does not encrypt, and the EXPORT suites, whose short
// RSA key is a temporary one.
func static(suite tlshello.Suite) bool {
	return suite.StaticKey() && !suite.Null() && !suite.Export()
}
