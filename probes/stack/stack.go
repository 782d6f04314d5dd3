// Package stack recognises the software that answers, each part with the
// exchange that says so: servers by their headers and error pages, frameworks by
// their cookies, routers, tags and error pages. The signs were measured on the
// real thing (FLASK.md sections 1 and 2); testdata keeps the answers.
package stack

import (
	"context"
	"strings"

	"middlebrick/observe"
	"middlebrick/probe"
	"middlebrick/wire"
)

// Probe reads what others fetched. Of its own it asks for one page, and only
// where there is no https form: the page that is not there, which exchange asks
// for over https alone.
var Probe = probe.Probe{
	Name: "stack",
	After: []string{
		observe.SecurePages.Name(), observe.PlainPages.Name(), observe.SetCookies.Name(), observe.FlaskKeys.Name(),
		observe.OwnScheme.Name(), observe.DebugPages.Name(), observe.Certificates.Name(),
	},
	Fills: []string{observe.Recognised.Name()},
	Most:  probe.Budget{Connections: 1, Requests: 1, Bytes: 1 << 20},
	Run:   run,
}

// missing is a path that no application has.
const missing = "/middlebrick-no-such-page"

func run(ctx context.Context, w *wire.Wire, rec *observe.Recorder) {
	secure, plain, gap := probe.Forms(w.Target(), rec)
	if gap != nil {
		observe.Miss(rec, observe.Recognised, *gap)
		return
	}
	f := newFinder()
	for _, address := range addresses(w, rec, secure, plain) {
		resp, gap := w.Get(ctx, wire.Request{URL: address})
		if gap == nil {
			f.answer(answer{url: address, head: resp.Head, body: resp.Body.Bytes, ref: resp.Ref})
		}
	}
	cookies, _ := observe.Seen(rec, observe.SetCookies)
	for _, cookie := range cookies.Seen {
		f.cookie(cookie)
	}
	sessions, _ := observe.Seen(rec, observe.FlaskKeys)
	for _, session := range sessions.Seen {
		f.session(session)
	}
	debuggers, _ := observe.Seen(rec, observe.DebugPages)
	for _, asked := range debuggers.Asked {
		f.debugger(asked)
	}
	if chain, gap := observe.Seen(rec, observe.Certificates); gap == nil {
		f.certificate(chain)
	}
	found, refs := f.stack()
	observe.Put(rec, observe.Recognised, found, refs...)
}

// addresses are those that others asked for, https first, so that asking again
// costs nothing; and the page that is not there.
func addresses(w *wire.Wire, rec *observe.Recorder, secure, plain observe.Pages) (all []string) {
	for _, page := range secure.Pages {
		all = append(all, page.URL)
	}
	schemes, _ := observe.Seen(rec, observe.OwnScheme)
	for _, leak := range schemes.Leaks {
		all = append(all, leak.URL)
	}
	for _, proof := range schemes.Right {
		all = append(all, proof.URL)
	}
	for _, page := range plain.Pages {
		all = append(all, page.URL)
	}
	if t := w.Target(); len(secure.Pages) == 0 && len(plain.Pages) > 0 {
		all = append(all, strings.TrimSuffix(t.HTTP(), t.Path)+missing)
	}
	return all
}
