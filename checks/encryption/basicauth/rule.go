// Package basicauth finds passwords asked for over plain HTTP: by HTTP Basic
// authentication or by a form.
package basicauth

import (
	"fmt"

	"middlebrick/checks/encryption/internal/challenge"
	"middlebrick/checks/encryption/internal/say"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is this detection.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.basicauth",
	Title:    "Passwords are asked for over plain HTTP",
	Severity: rule.Critical,
	CWE:      []rule.CWE{523, 522, 319},
	OWASP:    rule.API2,
	PCI:      []rule.PCI{"8.3.2", "4.2.1"},
	Cites:    []rule.Cite{rule.RFC(7617, "4"), rule.RFC(9110, "11.6.1"), rule.Document("OWASPTransport")},
	Cap:      rule.Band{Low: 0, High: 20, From: rule.Critical},
}, observe.PlainPages, judge)

func judge(seen observe.Pages) rule.Verdict {
	if seen.Absent != "" {
		return rule.NotApplicable("nothing answers over plain http: " + seen.Absent)
	}
	var places say.Places
	answered := false
	for _, page := range seen.Pages {
		answered = answered || say.Answered(page.Status)
		if challenge.Offers(page.Values("WWW-Authenticate"), "Basic") {
			places.Add("Basic authentication", fmt.Sprintf("%s answered %d over http and asks for a password (WWW-Authenticate: Basic)",
				say.Bare(page.URL), page.Status), "", page.Ref)
		}
		if page.Password {
			places.Add("password form at "+say.Path(page.URL, page.Purpose),
				fmt.Sprintf("%s shows a form for a password over http", say.Bare(page.URL)), "", page.Ref)
		}
	}
	if failure, failed := places.Failed(); failed {
		return failure
	}
	if !answered {
		return rule.Inconclusive("no answer over plain http was seen that an application in good health would give")
	}
	return rule.Passf("no answer over plain http asks for a password")
}
