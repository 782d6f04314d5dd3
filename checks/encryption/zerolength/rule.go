// Package zerolength finds targets that answer broken records without content
// otherwise than other broken records (CVE-2019-1559).
package zerolength

import (
	"middlebrick/checks/encryption/internal/oracle"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.zerolength.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.zerolength",
	Title:    "Broken records without content are told apart (0-length padding oracle)",
	Severity: rule.Medium,
	CWE:      []rule.CWE{203},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1", "6.3.3"},
	Cites:    []rule.Cite{rule.Document("ZeroLength"), rule.RFC(5246, "6.2.3.2")},
}, observe.CBCOracle, oracle.Judged(asked, judge))

const asked = "a broken record without content"

// judge compares like with like: an oracle that records with content give, too, is
// another rule's.
func judge(seen observe.Reactions, group string) rule.Verdict {
	pairs := []oracle.Pair{{
		Form: observe.CBCEmptyMAC, Words: "a wrong MAC without content", Other: observe.CBCMAC, Beside: "a wrong MAC with content",
	}}
	padding, _ := seen.Of(group, observe.CBCPadding)
	if took, steady := padding.Steady(); !steady || took != observe.Served {
		pairs = append(pairs, oracle.Pair{
			Form: observe.CBCEmptyPadding, Words: "wrong padding without content", Other: observe.CBCPadding, Beside: "wrong padding with content",
		})
	}
	return oracle.Alike(asked, pairs...)(seen, group)
}
