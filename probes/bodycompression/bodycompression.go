// Package bodycompression asks the https form for one page as clients do that read
// compressed bodies, and notes whether it comes compressed.
package bodycompression

import (
	"context"
	"strings"

	"middlebrick/httphead"
	"middlebrick/observe"
	"middlebrick/probe"
	"middlebrick/wire"
)

// Probe asks once, for the first page that was seen to hand out something.
var Probe = probe.Probe{
	Name:  "bodycompression",
	Needs: []string{observe.SecurePages.Name()},
	Fills: []string{observe.Compressed.Name()},
	Most:  probe.Budget{Connections: 1, Requests: 1, Bytes: 2 << 20},
	Run:   run,
	Early: early,
}

// asked are the encodings that every browser takes, and servers have.
const asked = "gzip, br"

// early asks for the target's own page, which is the first choice where it hands out
// something.
func early(ctx context.Context, w *wire.Wire, rec *observe.Recorder) {
	probe.Front(ctx, w, rec, func(resp *wire.Response) {
		front := observe.Page{Status: resp.Head.Status, Bytes: len(resp.Body.Bytes)}
		if resp.URL == w.Target().HTTPS() && front.Content() {
			_, _ = w.Get(ctx, compressed(resp.URL))
		}
	})
}

func compressed(address string) wire.Request {
	return wire.Request{URL: address, Fields: []httphead.Field{{Name: "Accept-Encoding", Value: asked}}}
}

func run(ctx context.Context, w *wire.Wire, rec *observe.Recorder) {
	pages, _ := observe.Seen(rec, observe.SecurePages)
	if pages.Absent != "" {
		observe.Put(rec, observe.Compressed, observe.Compression{Absent: pages.Absent, Asked: asked})
		return
	}
	address := worthwhile(w, pages.Pages)
	resp, gap := w.Get(ctx, compressed(address))
	if gap != nil {
		observe.Miss(rec, observe.Compressed, *gap)
		return
	}
	observe.Put(rec, observe.Compressed, observe.Compression{
		URL: resp.URL, Status: resp.Head.Status, Asked: asked, Bytes: len(resp.Body.Bytes), Ref: resp.Ref,
		Encoding: strings.ToLower(strings.TrimSpace(strings.Join(resp.Head.Values("Content-Encoding"), ", "))),
	}, resp.Ref)
}

// worthwhile is the page of the target itself, or the largest that hands out
// something: servers leave short bodies as they are.
func worthwhile(w *wire.Wire, pages []observe.Page) string {
	best := observe.Page{URL: w.Target().HTTPS()}
	for _, page := range pages {
		if page.Purpose == "target" && page.Content() {
			return page.URL
		}
		if page.Content() && page.Bytes > best.Bytes {
			best = page
		}
	}
	return best.URL
}
