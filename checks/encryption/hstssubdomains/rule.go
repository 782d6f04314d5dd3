// Package hstssubdomains finds HSTS headers that leave the host's subdomains
// out.
package hstssubdomains

import (
	"middlebrick/checks/encryption/internal/hsts"
	"middlebrick/checks/encryption/internal/say"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is this detection.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.hstssubdomains",
	Title:    "HSTS leaves subdomains out",
	Severity: rule.Low,
	CWE:      []rule.CWE{319},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(6797, "6.1.2"), rule.RFC(6797, "14.4")},
}, observe.SecureHSTS, judge)

func judge(seen observe.HSTS) rule.Verdict {
	answers, otherwise, ok := hsts.Lasting(seen)
	if !ok {
		return otherwise
	}
	var places say.Places
	for _, answer := range answers {
		if !answer.HSTS.IncludeSubDomains {
			places.Add("includeSubDomains", "the header says "+say.Quoted(answer.HSTS.Raw)+", without includeSubDomains", "", answer.Ref)
		}
	}
	if failure, failed := places.Failed(); failed {
		return failure
	}
	return rule.Passf("the header names includeSubDomains")
}
