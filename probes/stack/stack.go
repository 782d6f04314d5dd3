// Package stack recognises the software that answers, each with the exchange
// that says so: servers by their headers and error pages, frameworks by their
// cookies, routers and error pages (FLASK.md section 2, all measured rows).
package stack

import (
	"context"
	"sort"

	"middlebrick/observe"
	"middlebrick/probe"
	"middlebrick/wire"
)

// Probe asks nothing new: it reads the pages, cookies and certificates that
// others fetched.
var Probe = probe.Probe{
	Name:  "stack",
	After: []string{observe.SecurePages.Name(), observe.PlainPages.Name(), observe.SetCookies.Name(), observe.OwnScheme.Name()},
	Fills: []string{observe.Recognised.Name()},
	Run:   run,
}

func run(ctx context.Context, w *wire.Wire, rec *observe.Recorder) {
	secure, plain, gap := probe.Forms(w.Target(), rec)
	if gap != nil {
		observe.Miss(rec, observe.Recognised, *gap)
		return
	}
	f := finder{parts: map[string]observe.Part{}}
	for _, page := range append(append([]observe.Page{}, secure.Pages...), plain.Pages...) {
		resp, gap := w.Get(ctx, wire.Request{URL: page.URL})
		if gap != nil {
			continue
		}
		f.page(answer{Page: page, head: resp.Head, body: resp.Body.Bytes})
	}
	schemes, _ := observe.Seen(rec, observe.OwnScheme)
	f.redirects(ctx, w, schemes)
	cookies, _ := observe.Seen(rec, observe.SetCookies)
	for _, cookie := range cookies.Seen {
		f.cookie(cookie)
	}
	f.imply()
	observe.Put(rec, observe.Recognised, f.stack(), f.refs...)
}

type finder struct {
	parts map[string]observe.Part
	refs  []observe.Ref
	stk   observe.Stack
}

var confidence = map[string]int{"certain": 3, "high": 2, "low": 1}

// add keeps the surest sign of each part, and a version where any sign has one.
func (f *finder) add(p observe.Part) {
	old, known := f.parts[p.Name]
	if known && confidence[old.Confidence] >= confidence[p.Confidence] && (old.Version != "" || p.Version == "") {
		return
	}
	if known && p.Version == "" {
		p.Version = old.Version
	}
	f.parts[p.Name] = p
	f.refs = append(f.refs, p.Ref)
}

func (f *finder) page(a answer) {
	for _, sign := range signs {
		if part, ok := sign(a); ok {
			part.Ref = a.Ref
			f.add(part)
		}
	}
	if name := development(a); name != "" && f.stk.Development == "" {
		f.stk.Development, f.stk.Ref = name, a.Ref
	}
}

// redirects looks at the router's own redirects, which Werkzeug writes in one
// particular way.
func (f *finder) redirects(ctx context.Context, w *wire.Wire, schemes observe.Schemes) {
	addresses := []string{}
	for _, leak := range schemes.Leaks {
		addresses = append(addresses, leak.URL)
	}
	for _, proof := range schemes.Right {
		addresses = append(addresses, proof.URL)
	}
	for _, address := range addresses {
		resp, gap := w.Get(ctx, wire.Request{URL: address})
		if gap != nil {
			continue
		}
		f.page(answer{Page: observe.Page{URL: address, Status: resp.Head.Status, Reason: resp.Head.Reason, Ref: resp.Ref}, head: resp.Head, body: resp.Body.Bytes})
	}
}

var cookieRoles = map[string]string{"Flask-Login": "extension", "Flask-WTF": "extension", "Flask-Session": "extension"}

func (f *finder) cookie(c observe.Cookie) {
	if c.Shape.Framework == "" {
		return
	}
	role := cookieRoles[c.Shape.Framework]
	if role == "" {
		role = "framework"
	}
	f.add(observe.Part{Name: c.Shape.Framework, Role: role, Confidence: sure(c.Shape.Confidence), Because: "cookie " + c.Name + ": " + c.Shape.Because, Ref: c.Ref})
}

func sure(shape string) string {
	words := map[string]string{"high": "high", "medium": "low", "low": "low"}
	return words[shape]
}

// imply adds what follows from an extension: its framework.
func (f *finder) imply() {
	for _, name := range []string{"Flask-Login", "Flask-WTF", "Flask-Session"} {
		if part, ok := f.parts[name]; ok {
			f.add(observe.Part{Name: "Flask", Role: "framework", Confidence: "high", Because: "it carries " + name, Ref: part.Ref})
		}
	}
	if part, ok := f.parts["Flask/Quart"]; ok {
		delete(f.parts, "Flask/Quart")
		part.Name = "Flask"
		f.add(part)
	}
}

func (f *finder) stack() observe.Stack {
	f.stk.Parts = []observe.Part{}
	for _, part := range f.parts {
		f.stk.Parts = append(f.stk.Parts, part)
	}
	sort.Slice(f.stk.Parts, func(i, j int) bool { return f.stk.Parts[i].Name < f.stk.Parts[j].Name })
	return f.stk
}
