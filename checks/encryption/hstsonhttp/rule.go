// Package hstsonhttp finds HSTS headers sent over plain HTTP, where browsers
// ignore them.
package hstsonhttp

import (
	"middlebrick/checks/encryption/internal/hsts"
	"middlebrick/checks/encryption/internal/say"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is this detection.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.hstsonhttp",
	Title:    "HSTS is sent over plain HTTP",
	Severity: rule.Info,
	CWE:      []rule.CWE{319},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(6797, "7.2"), rule.RFC(6797, "8.1")},
}, observe.PlainHSTS, judge)

func judge(seen observe.HSTS) rule.Verdict {
	answers, otherwise, ok := hsts.Telling(seen, "http")
	if !ok {
		return otherwise
	}
	var places say.Places
	for _, answer := range answers {
		if answer.HSTS.Present {
			places.Add(hsts.Header, "the http form sends "+say.Quoted(answer.HSTS.Raw)+", which browsers ignore there", "", answer.Ref)
		}
	}
	if failure, failed := places.Failed(); failed {
		return failure
	}
	return rule.Passf("no http answer carries %s", hsts.Header)
}
