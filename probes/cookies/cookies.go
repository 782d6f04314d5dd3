// Package cookies reads every Set-Cookie of every page that was asked, and what
// the recognised framework sessions give away without their key.
package cookies

import (
	"context"
	"time"

	"middlebrick/cookieshape"
	"middlebrick/httphead"
	"middlebrick/observe"
	"middlebrick/probe"
	"middlebrick/wire"
)

// Probe asks nothing new. Values are looked at here and never kept: what a rule
// must know of them is kept as a property.
var Probe = probe.Probe{
	Name:  "cookies",
	After: []string{observe.SecurePages.Name(), observe.PlainPages.Name()},
	Fills: []string{observe.SetCookies.Name(), observe.FlaskKeys.Name()},
	Run:   run,
}

func run(ctx context.Context, w *wire.Wire, rec *observe.Recorder) {
	secure, missed := observe.Seen(rec, observe.SecurePages)
	plain, gap := observe.Seen(rec, observe.PlainPages)
	if gap != nil && missed != nil {
		observe.Miss(rec, observe.SetCookies, *gap)
		observe.Miss(rec, observe.FlaskKeys, *gap)
		return
	}
	r := reader{w: w, rec: rec, known: map[string]bool{}}
	r.cookies = observe.Cookies{
		Seen: []observe.Cookie{}, HTTPSAsked: len(secure.Pages), HTTPAsked: len(plain.Pages), HTTPSAbsent: secure.Absent,
	}
	r.sessions = observe.Sessions{Seen: []observe.Session{}}
	for _, page := range secure.Pages {
		r.page(ctx, page, true)
	}
	for _, page := range plain.Pages {
		r.page(ctx, page, false)
	}
	observe.Put(rec, observe.SetCookies, r.cookies, r.refs...)
	observe.Put(rec, observe.FlaskKeys, r.sessions, r.refs...)
}

type reader struct {
	w        *wire.Wire
	rec      *observe.Recorder
	known    map[string]bool
	cookies  observe.Cookies
	sessions observe.Sessions
	refs     []observe.Ref
}

func (r *reader) page(ctx context.Context, page observe.Page, secure bool) {
	r.refs = append(r.refs, page.Ref)
	resp, gap := r.w.Get(ctx, wire.Request{URL: page.URL})
	if gap != nil {
		return
	}
	now := r.rec.Now()
	for _, line := range resp.Head.Values("Set-Cookie") {
		cookie := httphead.ParseSetCookie(line)
		shape := cookieshape.Classify(cookie.Name, cookie.Value, now)
		r.session(cookie, shape, page)
		r.keep(cookie, shape, page, secure, resp.Head, now)
	}
}

func (r *reader) keep(c httphead.Cookie, shape cookieshape.Shape, page observe.Page, secure bool, head httphead.Head, now time.Time) {
	lifetime, session := c.Lifetime(now)
	refused := c.Refused()
	c.Value = r.rec.Mark(c.Value)
	r.cookies.Seen = append(r.cookies.Seen, observe.Cookie{
		Cookie: c, Shape: shape, URL: page.URL, Secured: secure, Status: page.Status, Ref: page.Ref,
		LifetimeSeconds: int64(lifetime / time.Second), Persistent: !session, Refused: refused,
		Vary: list(head.Values("Vary")), CacheControl: list(head.Values("Cache-Control")),
	})
}

func list(values []string) []string { return append([]string{}, values...) }

// session reads a signed session without its key, once per cookie name.
func (r *reader) session(c httphead.Cookie, shape cookieshape.Shape, page observe.Page) {
	if shape.Kind != "flask-session" || r.known[c.Name] {
		return
	}
	decoded, err := cookieshape.DecodeFlask(c.Value)
	if err != nil {
		return
	}
	r.known[c.Name] = true
	key, tried := cookieshape.KnownKey(c.Value)
	r.sessions.Seen = append(r.sessions.Seen, observe.Session{
		Cookie: c.Name, Framework: shape.Framework, Kind: shape.Kind, Names: decoded.Keys, KnownKey: key, Tried: tried, URL: page.URL, Ref: page.Ref,
	})
}
