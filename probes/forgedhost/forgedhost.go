// Package forgedhost asks for a redirect under a name that nobody owns.
package forgedhost

import (
	"context"
	"net/url"
	"strings"

	"middlebrick/httphead"
	"middlebrick/observe"
	"middlebrick/probe"
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
	Most:  probe.Budget{Connections: 6, Requests: 6, Bytes: 6 << 20},
	Run:   run,
}

func run(ctx context.Context, w *wire.Wire, rec *observe.Recorder) {
	if _, _, gap := probe.Forms(w.Target(), rec); gap != nil {
		observe.Miss(rec, observe.ForgedHost, *gap)
		return
	}
	seen := observe.Forged{Asked: []observe.ForgedAnswer{}}
	var refs []observe.Ref
	asked := questions(candidates(rec))
	probe.Ahead(ctx, w, asked...)
	for _, req := range asked {
		resp, gap := w.Get(ctx, req)
		if gap != nil {
			continue
		}
		seen.Asked = append(seen.Asked, answer(req, resp))
		refs = append(refs, resp.Ref)
	}
	if len(seen.Asked) == 0 {
		observe.Miss(rec, observe.ForgedHost, observe.Gap{Why: observe.Unasked, Detail: "no form of the target answered a forged Host"})
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

func answer(req wire.Request, resp *wire.Response) observe.ForgedAnswer {
	header := "Host"
	if req.Host == "" {
		header = "X-Forwarded-Host"
	}
	address := req.URL
	a := observe.ForgedAnswer{Header: header, URL: address, Status: resp.Head.Status, Location: resp.Head.Get("Location"), Ref: resp.Ref}
	if to, err := httphead.Resolve(address, a.Location); err == nil && a.Status/100 == 3 && a.Location != "" {
		u, err := url.Parse(to)
		a.Follows = err == nil && strings.EqualFold(u.Hostname(), forged)
	}
	return a
}

// candidates are the addresses to ask: those that redirected with an absolute
// Location, which is where a Host shows; without any, the target's own.
func candidates(rec *observe.Recorder) []string {
	found := []string{}
	schemes, _ := observe.Seen(rec, observe.OwnScheme)
	for _, proof := range schemes.Right {
		found = append(found, proof.URL)
	}
	for _, leak := range schemes.Leaks {
		if leak.Where == "Location" {
			found = append(found, leak.URL)
		}
	}
	secure, _ := observe.Seen(rec, observe.SecurePages)
	plain, _ := observe.Seen(rec, observe.PlainPages)
	pages := append(append([]observe.Page{}, secure.Pages...), plain.Pages...)
	for _, page := range pages {
		location := page.Values("Location")
		if page.Status/100 == 3 && len(location) > 0 && strings.Contains(location[0], "//") {
			found = append(found, page.URL)
		}
	}
	for _, page := range pages {
		if len(found) == 0 && page.Purpose == "target" {
			found = append(found, page.URL)
		}
	}
	return unique(found, 3)
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
