// Package luckyminus20 finds targets that tell a record without room for a MAC from
// other broken ones (CVE-2016-2107).
package luckyminus20

import (
	"middlebrick/checks/encryption/internal/oracle"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.luckyminus20.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.luckyminus20",
	Title:    "Records of nothing but padding are told apart (LuckyMinus20)",
	Severity: rule.High,
	CWE:      []rule.CWE{203, 1395},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1", "6.3.3"},
	Cites:    []rule.Cite{rule.Document("LuckyMinus20"), rule.RFC(5246, "6.2.3.2")},
}, observe.CBCOracle, oracle.Judged(asked, judge))

const asked = "a record of nothing but padding"

// judge fails what is answered like neither wrong padding nor a wrong MAC: such a
// record has both faults, and which of them is named is another rule's question.
func judge(seen observe.Reactions, group string) rule.Verdict {
	short, _ := seen.Of(group, observe.CBCShort)
	both, _ := seen.Of(group, observe.CBCBoth)
	took, steady := short.Steady()
	otherwise, steadyToo := both.Steady()
	if steady && steadyToo && took == otherwise && took != observe.Served {
		return rule.Passf("a record of nothing but padding is answered like any other broken one")
	}
	return oracle.Alike(asked, oracle.Pair{
		Form: observe.CBCShort, Words: "a record of nothing but padding", Other: observe.CBCMAC, Beside: "a wrong MAC",
	})(seen, group)
}
