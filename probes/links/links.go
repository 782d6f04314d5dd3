// Package links looks for http:// addresses of the target's own site in what it
// answers over https.
package links

import (
	"bytes"
	"context"
	"encoding/json"
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/publicsuffix"

	"middlebrick/observe"
	"middlebrick/probe"
	"middlebrick/target"
	"middlebrick/wire"
)

// Probe reads the pages that were fetched, and an OpenAPI description where the
// target serves one at the usual place.
var Probe = probe.Probe{
	Name:  "links",
	Needs: []string{observe.SecurePages.Name()},
	Fills: []string{observe.APILinks.Name()},
	Most:  probe.Budget{Connections: 1, Requests: 1, Bytes: 1 << 20},
	Run:   run,
	Early: func(ctx context.Context, w *wire.Wire, rec *observe.Recorder) {
		probe.Front(ctx, w, rec, func(resp *wire.Response) {
			if resp.URL == w.Target().HTTPS() {
				_, _ = w.Get(ctx, wire.Request{URL: description(w.Target())})
			}
		})
	},
}

// description is the usual place of an OpenAPI description.
func description(t target.Target) string {
	return strings.TrimSuffix(t.HTTPS(), t.Path) + "/openapi.json"
}

// mostLinks bounds how many addresses one answer, and the whole, may name.
const mostLinks = 20

func run(ctx context.Context, w *wire.Wire, rec *observe.Recorder) {
	pages, _ := observe.Seen(rec, observe.SecurePages)
	found := observe.Links{Absent: pages.Absent, Found: []observe.APILink{}}
	var refs []observe.Ref
	if pages.Absent != "" {
		observe.Put(rec, observe.APILinks, found)
		return
	}
	t := w.Target()
	asked := []string{}
	for _, page := range pages.Pages {
		asked = append(asked, page.URL)
	}
	asked = append(asked, description(t))
	for _, address := range asked {
		resp, gap := w.Get(ctx, wire.Request{URL: address})
		if gap != nil {
			continue
		}
		found.Asked++
		refs = append(refs, resp.Ref)
		links, whole := read(t, resp)
		found.Found = append(found.Found, links...)
		if !whole {
			found.Unread = append(found.Unread, address)
		}
	}
	found.Found = found.Found[:min(len(found.Found), mostLinks)]
	observe.Put(rec, observe.APILinks, found, refs...)
}

var linkTarget = regexp.MustCompile(`(?i)<\s*(http://[^>\s]+)\s*>`)

// read is every address of the target's own site in one answer; whole is false
// for JSON of which the end was not read.
func read(t target.Target, resp *wire.Response) (found []observe.APILink, whole bool) {
	add := func(where, link string) bool {
		if sameSite(t, link) {
			found = append(found, observe.APILink{URL: resp.URL, Where: where, Link: clip(link, mostLink), Ref: resp.Ref})
		}
		return len(found) < mostLinks
	}
	for _, value := range resp.Head.Values("Link") {
		for _, match := range linkTarget.FindAllStringSubmatch(value, mostLinks) {
			add("Link header", match[1])
		}
	}
	if !strings.Contains(strings.ToLower(resp.Head.Get("Content-Type")), "json") {
		return found, true
	}
	whole = walk(json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(resp.Body.Bytes, []byte("\xef\xbb\xbf")))), add)
	return found, whole && !resp.Body.Truncated && !resp.Body.Short
}

// sameSite is true for http:// addresses of the target's host, or below its
// registrable domain. An address has none (EffectiveTLDPlusOne says so).
func sameSite(t target.Target, link string) bool {
	u, err := url.Parse(link)
	if err != nil || !strings.EqualFold(u.Scheme, "http") || u.Hostname() == "" {
		return false
	}
	other := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if other == t.Host || t.Unicode != "" && other == t.Unicode {
		return true
	}
	site, err := publicsuffix.EffectiveTLDPlusOne(t.Host)
	return err == nil && (other == site || strings.HasSuffix(other, "."+site))
}
