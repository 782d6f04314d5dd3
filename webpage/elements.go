// What each element loads.

package webpage

import (
	"slices"
	"strings"

	"middlebrick/weburl"
)

// handlers says what to do at which element; SVG's have a name of their own.
func handlers() map[string]func(*walk, *tag) {
	return map[string]func(*walk, *tag){
		"a": (*walk).anchor, "area": (*walk).anchor,
		"base": (*walk).baseElement, "meta": (*walk).meta, "link": (*walk).link,
		"script": (*walk).script,
		"img":    (*walk).img, "input": (*walk).input, "button": (*walk).button,
		"picture": (*walk).openPicture, "video": (*walk).openMedia, "audio": (*walk).openMedia,
		"source": (*walk).source, "track": (*walk).track,
		"iframe": (*walk).iframe, "frame": (*walk).frame, "embed": (*walk).embed, "object": (*walk).object,
		"form": (*walk).form,

		"svg script": (*walk).svgScript,
		"svg image":  (*walk).svgImage, "svg feimage": (*walk).svgImage, "svg use": (*walk).svgImage,
	}
}

// element makes a found of an attribute's value.
func element(t *tag, attribute, ref, class string, to destination) found {
	return found{place: t.place, ref: ref, element: t.name, attribute: attribute, class: class, to: to, certain: true}
}

// attributes reads what any element may carry: style, event handlers, the old
// background, and SVG's presentation attributes.
func (w *walk) attributes(t *tag) {
	for _, a := range t.attrs {
		switch {
		case a.Key == "style":
			w.styleAttribute(t, a.Val)
		case a.Key == "background" && t.space == inHTML && hasBackground(t.name):
			f := element(t, a.Key, a.Val, Upgradable, toImage)
			if strings.TrimSpace(a.Val) != "" {
				w.r.load(f)
			}
		case strings.HasPrefix(a.Key, "on") && len(a.Key) > 4:
			w.handler(t, a.Key, a.Val)
		case t.space == inSVG && isPresentation(a.Key) && strings.Contains(a.Val, "("):
			w.r.readDeclarations(a.Key+":"+a.Val, w.sheetOf(t, a.Key))
		}
	}
}

func hasBackground(name string) bool {
	switch name {
	case "body", "table", "thead", "tbody", "tfoot", "tr", "td", "th", "col", "colgroup":
		return true
	}
	return false
}

func isPresentation(name string) bool {
	switch name {
	case "fill", "stroke", "filter", "clip-path", "mask", "marker-start", "marker-mid", "marker-end", "cursor":
		return true
	}
	return false
}

func (w *walk) anchor(t *tag) {
	if href, ok := t.get("href"); ok {
		w.r.link(href)
		for ref := range strings.FieldsSeq(t.value("ping")) {
			f := element(t, "ping", ref, Blockable, toConnect)
			f.certain = false
			w.r.load(f)
		}
	}
}

// baseElement: the first base with an href counts, even where its address may
// not be used (WHATWG HTML section 4.2.3).
func (w *walk) baseElement(t *tag) {
	href, ok := t.get("href")
	if !ok || w.r.based {
		return
	}
	w.r.based = true
	if len(href) > maxBase {
		w.r.page.Truncated = true
		return
	}
	a, ok := resolve(w.r.doc, href)
	if !ok || a.Scheme == "data" || a.Scheme == "javascript" || !allowedBy(w.r.policies, "base-uri", a, w.r.doc) {
		return
	}
	w.r.base = a
}

func (w *walk) meta(t *tag) {
	content, ok := t.get("content")
	switch {
	case !ok:
	case t.is("http-equiv", "refresh"):
		if ref, ok := refreshTarget(content); ok {
			f := element(t, "content", ref, Navigation, toAnything)
			f.element = "meta refresh"
			w.r.navigate(f)
		}
	case t.is("http-equiv", "content-security-policy") && !w.body:
		w.r.obeyMeta(content)
	}
}

