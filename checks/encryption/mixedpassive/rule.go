// Package mixedpassive finds https pages with images, sound or video from http
// addresses.
package mixedpassive

import (
	"middlebrick/checks/encryption/internal/mixed"
	"middlebrick/checks/encryption/internal/say"
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/webpage"
)

// Rule is this detection.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.mixedpassive",
	Title:    "Pages over https show images or media from http",
	Severity: rule.Low,
	CWE:      []rule.CWE{319},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.Document("MixedContent"), rule.Document("UpgradeInsecure")},
}, observe.SecureLoads, judge)

func judge(seen observe.Mixed) rule.Verdict {
	pages, otherwise, ok := mixed.Pages(seen)
	if !ok {
		return otherwise
	}
	var places say.Places
	mixed.Note(&places, pages, webpage.Upgradable, shown)
	if failure, failed := places.Failed(); failed {
		return failure
	}
	return mixed.Passed(pages, "no page that was read shows images or media from http addresses")
}

func shown(webpage.Load) (string, rule.Severity) { return "shows", "" }
