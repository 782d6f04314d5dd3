// Package hstspartial finds targets that send HSTS on some of their https
// answers and not on others.
package hstspartial

import (
	"fmt"

	"middlebrick/checks/encryption/internal/hsts"
	"middlebrick/checks/encryption/internal/say"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is this detection.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.hstspartial",
	Title:    "HSTS is missing from some answers",
	Severity: rule.Low,
	CWE:      []rule.CWE{319},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(6797, "7.1")},
}, observe.SecureHSTS, judge)

func judge(seen observe.HSTS) rule.Verdict {
	if _, otherwise, ok := hsts.Heeded(seen); !ok {
		return otherwise
	}
	answers, _, _ := hsts.Telling(seen, "https")
	var places say.Places
	kinds := map[string]bool{}
	for _, answer := range answers {
		kind := kindOf(answer)
		kinds[kind] = true
		if !answer.HSTS.Present {
			places.Add(kind, fmt.Sprintf("%s answered %d over https without %s, which other answers carry",
				say.Path(answer.URL, answer.Purpose), answer.Status, hsts.Header), severity(kind), answer.Ref)
		}
	}
	if failure, failed := places.Failed(); failed {
		return failure
	}
	if !kinds["pages"] && !kinds["redirects"] || !kinds["errors"] {
		return rule.Inconclusive("the header is on every https answer that was read, but not both a page and an error were")
	}
	return rule.Passf("every https answer carries %s, errors included", hsts.Header)
}

// kindOf is what servers tell apart when they add headers: nginx leaves errors
// out without "always", applications leave out what they did not answer
// themselves. The page that cannot exist counts as an error even where it
// answers 200, for then the target has no other.
func kindOf(answer observe.HSTSResponse) string {
	switch {
	case answer.Status >= 400 || answer.Purpose == say.Missing:
		return "errors"
	case answer.Status >= 300:
		return "redirects"
	}
	return "pages"
}

// severity is raised where ordinary pages go without: what a visitor opens
// first may be one of them.
func severity(kind string) rule.Severity {
	if kind == "pages" {
		return rule.Medium
	}
	return ""
}
