// Package hstspreload finds HSTS headers with which a host cannot enter the
// browsers' preload list.
package hstspreload

import (
	"strings"

	"middlebrick/checks/encryption/internal/hsts"
	"middlebrick/checks/encryption/internal/say"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is this detection.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.hstspreload",
	Title:    "HSTS does not ask to be preloaded",
	Severity: rule.Info,
	CWE:      []rule.CWE{319},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.Document("HSTSPreload"), rule.RFC(6797, "12.3"), rule.RFC(6797, "14.6")},
}, observe.SecureHSTS, judge)

func judge(seen observe.HSTS) rule.Verdict {
	answers, otherwise, ok := hsts.Lasting(seen)
	if !ok {
		return otherwise
	}
	var places say.Places
	for _, answer := range answers {
		if reasons := answer.HSTS.Eligible(); len(reasons) > 0 {
			places.Add("preload", "the preload list would refuse the header: "+strings.Join(reasons, "; "), "", answer.Ref)
		}
	}
	if failure, failed := places.Failed(); failed {
		return failure
	}
	return rule.Passf("the header meets the preload list's requirements")
}
