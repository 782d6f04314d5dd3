// Package exchange asks both forms of the target for a handful of pages: the
// target itself, the root, one that is not there, the login, one static file.
package exchange

import (
	"context"
	"net/url"
	"strings"

	"middlebrick/httphead"
	"middlebrick/observe"
	"middlebrick/probe"
	"middlebrick/webpage"
	"middlebrick/wire"
)

// Probe fetches the pages that most other questions about HTTP rest on.
var Probe = probe.Probe{
	Name:  "exchange",
	Needs: []string{observe.Ports.Name()},
	Fills: []string{observe.SecurePages.Name(), observe.PlainPages.Name()},
	Most:  probe.Budget{Connections: 20, Requests: 20, Bytes: 20 << 20},
	Run:   run,
}

// Missing is a path that no application has: what is said there is what is said
// everywhere.
const Missing = "/middlebrick-no-such-page"

// mostHops bounds how far a redirect within the same form is followed.
const mostHops = 3

func run(ctx context.Context, w *wire.Wire, rec *observe.Recorder) {
	services, _ := observe.Seen(rec, observe.Ports)
	t := w.Target()
	if services.HTTP.Speaks == "http" {
		w.Widen() // it has answered, and told whether it is a development server
	}
	probe.Beside(
		func() { visit(ctx, w, rec, observe.SecurePages, services.HTTPS, "tls", t.HTTPS()) },
		func() { visit(ctx, w, rec, observe.PlainPages, services.HTTP, "http", t.HTTP()) },
	)
	w.Widen()
}

func visit(ctx context.Context, w *wire.Wire, rec *observe.Recorder, key observe.Key[observe.Pages], s observe.Service, needs, start string) {
	switch gap := s.Gap(); {
	case gap != nil:
		observe.Miss(rec, key, *gap, given(s.Ref)...)
		return
	case s.Speaks == "closed":
		observe.Put(rec, key, observe.Pages{Absent: "the port is closed", Pages: []observe.Page{}})
		return
	case s.Speaks != needs:
		observe.Put(rec, key, observe.Pages{Absent: "the port speaks " + s.Speaks, Pages: []observe.Page{}}, given(s.Ref)...)
		return
	}
	v := visitor{w: w, rec: rec, start: start, seen: map[string]bool{}}
	if needs == "tls" && w.Wide() {
		probe.Ahead(ctx, w, wire.Request{URL: start}, wire.Request{URL: v.at(Missing)}) // the second connection's handshake beside the first's
	}
	if gap := v.ask(ctx, "target", start); gap != nil {
		observe.Miss(rec, key, *gap)
		return
	}
	w.Widen() // it has answered, and told whether it is a development server
	v.round(ctx, needs == "tls")
	observe.Put(rec, key, observe.Pages{Pages: v.pages}, v.refs...)
}

func given(ref observe.Ref) []observe.Ref {
	if ref == "" {
		return nil
	}
	return []observe.Ref{ref}
}

type visitor struct {
	w     *wire.Wire
	rec   *observe.Recorder
	start string
	seen  map[string]bool
	pages []observe.Page
	refs  []observe.Ref
	read  []webpage.Page
}

// round asks for the other pages. What gives no answer is left out: the target's
// own page was there, and a rule counts what was looked at.
func (v *visitor) round(ctx context.Context, secure bool) {
	probe.Ahead(ctx, v.w, v.wanted(secure)...)
	v.ask(ctx, "root", v.at("/"))
	v.ask(ctx, "login", v.login())
	if !secure {
		return
	}
	v.ask(ctx, "missing", v.at(Missing))
	for _, page := range v.read {
		for _, link := range page.Resources {
			if v.own(link) && len(v.pages) < 10 {
				v.ask(ctx, "static", link)
				return
			}
		}
	}
}

func (v *visitor) wanted(secure bool) []wire.Request {
	wanted := []wire.Request{{URL: v.at("/")}, {URL: v.login()}}
	if secure {
		wanted = append(wanted, wire.Request{URL: v.at(Missing)})
	}
	return wanted
}

func (v *visitor) at(path string) string {
	u, err := url.Parse(v.start)
	if err != nil {
		return v.start
	}
	return u.Scheme + "://" + u.Host + path
}

// login is the first link that reads like one, or /login.
func (v *visitor) login() string {
	for _, page := range v.read {
		for _, link := range page.Links {
			u, err := url.Parse(link)
			if err != nil || !v.own(link) {
				continue
			}
			path := strings.ToLower(u.Path)
			if strings.Contains(path, "login") || strings.Contains(path, "signin") || strings.Contains(path, "sign-in") {
				return link
			}
		}
	}
	return v.at("/login")
}

// own is true for addresses of this form of this target.
func (v *visitor) own(link string) bool {
	u, err := url.Parse(link)
	start, err2 := url.Parse(v.start)
	return err == nil && err2 == nil && u.Scheme == start.Scheme && strings.EqualFold(u.Host, start.Host)
}

// ask fetches a page and, where it leads on within the same form, what follows.
func (v *visitor) ask(ctx context.Context, purpose, address string) *observe.Gap {
	for hop := 0; hop <= mostHops && !v.seen[address]; hop++ {
		v.seen[address] = true
		resp, gap := v.w.Get(ctx, wire.Request{URL: address})
		if gap != nil {
			return gap
		}
		v.keep(purpose, resp)
		next, err := httphead.Resolve(address, resp.Head.Get("Location"))
		if err != nil || resp.Head.Status/100 != 3 || !v.own(next) {
			return nil
		}
		address = next
	}
	return nil
}

func (v *visitor) keep(purpose string, resp *wire.Response) {
	media := Media(resp.Head.Get("Content-Type"))
	page := observe.Page{
		URL: resp.URL, Status: resp.Head.Status, Reason: resp.Head.Reason, Fields: v.rec.Redact(resp.Head.Fields),
		Media: media, Bytes: len(resp.Body.Bytes), Truncated: resp.Body.Truncated || resp.Body.Short, Purpose: purpose, Ref: resp.Ref,
	}
	if media == "text/html" || media == "application/xhtml+xml" {
		read := webpage.Read(webpage.Input{URL: resp.URL, ContentType: resp.Head.Get("Content-Type"), Body: resp.Body.Bytes})
		page.Password = read.PasswordField
		v.read = append(v.read, read)
	}
	v.pages = append(v.pages, page)
	v.refs = append(v.refs, resp.Ref)
}

// Media is a Content-Type without its parameters, lower case.
func Media(contentType string) string {
	media, _, _ := strings.Cut(contentType, ";")
	return strings.ToLower(strings.TrimSpace(media))
}
