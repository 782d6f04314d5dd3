// Package ownscheme finds out whether the application, asked over https, knows
// that it is on https: the missing slash that a router mends with a redirect
// tells it (FLASK.md 1.10).
package ownscheme

import (
	"context"
	"net/url"
	"slices"
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
	Most:  probe.Budget{Connections: mostAsked + mostMore, Requests: mostAsked + mostMore, Bytes: (mostAsked + mostMore) << 20},
	Run:   run,
	Early: early,
}

// usual are the names that applications serve below a trailing slash most often;
// the addresses that pages link to come before them.
var usual = []string{"/admin", "/api", "/users", "/docs", "/apidocs", "/static"}

// mostAsked bounds how many addresses are asked without their slash, and mostMore
// how many beside them that other pages than the first link to.
const (
	mostAsked = 8
	mostMore  = 4
)

// early asks for what follows from the target's own page alone.
func early(ctx context.Context, w *wire.Wire, rec *observe.Recorder) {
	probe.Front(ctx, w, rec, func(resp *wire.Response) {
		if resp.URL != w.Target().HTTPS() {
			return
		}
		front := observe.Page{URL: resp.URL, Media: media(resp)}
		probe.Ahead(ctx, w, requests(unique(slashless(ctx, w, front, true), []string{resp.URL}, mostAsked))...)
	})
}

// media is the Content-Type without its parameters, lower case.
func media(resp *wire.Response) string {
	kind, _, _ := strings.Cut(resp.Head.Get("Content-Type"), ";")
	return strings.ToLower(strings.TrimSpace(kind))
}

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
// slashless forms of what the target's own page links to, then the usual names, then
// a few that other pages link to.
func addresses(ctx context.Context, w *wire.Wire, pages observe.Pages) []string {
	asked, first, more := []string{}, []string{}, []string{}
	for i, page := range pages.Pages {
		asked = append(asked, page.URL)
		if i == 0 {
			first = slashless(ctx, w, page, true)
			continue
		}
		more = append(more, slashless(ctx, w, page, false)...)
	}
	first = unique(first, asked[:min(1, len(asked))], mostAsked)
	more = unique(more, slices.Concat(asked, first), mostMore)
	return unique(slices.Concat(asked, first, more), nil, len(asked)+mostAsked+mostMore)
}

// slashless are the addresses that a page links to with a slash, without it; of the
// target's own page that of the target itself, and the usual names.
func slashless(ctx context.Context, w *wire.Wire, page observe.Page, own bool) []string {
	base := strings.TrimSuffix(w.Target().HTTPS(), w.Target().Path)
	found := []string{}
	if path := strings.TrimRight(w.Target().Path, "/"); own && path != "" && path != w.Target().Path {
		found = append(found, base+path)
	}
	for _, link := range links(ctx, w, page) {
		u, err := url.Parse(link)
		if err == nil && strings.HasPrefix(link, base+"/") && strings.HasSuffix(u.Path, "/") && u.Path != "/" {
			found = append(found, base+strings.TrimSuffix(u.EscapedPath(), "/"))
		}
	}
	if own {
		for _, path := range usual {
			found = append(found, base+path)
		}
	}
	return found
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
