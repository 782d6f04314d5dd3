// Package proxyscheme finds applications that, asked over https, believe to be
// on http and send their clients there.
package proxyscheme

import (
	"fmt"

	"middlebrick/checks/encryption/internal/say"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is this detection.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.proxyscheme",
	Title:    "The application behind TLS sends its clients to http",
	Severity: rule.High,
	CWE:      []rule.CWE{319},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites: []rule.Cite{rule.RFC(7239, "5.4"), rule.RFC(6797, "2.3.1"), rule.Document("FlaskProxy"),
		rule.Document("WerkzeugProxyFix")},
}, observe.OwnScheme, judge)

func judge(seen observe.Schemes) rule.Verdict {
	if seen.Absent != "" {
		return rule.NotApplicable("there is no https form: " + seen.Absent)
	}
	var places say.Places
	for _, leak := range seen.Leaks {
		where := fmt.Sprintf("%s of %s", say.Plain(leak.Where), say.PathOf(leak.URL))
		places.Add(where, fmt.Sprintf("asked over https, %s answered %d and its %s says %s",
			say.PathOf(leak.URL), leak.Status, say.Plain(leak.Where), say.Quoted(leak.Leak)), "", leak.Ref)
	}
	if failure, failed := places.Failed(); failed {
		return failure
	}
	switch {
	case len(seen.Right) > 0:
		return rule.Passf("asked over https, %s redirects to %s", say.PathOf(seen.Right[0].URL), say.Quoted(seen.Right[0].Location))
	case seen.Asked > 0:
		return rule.Passf("no answer over https writes an address of its own with http://")
	}
	return rule.Inconclusive("no answer over https was seen").BecauseOf(observe.Unasked)
}
