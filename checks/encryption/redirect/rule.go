// Package redirect finds http forms that do not lead straight and for good to
// https on the same host.
package redirect

import (
	"fmt"
	"strings"

	"middlebrick/checks/encryption/internal/say"
	"middlebrick/httphead"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is this detection.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.redirect",
	Title:    "The redirect from http to https can be bent",
	Severity: rule.Medium,
	CWE:      []rule.CWE{319},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(6797, "7.2"), rule.RFC(9110, "15.4"), rule.Document("OWASPTransport")},
}, observe.PlainHops, judge)

// permanent are the statuses that a client may remember (RFC 9110 sections
// 15.4.2 and 15.4.9).
var permanent = map[int]bool{301: true, 308: true}

// cut are the ends of a chain that was not seen to its end.
var cut = map[string]observe.Why{"no-answer": observe.Timeout, "limit": observe.Budget}

func judge(seen observe.Redirects) rule.Verdict {
	if seen.Absent != "" {
		return rule.Passf("nothing answers over plain http that would need a redirect: %s", seen.Absent)
	}
	if len(seen.Hops) == 0 {
		return rule.Inconclusive("the http form gave no answer: " + say.Plain(seen.Detail)).BecauseOf(observe.Unasked)
	}
	first, last := seen.Hops[0], seen.Hops[len(seen.Hops)-1]
	switch {
	case isPlain(last.URL) && last.Status >= 200 && last.Status < 300:
		return rule.NotApplicable("the http form serves content and does not redirect: encryption.plainhttp says so")
	case !say.Answered(first.Status):
		return rule.Inconclusive(fmt.Sprintf("%s answered %d", say.Bare(first.URL), first.Status))
	case first.Status >= 400:
		return rule.Passf("plain http is refused with %d, which serves an API as well as a redirect", first.Status)
	}
	if failure, failed := bent(seen); failed {
		return failure
	}
	if why, open := cut[seen.End]; open {
		return rule.Inconclusive(fmt.Sprintf("the first hop is right; %s leads on to %s, and no answer from there was read", say.Bare(last.URL), say.Bare(last.To))).BecauseOf(why)
	}
	return rule.Passf("%s leads to %s with %d", say.Bare(first.URL), say.Bare(first.To), first.Status)
}

// bent notes every hop that an attacker can hold on to.
func bent(seen observe.Redirects) (rule.Verdict, bool) {
	var places say.Places
	first := seen.Hops[0]
	switch {
	case first.To == "":
		places.Add("first hop", fmt.Sprintf("%s answered %d without a Location that a client can follow", say.Bare(first.URL), first.Status), "", first.Ref)
	case isPlain(first.To):
		places.Add("first hop", fmt.Sprintf("%s answered %d and leads on over http, to %s", say.Bare(first.URL), first.Status, say.Bare(first.To)), "", first.Ref)
	case !httphead.SameHost(first.URL, first.To):
		places.Add("first hop", fmt.Sprintf("%s answered %d and leads to another host at once, to %s: HSTS is never set for the first one", say.Bare(first.URL), first.Status, say.Bare(first.To)), "", first.Ref)
	case !permanent[first.Status]:
		places.Add("first hop's status", fmt.Sprintf("%s answered %d, which no client remembers", say.Bare(first.URL), first.Status), rule.Low, first.Ref)
	}
	for _, hop := range seen.Hops[1:] {
		if isPlain(hop.To) {
			places.Add("a later hop", fmt.Sprintf("on the way, %s answered %d and leads over http, to %s", say.Bare(hop.URL), hop.Status, say.Bare(hop.To)), "", hop.Ref)
		}
	}
	if seen.End == "loop" {
		last := seen.Hops[len(seen.Hops)-1]
		places.Add("loop", fmt.Sprintf("the redirects never end: %s leads back to %s", say.Bare(last.URL), say.Bare(last.To)), "", last.Ref)
	}
	return places.Failed()
}

func isPlain(address string) bool { return strings.HasPrefix(address, "http://") }
