// Package notls finds targets that offer no TLS at all.
package notls

import (
	"fmt"

	"middlebrick/checks/encryption/internal/say"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is this detection.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.notls",
	Title:    "The target offers no TLS",
	Severity: rule.Critical,
	CWE:      []rule.CWE{319, 311},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(9325, "3.2"), rule.Document("OWASPTransport"), rule.Document("SP80052")},
	Cap:      rule.Band{Low: 0, High: 5, From: rule.High},
}, observe.Ports, judge)

// undecided are the words for a port of which nothing is proven.
var undecided = map[string]struct {
	says string
	why  observe.Why
}{
	"":        {"was not asked", observe.Unasked},
	"unknown": {"gave no answer", observe.Timeout},
	"mute":    {"takes connections and closes them without a byte", observe.Closed},
}

func judge(seen observe.Services) rule.Verdict {
	https, http := seen.HTTPS, seen.HTTP
	if https.Speaks == "tls" {
		return rule.Passf("port %d speaks TLS", https.Port)
	}
	if doubt, open := undecided[https.Speaks]; open {
		return rule.Inconclusive(fmt.Sprintf("port %d %s", https.Port, doubt.says)).BecauseOf(doubt.why)
	}
	if https.Speaks == "closed" && http.Speaks != "http" {
		return rule.Inconclusive(fmt.Sprintf("port %d is closed, and nothing that speaks http was reached on port %d: the target may be down", https.Port, http.Port)).BecauseOf(observe.Refused)
	}
	return rule.Failf("%s", sentence(https, http)).
		At(fmt.Sprintf("port %d", https.Port)).
		Citing(say.Refs(https.Ref, http.Ref)...)
}

func sentence(https, http observe.Service) string {
	if https.Speaks == "closed" {
		return fmt.Sprintf("port %d is closed, and port %d speaks plain http", https.Port, http.Port)
	}
	return fmt.Sprintf("port %d answered a TLS hello in %s", https.Port, say.Plain(https.Speaks))
}
