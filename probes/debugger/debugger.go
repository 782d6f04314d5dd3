// Package debugger asks for the Werkzeug debugger's style sheet: harmless, no
// PIN attempt, no exception (FLASK.md 1.8).
package debugger

import (
	"bytes"
	"context"
	"strings"

	"middlebrick/observe"
	"middlebrick/probe"
	"middlebrick/wire"
)

// Probe asks on each form that speaks HTTP.
var Probe = probe.Probe{
	Name:  "debugger",
	After: []string{observe.SecurePages.Name(), observe.PlainPages.Name()},
	Fills: []string{observe.DebugPages.Name()},
	Most:  probe.Budget{Connections: 2, Requests: 2, Bytes: 2 << 20},
	Run:   run,
	Early: func(ctx context.Context, w *wire.Wire, rec *observe.Recorder) {
		probe.Front(ctx, w, rec, func(resp *wire.Response) {
			_, _ = w.Get(ctx, wire.Request{URL: withoutQuery(resp.URL) + question})
		})
	},
}

const question = "?__debugger__=yes&cmd=resource&f=style.css"

func run(ctx context.Context, w *wire.Wire, rec *observe.Recorder) {
	if _, _, gap := probe.Forms(w.Target(), rec); gap != nil {
		observe.Miss(rec, observe.DebugPages, *gap)
		return
	}
	seen := observe.Debuggers{Asked: []observe.DebuggerAnswer{}}
	missed := &observe.Gap{Why: observe.Unasked, Detail: "no form of the target answered"}
	var refs []observe.Ref
	for _, address := range forms(w, rec) {
		resp, gap := w.Get(ctx, wire.Request{URL: address + question})
		if gap != nil {
			missed = gap
			continue
		}
		seen.Asked = append(seen.Asked, observe.DebuggerAnswer{URL: address + question, Status: resp.Head.Status, Found: sheet(resp), Ref: resp.Ref})
		refs = append(refs, resp.Ref)
	}
	if len(seen.Asked) == 0 {
		observe.Miss(rec, observe.DebugPages, *missed)
		return
	}
	observe.Put(rec, observe.DebugPages, seen, refs...)
}

// forms are the addresses to ask: the debugger wraps the whole application and
// answers below every path of it, but not outside of the prefix that a proxy
// gives it.
func forms(w *wire.Wire, rec *observe.Recorder) []string {
	t, found := w.Target(), []string{}
	if pages, gap := observe.Seen(rec, observe.SecurePages); gap == nil && pages.Absent == "" {
		found = append(found, withoutQuery(t.HTTPS()))
	}
	if pages, gap := observe.Seen(rec, observe.PlainPages); gap == nil && pages.Absent == "" {
		found = append(found, withoutQuery(t.HTTP()))
	}
	return found
}

func withoutQuery(address string) string {
	path, _, _ := strings.Cut(address, "?")
	return path
}

// sheet is true for the debugger's own style sheet, which styles its traceback.
func sheet(resp *wire.Response) bool {
	return resp.Head.Status == 200 && strings.HasPrefix(resp.Head.Get("Content-Type"), "text/css") &&
		bytes.Contains(resp.Body.Bytes, []byte("div.debugger")) && bytes.Contains(resp.Body.Bytes, []byte("traceback"))
}
