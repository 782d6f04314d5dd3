// Package suiteold finds targets that accept cipher suites with ciphers that were
// retired or have blocks of 64 bits, and no rule of their own: RC2, IDEA, SEED,
// FORTEZZA, GOST 28147 and Magma.
package suiteold

import (
	"middlebrick/checks/encryption/internal/offered"
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

// Rule is encryption.suiteold.
var Rule = rule.On2(rule.Meta{
	ID:       "encryption.suiteold",
	Title:    "Retired ciphers are accepted (RC2, IDEA, SEED, GOST 28147)",
	Severity: rule.Medium,
	CWE:      []rule.CWE{327},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(5469, "4"), rule.RFC(9325, "4.1"), rule.Document("SWEET32"), rule.Document("IANATLS")},
}, observe.TLSVersions, observe.TLSSuites, offered.Suites(offered.Kind{Saw: "with a retired cipher", Is: tlshello.Suite.Old}))
