// Package ownscheme finds out whether the application, asked over https, knows
// that it is on https: the missing slash that a router mends with a redirect
// tells it (FLASK.md 1.10).
package ownscheme

import (
	"context"
	"net/url"
	"strings"

	"middlebrick/observe"
	"middlebrick/probe"
	"middlebrick/probes/internal/hop"
	"middlebrick/target"
	"middlebrick/webpage"
	"middlebrick/wire"
)

// Probe asks for addresses without their trailing slash and reads where the
// answers lead; it also reads the redirects that others have seen.
var Probe = probe.Probe{
	Name:  "ownscheme",
	Needs: []string{observe.SecurePages.Name()},
	Fills: []string{observe.OwnScheme.Name()},
	Most:  probe.Budget{Connections: 8, Requests: 8, Bytes: 8 << 20},
	Run:   run,
}

// usual are the names that applications serve below a trailing slash most often;
// the addresses that pages link to come before them.
var usual = []string{"/admin", "/api", "/users", "/docs", "/apidocs", "/static"}

// mostAsked bounds how many addresses are asked without their slash.
const mostAsked = 8

func run(ctx context.Context, w *wire.Wire, rec *observe.Recorder) {
	pages, _ := observe.Seen(rec, observe.SecurePages)
	seen := observe.Schemes{Absent: pages.Absent, Leaks: []observe.SchemeLeak{}, Right: []observe.SchemeProof{}}
	var refs []observe.Ref
	var last *observe.Gap
	if pages.Absent != "" {
		observe.Put(rec, observe.OwnScheme, seen)
		return
	}
	asked := addresses(ctx, w, pages)
	probe.Ahead(ctx, w, requests(asked)...)
	for _, address := range asked {
		resp, gap := w.Get(ctx, wire.Request{URL: address})
		if gap != nil {
			last = gap
			continue
		}
		seen.Asked++
		refs = append(refs, resp.Ref)
		note(&seen, w.Target(), address, resp)
	}
	if seen.Asked == 0 && last != nil {
		observe.Miss(rec, observe.OwnScheme, *last)
		return
	}
	observe.Put(rec, observe.OwnScheme, seen, refs...)
}

func requests(addresses []string) (all []wire.Request) {
	for _, address := range addresses {
		all = append(all, wire.Request{URL: address})
	}
	return all
}

// addresses are those already asked (free: the answers are shared), then the
// slashless forms of what pages link to, then the usual names.
func addresses(ctx context.Context, w *wire.Wire, pages observe.Pages) []string {
	asked, slashless := []string{}, []string{}
	base := strings.TrimSuffix(w.Target().HTTPS(), w.Target().Path)
	for _, page := range pages.Pages {
		asked = append(asked, page.URL)
		for _, link := range links(ctx, w, page) {
			u, err := url.Parse(link)
			if err == nil && strings.HasPrefix(link, base+"/") && strings.HasSuffix(u.Path, "/") && u.Path != "/" {
				slashless = append(slashless, base+strings.TrimSuffix(u.EscapedPath(), "/"))
			}
		}
	}
	if path := strings.TrimRight(w.Target().Path, "/"); path != "" && path != w.Target().Path {
		slashless = append([]string{base + path}, slashless...)
	}
	for _, path := range usual {
		slashless = append(slashless, base+path)
	}
	return append(asked, unique(slashless, asked, mostAsked)...)
}

func links(ctx context.Context, w *wire.Wire, page observe.Page) []string {
	if page.Media != "text/html" {
		return nil
	}
	resp, gap := w.Get(ctx, wire.Request{URL: page.URL})
	if gap != nil {
		return nil
	}
	return webpage.Read(webpage.Input{URL: page.URL, ContentType: page.Media, Body: resp.Body.Bytes}).Links
}

func unique(all, but []string, most int) []string {
	seen, kept := map[string]bool{}, []string{}
	for _, one := range but {
		seen[one] = true
	}
	for _, one := range all {
		if !seen[one] && len(kept) < most {
			seen[one] = true
			kept = append(kept, one)
		}
	}
	return kept
}

// note reads one answer: a Location that names its scheme, to the same host,
// tells which scheme the application believes in.
func note(seen *observe.Schemes, t target.Target, address string, resp *wire.Response) {
	to, leads := hop.Of(address, resp.Head)
	if !leads || to.Err != nil || !to.Absolute() || to.Host() != t.Host && to.Host() != t.Unicode {
		return
	}
	if strings.HasPrefix(to.To, "http://") {
		seen.Leaks = append(seen.Leaks, observe.SchemeLeak{URL: address, Status: resp.Head.Status, Where: "Location", Leak: to.Written, Ref: resp.Ref})
		return
	}
	seen.Right = append(seen.Right, observe.SchemeProof{URL: address, Location: to.Written, Ref: resp.Ref})
}
