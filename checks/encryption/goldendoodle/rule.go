// Package goldendoodle finds targets that tell right padding from wrong in a record
// whose MAC is wrong (GOLDENDOODLE, Vaudenay's padding oracle).
package goldendoodle

import (
	"middlebrick/checks/encryption/internal/oracle"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.goldendoodle.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.goldendoodle",
	Title:    "Right padding is told from wrong (GOLDENDOODLE)",
	Severity: rule.High,
	CWE:      []rule.CWE{203},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1", "6.3.3"},
	Cites:    []rule.Cite{rule.Document("GOLDENDOODLE"), rule.RFC(5246, "6.2.3.2")},
}, observe.CBCOracle, oracle.Judged(asked, oracle.Alike(asked, oracle.Pair{
	Form: observe.CBCMAC, Words: "a wrong MAC with right padding", Other: observe.CBCBoth, Beside: "a wrong MAC with wrong padding",
})))

const asked = "a record with a wrong MAC"
