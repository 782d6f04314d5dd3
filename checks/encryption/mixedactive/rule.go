// Package mixedactive finds https pages that run or embed what they fetch over
// http, or that send their visitor on to http by themselves.
package mixedactive

import (
	"middlebrick/checks/encryption/internal/mixed"
	"middlebrick/checks/encryption/internal/say"
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/webpage"
)

// Rule is this detection.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.mixedactive",
	Title:    "Pages over https fetch active content over http",
	Severity: rule.High,
	CWE:      []rule.CWE{319, 829},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1", "6.2.4"},
	Cites:    []rule.Cite{rule.Document("MixedContent"), rule.Document("UpgradeInsecure")},
}, observe.SecureLoads, judge)

func judge(seen observe.Mixed) rule.Verdict {
	pages, otherwise, ok := mixed.Pages(seen)
	if !ok {
		return otherwise
	}
	var places say.Places
	mixed.Note(&places, pages, webpage.Blockable, fetched)
	mixed.Note(&places, pages, webpage.Navigation, sentOn)
	if failure, failed := places.Failed(); failed {
		return failure
	}
	return mixed.Passed(pages, "no page that was read fetches active content over http")
}

// fetched words a load; one that waits for a click or a call is less bad than
// one that every visit makes.
func fetched(load webpage.Load) (string, rule.Severity) {
	if !load.Certain {
		return "can fetch", rule.Medium
	}
	return "fetches", ""
}

func sentOn(webpage.Load) (string, rule.Severity) {
	return "sends its visitor on to", rule.Medium
}
