// Package hsts reads Strict-Transport-Security from every page that was asked.
package hsts

import (
	"context"

	"middlebrick/httphead"
	"middlebrick/observe"
	"middlebrick/probe"
	"middlebrick/wire"
)

// Probe asks nothing new: it reads the headers of pages that others fetched.
var Probe = probe.Probe{
	Name:  "hsts",
	Needs: []string{observe.SecurePages.Name()},
	Fills: []string{observe.SecureHSTS.Name()},
	Run: func(_ context.Context, w *wire.Wire, rec *observe.Recorder) {
		read(w, rec, observe.SecurePages, observe.SecureHSTS)
	},
}

// Plain is the same for the http form, where the header has no business (RFC
// 6797 section 7.2).
var Plain = probe.Probe{
	Name:  "hstsonhttp",
	Needs: []string{observe.PlainPages.Name()},
	Fills: []string{observe.PlainHSTS.Name()},
	Run: func(_ context.Context, w *wire.Wire, rec *observe.Recorder) {
		read(w, rec, observe.PlainPages, observe.PlainHSTS)
	},
}

func read(w *wire.Wire, rec *observe.Recorder, from observe.Key[observe.Pages], to observe.Key[observe.HSTS]) {
	pages, _ := observe.Seen(rec, from)
	seen := observe.HSTS{Absent: pages.Absent, Literal: w.Target().Literal(), Responses: []observe.HSTSResponse{}}
	var refs []observe.Ref
	for _, page := range pages.Pages {
		seen.Responses = append(seen.Responses, observe.HSTSResponse{
			URL: page.URL, Purpose: page.Purpose, Status: page.Status, Ref: page.Ref,
			HSTS: httphead.ParseHSTS(page.Values("Strict-Transport-Security")),
		})
		refs = append(refs, page.Ref)
	}
	observe.Put(rec, to, seen, refs...)
}
