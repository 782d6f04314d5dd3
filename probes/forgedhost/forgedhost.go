// Package forgedhost asks for a redirect under a name that nobody owns.
package forgedhost

import (
	"context"
	"slices"
	"strings"

	"middlebrick/httphead"
	"middlebrick/observe"
	"middlebrick/probe"
	"middlebrick/probes/internal/hop"
	"middlebrick/wire"
)

// forged is under a name that can never be registered (RFC 6761 section 6.4).
const forged = "middlebrick-forged.invalid"

// Probe repeats requests that were answered with a redirect, once with a forged
// Host and once with a forged X-Forwarded-Host, and looks where they lead.
var Probe = probe.Probe{
	Name:  "forgedhost",
	After: []string{observe.SecurePages.Name(), observe.PlainPages.Name(), observe.OwnScheme.Name()},
	Fills: []string{observe.ForgedHost.Name()},
	Most:  probe.Budget{Connections: 2 * mostAsked, Requests: 2 * mostAsked, Bytes: 2 * mostAsked << 20},
	Run:   run,
	Early: early,
}

// mostAsked bounds how many addresses are asked with a forged name: of them mostSecure
// and mostPlain are pages of the one form and of the other.
const (
	mostAsked  = 4
	mostSecure = 1
	mostPlain  = 2
)

// early asks for the pages of each form, once these are known, while others still ask
// for what redirects elsewhere.
func early(ctx context.Context, w *wire.Wire, rec *observe.Recorder) {
	form := func(key observe.Key[observe.Pages], most int) func() {
		return func() {
			rec.Await(key.Name())
			pages, _ := observe.Seen(rec, key)
			ahead(ctx, w, questions(unique(redirecting(pages), most)))
		}
	}
	probe.Beside(form(observe.SecurePages, mostSecure), form(observe.PlainPages, mostPlain))
}

func run(ctx context.Context, w *wire.Wire, rec *observe.Recorder) {
	if _, _, gap := probe.Forms(w.Target(), rec); gap != nil {
		observe.Miss(rec, observe.ForgedHost, *gap)
		return
	}
	seen := observe.Forged{Asked: []observe.ForgedAnswer{}}
	var refs []observe.Ref
	missed := &observe.Gap{Why: observe.Unasked, Detail: "no form of the target answered a forged Host"}
	asked := questions(candidates(rec))
	ahead(ctx, w, asked)
	for _, req := range asked {
		resp, gap := w.Get(ctx, req)
		if gap != nil {
			missed = gap
			continue
		}
		seen.Asked = append(seen.Asked, answer(req, resp))
		refs = append(refs, resp.Ref)
	}
	if len(seen.Asked) == 0 {
		observe.Miss(rec, observe.ForgedHost, *missed)
		return
	}
	observe.Put(rec, observe.ForgedHost, seen, refs...)
}

// questions are the two forged requests for each address.
func questions(addresses []string) (all []wire.Request) {
	for _, address := range addresses {
		all = append(all,
			wire.Request{URL: address, Host: forged, About: "GET " + address + " with Host: " + forged},
			wire.Request{URL: address, Fields: []httphead.Field{{Name: "X-Forwarded-Host", Value: forged}}, About: "GET " + address + " with X-Forwarded-Host: " + forged},
		)
	}
	return all
}

// ahead asks those first that leave their connection open for others: one with
// another host is the last on it.
func ahead(ctx context.Context, w *wire.Wire, asked []wire.Request) {
	last := func(req wire.Request) bool { return req.Host != "" }
	probe.Ahead(ctx, w, slices.DeleteFunc(slices.Clone(asked), last)...)
	probe.Ahead(ctx, w, asked...)
}

func answer(req wire.Request, resp *wire.Response) observe.ForgedAnswer {
	header := "Host"
	if req.Host == "" {
		header = "X-Forwarded-Host"
	}
	a := observe.ForgedAnswer{Header: header, URL: req.URL, Status: resp.Head.Status, Ref: resp.Ref}
	if to, leads := hop.Of(req.URL, resp.Head); leads {
		a.Location, a.Follows = to.Written, to.Host() == forged
	}
	return a
}

// candidates are the addresses to ask: those that redirected with an absolute
// Location, which is where a Host shows; without any, the target's own.
func candidates(rec *observe.Recorder) []string {
	secure, _ := observe.Seen(rec, observe.SecurePages)
	plain, _ := observe.Seen(rec, observe.PlainPages)
	found := slices.Concat(unique(redirecting(secure), mostSecure), unique(redirecting(plain), mostPlain))
	schemes, _ := observe.Seen(rec, observe.OwnScheme)
	for _, leak := range schemes.Leaks {
		if leak.Where == "Location" {
			found = append(found, leak.URL)
		}
	}
	for _, proof := range schemes.Right {
		found = append(found, proof.URL)
	}
	found = append(found, redirecting(secure)...)
	for _, page := range slices.Concat(secure.Pages, plain.Pages) {
		if len(found) == 0 && page.Purpose == "target" {
			found = append(found, page.URL)
		}
	}
	return unique(found, mostAsked)
}

// redirecting are the pages of a form that lead on by an absolute Location.
func redirecting(pages observe.Pages) (found []string) {
	for _, page := range pages.Pages {
		to, leads := hop.Of(page.URL, httphead.Head{Status: page.Status, Fields: page.Fields})
		if leads && (to.Absolute() || strings.HasPrefix(to.Written, "//")) {
			found = append(found, page.URL)
		}
	}
	return found
}

func unique(all []string, most int) []string {
	seen, kept := map[string]bool{}, []string{}
	for _, one := range all {
		if !seen[one] && len(kept) < most {
			seen[one] = true
			kept = append(kept, one)
		}
	}
	return kept
}
