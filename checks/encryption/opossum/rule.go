// Package opossum finds http forms that go on with TLS on the same connection,
// which lets an attacker put one answer in the place of another (CVE-2025-49812).
package opossum

import (
	"fmt"
	"strings"

	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.opossum.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.opossum",
	Title:    "Plain HTTP can be upgraded to TLS on the same connection (Opossum)",
	Severity: rule.Medium,
	CWE:      []rule.CWE{287},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1", "6.3.3"},
	Cites:    []rule.Cite{rule.Document("Opossum"), rule.RFC(2817, "3")},
}, observe.PlainTLS, judge)

func judge(seen observe.PlainUpgrade) rule.Verdict {
	agreed := strings.Contains(strings.ToUpper(seen.Upgrade), "TLS/")
	switch {
	case seen.Absent != "":
		return rule.NotApplicable(seen.Absent)
	case seen.Switched && agreed:
		return rule.Failf("%s", fmt.Sprintf("asked to go on with TLS, the http form answered 101 with Upgrade: %q", seen.Upgrade)).
			At("http form").Citing(seen.Ref)
	case seen.Status == 0:
		return rule.Inconclusive("the http form was not asked to go on with TLS").BecauseOf(observe.Unasked)
	case seen.Switched:
		return rule.Inconclusive("the http form answered 101 without naming TLS")
	}
	return rule.Passf("asked to go on with TLS, the http form answered %d", seen.Status).Citing(seen.Ref)
}
