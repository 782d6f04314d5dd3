// Package mixedform finds forms on https pages that post over http.
package mixedform

import (
	"fmt"

	"middlebrick/checks/encryption/internal/mixed"
	"middlebrick/checks/encryption/internal/say"
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/webpage"
)

// Rule is this detection.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.mixedform",
	Title:    "A form on an https page posts over http",
	Severity: rule.High,
	CWE:      []rule.CWE{319, 523},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1", "8.3.2"},
	Cites:    []rule.Cite{rule.Document("MixedContent"), rule.Document("UpgradeInsecure")},
}, observe.SecureLoads, judge)

func judge(seen observe.Mixed) rule.Verdict {
	pages, otherwise, ok := mixed.Pages(seen)
	if !ok {
		return otherwise
	}
	var places say.Places
	for _, page := range pages {
		for _, form := range page.Forms {
			if !form.Insecure {
				continue
			}
			places.Add(where(form.Action), fmt.Sprintf("a form%s at %s posts to %s",
				with(form), say.Bare(page.URL), say.Quoted(form.Action)), "", page.Ref)
		}
		for _, load := range page.Loads {
			if load.Class == webpage.FormTarget {
				places.Add(where(load.URL), fmt.Sprintf("a form at %s posts to %s (line %d)",
					say.Bare(page.URL), say.Quoted(load.URL), load.Line), "", page.Ref)
			}
		}
	}
	if failure, failed := places.Failed(); failed {
		return failure
	}
	return mixed.Passed(pages, "no form of a page that was read posts over http")
}

func where(action string) string { return "form to " + say.Bare(action) }

func with(form webpage.Form) string {
	if form.Password {
		return " with a password"
	}
	return ""
}