// obeyMeta takes a policy from the page itself, where three directives have
// no effect (CSP3 section 3.3).
func (r *reader) obeyMeta(content string) {
	before := len(r.policies)
	r.obey(content)
	for _, p := range r.policies[before:] {
		delete(p, "sandbox")
	}
}

// refreshTarget reads "5; url=…" (WHATWG HTML section 4.2.5.3).
func refreshTarget(s string) (string, bool) {
	const blank = " \t\n\f\r"
	s = strings.TrimLeft(s, blank)
	rest := strings.TrimLeft(s, "0123456789.")
	if rest == s {
		return "", false
	}
	after := strings.TrimLeft(rest, blank)
	if after == "" || after == rest && after[0] != ';' && after[0] != ',' {
		return "", false
	}
	if after[0] == ';' || after[0] == ',' {
		after = strings.TrimLeft(after[1:], blank)
	}
	if len(after) >= 3 && strings.EqualFold(after[:3], "url") {
		value := strings.TrimLeft(after[3:], blank)
		if tail, ok := strings.CutPrefix(value, "="); ok {
			after = strings.TrimLeft(tail, blank)
		}
	}
	if after != "" && (after[0] == '"' || after[0] == '\'') {
		after, _, _ = strings.Cut(after[1:], after[:1])
	}
	return after, after != ""
}

func (w *walk) input(t *tag) {
	switch {
	case t.is("type", "image"):
		if src := t.value("src"); src != "" {
			w.r.load(element(t, "src", src, Upgradable, toImage))
		}
		w.forms.submitter(w.r, t)
	case t.is("type", "submit"):
		w.forms.submitter(w.r, t)
	case t.is("type", "password"):
		w.r.page.PasswordField = true
		w.forms.password(t)
	}
}

func (w *walk) button(t *tag) {
	if !t.is("type", "button") && !t.is("type", "reset") {
		w.forms.submitter(w.r, t)
	}
}

func (w *walk) form(t *tag) { w.forms.open(w.r, t) }

func (w *walk) iframe(t *tag) {
	if doc, ok := t.get("srcdoc"); ok {
		w.r.frameOf(t, []byte(doc), w.r.doc, w.r.base)
		return
	}
	w.frameLike(t, "src", toFrame, t.is("loading", "lazy"))
}

func (w *walk) frame(t *tag)  { w.frameLike(t, "src", toFrame, false) }
func (w *walk) embed(t *tag)  { w.frameLike(t, "src", toObject, false) }
func (w *walk) object(t *tag) { w.frameLike(t, "data", toObject, false) }

func (w *walk) frameLike(t *tag, attribute string, to destination, lazy bool) {
	ref := t.value(attribute)
	if strings.TrimSpace(ref) == "" {
		return
	}
	if body, media, ok := dataURL(ref); ok {
		if mediaKind(media) == kindHTML {
			w.r.frameOf(t, body, weburl.URL{Scheme: "data"}, weburl.URL{Scheme: "data"})
		}
		return
	}
	f := element(t, attribute, ref, Blockable, to)
	f.certain = !lazy
	w.r.load(f)
}

// frameOf reads a document that stands in an attribute. It is as secure as
// the page around it and keeps that page's policies.
func (r *reader) frameOf(t *tag, body []byte, doc, base weburl.URL) {
	child := r.inner(t.place)
	if child == nil {
		return
	}
	if sandbox, ok := t.get("sandbox"); ok && !slices.Contains(strings.Fields(strings.ToLower(sandbox)), "allow-scripts") {
		child.scripts = false
	}
	child.base = base
	if doc.Scheme == "data" {
		child.based = false
	}
	child.readMarkup(body, false)
}

func (w *walk) svgImage(t *tag) {
	attribute := "href"
	ref, ok := t.get(attribute)
	if !ok {
		attribute = "xlink:href"
		ref, ok = t.get(attribute)
	}
	if ok && ref != "" && !strings.HasPrefix(ref, "#") {
		f := element(t, attribute, ref, Upgradable, toImage)
		f.own = t.name == "use" // SVG 2 section 5.6.3
		w.r.load(f)
	}
}
