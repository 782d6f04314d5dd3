// Package loads reads the https pages for what a browser would fetch, or post,
// over http.
package loads

import (
	"context"
	"net/url"
	"strings"

	"middlebrick/observe"
	"middlebrick/probe"
	"middlebrick/webpage"
	"middlebrick/wire"
)

// Probe reads the pages that were fetched and a few style sheets of theirs.
var Probe = probe.Probe{
	Name:  "loads",
	Needs: []string{observe.SecurePages.Name()},
	Fills: []string{observe.SecureLoads.Name()},
	Most:  probe.Budget{Connections: 4, Requests: 4, Bytes: 4 << 20},
	Run:   run,
}

// mostSheets bounds how many style sheets are fetched beside the pages.
const mostSheets = 4

var readable = map[string]bool{"text/html": true, "application/xhtml+xml": true, "text/css": true, "image/svg+xml": true}

func run(ctx context.Context, w *wire.Wire, rec *observe.Recorder) {
	pages, _ := observe.Seen(rec, observe.SecurePages)
	if pages.Absent != "" {
		observe.Put(rec, observe.SecureLoads, observe.Mixed{Absent: pages.Absent, Pages: []observe.MixedPage{}})
		return
	}
	r := reader{w: w, seen: map[string]bool{}, found: observe.Mixed{Pages: []observe.MixedPage{}}}
	for _, page := range pages.Pages {
		if readable[page.Media] && page.Status/100 != 3 {
			r.page(ctx, page.URL)
		}
	}
	for i := 0; i < len(r.sheets) && i < mostSheets; i++ {
		r.page(ctx, r.sheets[i])
	}
	observe.Put(rec, observe.SecureLoads, r.found, r.refs...)
}

type reader struct {
	w      *wire.Wire
	seen   map[string]bool
	sheets []string
	found  observe.Mixed
	refs   []observe.Ref
}

func (r *reader) page(ctx context.Context, address string) {
	if r.seen[address] {
		return
	}
	r.seen[address] = true
	resp, gap := r.w.Get(ctx, wire.Request{URL: address})
	if gap != nil {
		return
	}
	read := webpage.Read(webpage.Input{
		URL: address, ContentType: resp.Head.Get("Content-Type"), Body: resp.Body.Bytes,
		CSP: resp.Head.Values("Content-Security-Policy"),
	})
	r.found.Pages = append(r.found.Pages, observe.MixedPage{
		URL: address, Loads: append([]webpage.Load{}, read.Loads...), Forms: append([]webpage.Form{}, read.Forms...),
		Cut: read.Truncated || resp.Cut(), Ref: resp.Ref,
	})
	r.refs = append(r.refs, resp.Ref)
	for _, link := range read.Resources {
		if r.own(link) && isSheet(link) {
			r.sheets = append(r.sheets, link)
		}
	}
}

func (r *reader) own(link string) bool {
	t := r.w.Target()
	return strings.HasPrefix(link, strings.TrimSuffix(t.HTTPS(), t.Path)+"/")
}

func isSheet(link string) bool {
	u, err := url.Parse(link)
	return err == nil && strings.HasSuffix(u.Path, ".css")
}
