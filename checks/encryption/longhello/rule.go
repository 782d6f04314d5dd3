// Package longhello finds targets that break on hellos of certain lengths.
package longhello

import (
	"middlebrick/checks/encryption/internal/features"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.longhello.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.longhello",
	Title:    "A long hello is refused",
	Severity: rule.Low,
	CWE:      []rule.CWE{757},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(7685, "1"), rule.RFC(8446, "5.1")},
}, observe.TLSTolerance, judge)

func judge(seen observe.Tolerance) rule.Verdict {
	if seen.Absent {
		return rule.NotApplicable("the port does not speak TLS")
	}
	// Nobody sends so long a hello today, so that it hurts nobody yet.
	long := features.Takes("a hello of more than 16 KiB, in two records", "more than 16 KiB", seen.Long).As(rule.Info)
	sum := rule.All(features.Takes("a hello of 256 to 511 bytes", "256 to 511 bytes", seen.Middle), long)
	if sum.Outcome == rule.Passed {
		return rule.Passf("read hellos of 256 to 511 bytes, and of more than 16 KiB").Citing(seen.Middle.Ref, seen.Long.Ref)
	}
	return sum
}
