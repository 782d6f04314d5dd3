// Package extensionintolerance finds targets that break on values which they do
// not know, instead of reading past them.
package extensionintolerance

import (
	"middlebrick/checks/encryption/internal/features"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.extensionintolerance.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.extensionintolerance",
	Title:    "A hello with unknown values is refused",
	Severity: rule.Low,
	CWE:      []rule.CWE{757},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(8701, "3.1"), rule.RFC(8446, "9.3")},
}, observe.TLSTolerance, judge)

func judge(seen observe.Tolerance) rule.Verdict {
	if seen.Absent {
		return rule.NotApplicable("the port does not speak TLS")
	}
	return features.Takes("a hello with reserved values among its suites, groups and extensions", "unknown values", seen.Grease)
}
