// Package links looks for http:// addresses of the target's own site in what it
// answers over https.
package links

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/publicsuffix"

	"middlebrick/observe"
	"middlebrick/probe"
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
}

// Bounds on hostile JSON.
const (
	mostLinks = 20
	mostDepth = 64
)

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
	asked = append(asked, strings.TrimSuffix(t.HTTPS(), t.Path)+"/openapi.json")
	for _, address := range asked {
		resp, gap := w.Get(ctx, wire.Request{URL: address})
		if gap != nil {
			continue
		}
		found.Asked++
		refs = append(refs, resp.Ref)
		found.Found = append(found.Found, read(t.Host, resp)...)
	}
	found.Found = found.Found[:min(len(found.Found), mostLinks)]
	observe.Put(rec, observe.APILinks, found, refs...)
}

var linkTarget = regexp.MustCompile(`<\s*(http://[^>\s]+)\s*>`)

func read(host string, resp *wire.Response) (found []observe.APILink) {
	add := func(where, link string) {
		if sameSite(host, link) {
			found = append(found, observe.APILink{URL: resp.URL, Where: where, Link: link, Ref: resp.Ref})
		}
	}
	for _, value := range resp.Head.Values("Link") {
		for _, match := range linkTarget.FindAllStringSubmatch(value, mostLinks) {
			add("Link header", match[1])
		}
	}
	if !strings.Contains(resp.Head.Get("Content-Type"), "json") {
		return found
	}
	walk(json.NewDecoder(bytes.NewReader(resp.Body.Bytes)), add)
	return found
}

// walk reads JSON token by token, so that neither depth nor a body that was cut
// short costs more than its bytes.
func walk(dec *json.Decoder, add func(where, link string)) {
	path := []frame{}
	for {
		token, err := dec.Token()
		if err == io.EOF || err != nil {
			return
		}
		if delim, ok := token.(json.Delim); ok {
			path = open(path, delim)
			if len(path) > mostDepth {
				return
			}
			continue
		}
		text, isText := token.(string)
		if isText && expectsKey(path) {
			path[len(path)-1].key, path[len(path)-1].named = text, true
			continue
		}
		if isText && strings.HasPrefix(strings.ToLower(text), "http://") {
			add(pointer(path), text)
		}
		path = next(path)
	}
}

// A frame is one open object or array on the way to a value.
type frame struct {
	object bool
	key    string
	named  bool
	index  int
}

func open(path []frame, delim json.Delim) []frame {
	if delim == '{' || delim == '[' {
		return append(path, frame{object: delim == '{'})
	}
	return next(path[:len(path)-1])
}

func expectsKey(path []frame) bool {
	return len(path) > 0 && path[len(path)-1].object && !path[len(path)-1].named
}

func next(path []frame) []frame {
	if len(path) > 0 {
		path[len(path)-1].named = false
		path[len(path)-1].index++
	}
	return path
}

// pointer is where the value stands (RFC 6901).
func pointer(path []frame) string {
	var out strings.Builder
	for _, f := range path {
		name := fmt.Sprint(f.index)
		if f.object {
			name = strings.NewReplacer("~", "~0", "/", "~1").Replace(f.key)
		}
		out.WriteString("/" + name)
	}
	if out.Len() == 0 {
		return "/"
	}
	return out.String()
}

// sameSite is true for http:// addresses below the target's registrable domain.
func sameSite(host, link string) bool {
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "http" || u.Hostname() == "" {
		return false
	}
	other := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if other == host {
		return true
	}
	site, err := publicsuffix.EffectiveTLDPlusOne(host)
	return err == nil && (other == site || strings.HasSuffix(other, "."+site))
}
