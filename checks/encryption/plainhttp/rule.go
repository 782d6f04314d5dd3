// Package plainhttp finds targets that hand out their content over plain HTTP.
package plainhttp

import (
	"fmt"
	"strings"

	"middlebrick/checks/encryption/internal/challenge"
	"middlebrick/checks/encryption/internal/say"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is this detection.
var Rule = rule.On2(rule.Meta{
	ID:       "encryption.plainhttp",
	Title:    "Plain HTTP serves the content",
	Severity: rule.Critical,
	CWE:      []rule.CWE{319, 311},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(9325, "3.2"), rule.RFC(9110, "4.2.2"), rule.Document("OWASPTransport")},
	Cap:      rule.Band{Low: 10, High: 20, From: rule.Critical},
}, observe.PlainPages, observe.PlainHops, judge)

func judge(pages observe.Pages, hops observe.Redirects) rule.Verdict {
	var places say.Places
	content(&places, pages, hops)
	if len(pages.Pages) > 0 && !places.Any() {
		tokens(&places, pages)
	}
	if failure, failed := places.Failed(); failed {
		return failure
	}
	if pages.Absent != "" {
		return rule.Passf("nothing answers over plain http: %s", pages.Absent)
	}
	if why := doubt(pages, hops); why != "" {
		return rule.Inconclusive(why)
	}
	return rule.Passf("no address that was asked over plain http hands anything out")
}

// content notes every answer with content: one cause, so one place.
func content(places *say.Places, pages observe.Pages, hops observe.Redirects) {
	const where = "the http form"
	for _, page := range pages.Pages {
		if page.Content() {
			places.Add(where, fmt.Sprintf("%s answered %d in clear with %d bytes of %s",
				say.Bare(page.URL), page.Status, page.Bytes, media(page.Media)), "", page.Ref)
		}
	}
	for _, hop := range hops.Hops {
		if isPlain(hop.URL) && hop.Status >= 200 && hop.Status < 300 {
			places.Add(where, fmt.Sprintf("%s leads to %s, which answered %d in clear",
				say.Bare(hops.Hops[0].URL), say.Bare(hop.URL), hop.Status), "", hop.Ref)
		}
	}
}

// tokens notes an application that hands out nothing to us and asks for
// credentials in clear: whoever has a token sends it. Basic is a finding of
// its own (encryption.basicauth).
func tokens(places *say.Places, pages observe.Pages) {
	for _, page := range pages.Pages {
		schemes := challenge.Schemes(page.Values("WWW-Authenticate"))
		if page.Status != 401 || len(schemes) == 0 || challenge.Offers(page.Values("WWW-Authenticate"), "Basic") {
			continue
		}
		places.Add("credentials over http", fmt.Sprintf("%s answered 401 in clear and asks for credentials (%s)",
			say.Bare(page.URL), say.Plain(strings.Join(schemes, ", "))), rule.High, page.Ref)
	}
}

// doubt is what stands between the answers and a pass, "" when nothing does.
func doubt(pages observe.Pages, hops observe.Redirects) string {
	asked := false
	for _, page := range pages.Pages {
		asked = asked || page.Purpose == "target"
		if !say.Answered(page.Status) || page.Status < 300 {
			return fmt.Sprintf("%s answered %d without content, behind which there may be some", say.Bare(page.URL), page.Status)
		}
	}
	if !asked {
		return "the target's own address was not answered over plain http"
	}
	if len(hops.Hops) == 0 {
		return "where the http form leads was not seen"
	}
	last := hops.Hops[len(hops.Hops)-1]
	if isPlain(last.To) && hops.End != "loop" {
		return fmt.Sprintf("%s leads on over http to %s, where nothing was read", say.Bare(last.URL), say.Bare(last.To))
	}
	return ""
}

func isPlain(address string) bool { return strings.HasPrefix(address, "http://") }

func media(media string) string {
	if media == "" {
		return "unnamed type"
	}
	return say.Plain(media)
}
