// Package audience tells whether people or programs use the target: people type
// names and can be stripped of https, programs were told https:// once.
package audience

import (
	"context"

	"middlebrick/observe"
	"middlebrick/probe"
	"middlebrick/target"
	"middlebrick/wire"
)

// Probe asks nothing new.
var Probe = probe.Probe{
	Name:  "audience",
	After: []string{observe.SecurePages.Name(), observe.PlainPages.Name(), observe.SetCookies.Name()},
	Fills: []string{observe.Visitors.Name()},
	Run:   run,
}

func run(_ context.Context, w *wire.Wire, rec *observe.Recorder) {
	if told := w.Target().Audience; told != "" {
		observe.Put(rec, observe.Visitors, observe.Audience{Kind: told, Because: "the user said so"})
		return
	}
	secure, plain, gap := probe.Forms(w.Target(), rec)
	if gap != nil {
		observe.Miss(rec, observe.Visitors, *gap)
		return
	}
	cookies, _ := observe.Seen(rec, observe.SetCookies)
	for _, cookie := range cookies.Seen {
		if !kept(cookie) {
			continue
		}
		found := observe.Audience{Kind: target.Browser, Because: "it sets the cookie " + cookie.Name}
		observe.Put(rec, observe.Visitors, found, cookie.Ref)
		return
	}
	for _, page := range append(append([]observe.Page{}, secure.Pages...), plain.Pages...) {
		if page.Content() && (page.Media == "text/html" || page.Media == "application/xhtml+xml") {
			found := observe.Audience{Kind: target.Browser, Because: "it serves an HTML page at " + page.URL}
			observe.Put(rec, observe.Visitors, found, page.Ref)
			return
		}
	}
	observe.Put(rec, observe.Visitors, observe.Audience{Kind: target.Program, Because: "it serves no HTML page and sets no cookie"})
}

// kept is true for a cookie that asks its client to come back with it. Load
// balancers and robot guards put theirs on answers to programs too.
func kept(c observe.Cookie) bool {
	return c.Shape.Kind != "other" || c.Shape.Confidence != "high"
}
