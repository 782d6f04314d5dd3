// Package apilinks finds http:// addresses of the target's own site in what it
// answers to programs over https.
package apilinks

import (
	"fmt"
	"regexp"

	"middlebrick/checks/encryption/internal/say"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is this detection.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.apilinks",
	Title:    "The API hands out http:// links to itself",
	Severity: rule.Medium,
	CWE:      []rule.CWE{319},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(9110, "4.2.2"), rule.RFC(8288, "5"), rule.Document("FlaskProxy")},
}, observe.APILinks, judge)

// index is a position in a list, which says nothing about the fault.
var index = regexp.MustCompile(`\b\d+\b`)

func judge(seen observe.Links) rule.Verdict {
	if seen.Absent != "" {
		return rule.NotApplicable("there is no https form: " + seen.Absent)
	}
	var places say.Places
	for _, found := range seen.Found {
		where := fmt.Sprintf("%s of %s", index.ReplaceAllString(say.Plain(found.Where), "*"), say.PathOf(found.URL))
		places.Add(where, fmt.Sprintf("the answer of %s over https links to %s (%s)",
			say.PathOf(found.URL), say.Quoted(found.Link), say.Plain(found.Where)), "", found.Ref)
	}
	if failure, failed := places.Failed(); failed {
		return failure
	}
	if seen.Asked == 0 {
		return rule.Inconclusive("no answer over https was read for links").BecauseOf(observe.Unasked)
	}
	if len(seen.Unread) > 0 {
		return rule.Inconclusive("the answer of " + say.PathOf(seen.Unread[0]) + " was not read to its end").BecauseOf(observe.Budget)
	}
	return rule.Passf("no answer over https links to the target with http://")
}
