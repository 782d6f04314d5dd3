// Package zombiepoodle finds targets that tell wrong padding under a right MAC from
// any other fault of a record (Zombie POODLE).
package zombiepoodle

import (
	"middlebrick/checks/encryption/internal/oracle"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.zombiepoodle. Padding that is not looked at at all is
// encryption.poodletls.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.zombiepoodle",
	Title:    "Wrong padding is told apart when the MAC is right (Zombie POODLE)",
	Severity: rule.High,
	CWE:      []rule.CWE{203},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1", "6.3.3"},
	Cites:    []rule.Cite{rule.Document("ZombiePOODLE"), rule.RFC(5246, "6.2.3.2")},
}, observe.CBCOracle, oracle.Judged(asked, judge))

const asked = "a record with wrong padding"

func judge(seen observe.Reactions, group string) rule.Verdict {
	padding, _ := seen.Of(group, observe.CBCPadding)
	both, _ := seen.Of(group, observe.CBCBoth)
	otherwise, _ := both.Steady()
	if took, steady := padding.Steady(); steady && took == observe.Served && otherwise != observe.Served {
		return rule.NotApplicable("padding is not looked at at all: see encryption.poodletls")
	}
	return oracle.Alike(asked, oracle.Pair{
		Form: observe.CBCPadding, Words: "wrong padding with a right MAC", Other: observe.CBCBoth, Beside: "wrong padding with a wrong MAC",
	})(seen, group)
}
