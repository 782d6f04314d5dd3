// The link element, and style sheets and scripts as elements.

package webpage

import (
	"encoding/json"
	"slices"
	"strings"

	"middlebrick/weburl"
)

// link reads a link element by its relations; one element can have several.
func (w *walk) link(t *tag) {
	href := t.value("href")
	rels := strings.Fields(strings.ToLower(t.value("rel")))
	slices.Sort(rels)
	rels = slices.Compact(rels)
	loads := false
	for _, rel := range rels {
		loads = w.relation(t, rel, href) || loads
	}
	if !loads && len(rels) > 0 && strings.TrimSpace(href) != "" {
		w.r.link(href)
	}
}

// relation says whether rel makes a browser load anything, and judges it.
// Relations not named here (canonical, alternate, next, …) only inform;
// dns-prefetch and preconnect send no request.
func (w *walk) relation(t *tag, rel, href string) bool {
	f := element(t, "href", href, Blockable, toAnything)
	f.element = "link " + rel
	switch rel {
	case "stylesheet":
		w.stylesheetLink(t, f)
		return true
	case "preload":
		return w.preload(t, f)
	case "modulepreload":
		f.to = toScript
		w.r.resource(href)
	case "manifest":
		f.to = toManifest
	case "icon":
		// Of several icons a browser takes one.
		f.to, f.certain = toImage, false
	case "prefetch":
	case "compression-dictionary":
		// A browser fetches it when it is idle.
		f.to, f.certain = toConnect, false
	case "dns-prefetch", "preconnect":
		return true
	default:
		return false
	}
	if href != "" {
		w.r.load(f)
	}
	return true
}

func (w *walk) stylesheetLink(t *tag, f found) {
	media, _, _ := strings.Cut(t.value("type"), ";")
	if t.has("disabled") || f.ref == "" || media != "" && !strings.EqualFold(strings.TrimSpace(media), "text/css") {
		return
	}
	if body, media, ok := dataURL(f.ref); ok {
		if mediaKind(media) == kindCSS {
			s := w.sheetOf(t, "href")
			s.base = weburl.URL{Scheme: "data"}
			w.r.readSheet(string(body), s)
		}
		return
	}
	f.to = toStyle
	w.r.load(f)
	w.r.resource(f.ref)
}

// preload reads what the as attribute says (Preload section 2.2).
func (w *walk) preload(t *tag, f found) bool {
	switch strings.ToLower(t.value("as")) {
	case "image":
		f.class, f.to = Upgradable, toImage
	case "script":
		f.to = toScript
	case "style":
		f.to = toStyle
	case "font":
		f.to = toFont
	case "fetch":
		f.to = toConnect
	case "track":
		f.to = toMedia
	default:
		return true
	}
	media := strings.ToLower(strings.TrimSpace(t.value("media")))
	f.certain = media == "" || media == "all" || media == "screen"
	if set, ok := t.get("imagesrcset"); ok && f.to == toImage {
		f.attribute = "imagesrcset"
		w.candidates(f, set, "")
		return true
	}
	if f.ref != "" {
		w.r.load(f)
	}
	return true
}

// stylesheetInstruction reads <?xml-stylesheet href="…"?> of an XML document
// (Associating Style Sheets with XML documents section 3).
func (w *walk) stylesheetInstruction(raw string, line int) {
	_, after, ok := strings.Cut(raw, "href=")
	if !ok || w.body || len(after) < 2 || after[0] != '"' && after[0] != '\'' {
		return
	}
	ref, _, ok := strings.Cut(after[1:], after[:1])
	if !ok || strings.HasPrefix(ref, "#") {
		return
	}
	w.r.load(found{
		place: place{line, snippet([]byte(raw), maxSnippet)}, ref: ref, element: "xml-stylesheet", attribute: "href",
		class: Blockable, to: toStyle, certain: true,
	})
	w.r.resource(ref)
}

func (w *walk) inlineStyle(t *tag, text string) {
	media, _, _ := strings.Cut(t.value("type"), ";")
	if media != "" && !strings.EqualFold(strings.TrimSpace(media), "text/css") {
		return
	}
	if allowedInline(w.r.policies, toStyle, t.value("nonce"), text) {
		w.r.readSheet(text, w.sheetOf(t, ""))
	}
}

func (w *walk) styleAttribute(t *tag, text string) {
	if strings.Contains(text, "(") && allowedInline(w.r.policies, toStyleAttribute, "", text) {
		w.r.readDeclarations(text, w.sheetOf(t, "style"))
	}
}

func (w *walk) sheetOf(t *tag, attribute string) sheet {
	return sheet{base: w.r.base, place: t.place, attribute: attribute}
}

// script notes a script with an address; one without is captured as text.
func (w *walk) script(t *tag) {
	src, ok := t.get("src")
	if !ok || src == "" || !w.r.scripts || !runs(t) || t.has("nomodule") && !t.is("type", "module") {
		return
	}
	w.r.load(element(t, "src", src, Blockable, toScript))
	w.r.resource(src)
}

func (w *walk) svgScript(t *tag) {
	attribute, src := scriptHref(t)
	if attribute == "" || src == "" || !w.r.scripts || !runs(t) {
		return
	}
	w.r.load(element(t, attribute, src, Blockable, toScript))
	w.r.resource(src)
}

func scriptHref(t *tag) (attribute, ref string) {
	for _, attribute := range []string{"href", "xlink:href"} {
		if ref, ok := t.get(attribute); ok {
			return attribute, ref
		}
	}
	return "", ""
}

// runs says whether a script element's type is one that browsers execute
// (WHATWG HTML section 4.12.1.1).
func runs(t *tag) bool {
	kind, typed := t.get("type")
	language, spoken := t.get("language")
	switch {
	case typed && kind == "":
		return true
	case !typed && spoken && language != "":
		kind = "text/" + language
	case !typed:
		return true
	}
	kind = strings.ToLower(strings.Trim(kind, " \t\n\f\r"))
	return kind == "module" || isScriptType(kind)
}

// isScriptType lists the JavaScript media types (WHATWG MIME Sniffing section
// 4.6).
func isScriptType(media string) bool {
	switch media {
	case "application/ecmascript", "application/javascript", "application/x-ecmascript", "application/x-javascript",
		"text/ecmascript", "text/javascript", "text/javascript1.0", "text/javascript1.1", "text/javascript1.2",
		"text/javascript1.3", "text/javascript1.4", "text/javascript1.5", "text/jscript", "text/livescript",
		"text/x-ecmascript", "text/x-javascript":
		return true
	}
	return false
}

func (w *walk) inlineScript(t *tag, text string) {
	external := t.has("src")
	if t.space == inSVG {
		attribute, _ := scriptHref(t)
		external = attribute != ""
	}
	if external || !w.r.scripts {
		return
	}
	if t.is("type", "importmap") {
		w.importMap(t, text)
		return
	}
	module := t.is("type", "module")
	if !runs(t) || t.has("nomodule") && !module || t.has("for") && t.has("event") && !classicEvent(t) {
		return
	}
	if allowedInline(w.r.policies, toScript, t.value("nonce"), text) {
		w.r.readScript(text, script{place: t.place, live: true, module: module})
	}
}

// classicEvent: a script for another event than the window's load never runs.
func classicEvent(t *tag) bool {
	event := strings.TrimSuffix(strings.ToLower(strings.TrimSpace(t.value("event"))), "()")
	return t.is("for", "window") && event == "onload"
}

// handler reads an event handler attribute, which runs when its event comes.
func (w *walk) handler(t *tag, attribute, text string) {
	if w.r.scripts && strings.ContainsRune(text, ':') && allowedInline(w.r.policies, toHandler, "", text) {
		w.r.readScript(text, script{place: t.place, attribute: attribute})
	}
}

// importMap reads the addresses of an import map. None is loaded before a
// module asks for it.
func (w *walk) importMap(t *tag, text string) {
	var m struct {
		Imports map[string]any            `json:"imports"`
		Scopes  map[string]map[string]any `json:"scopes"`
	}
	if json.Unmarshal([]byte(text), &m) != nil {
		return
	}
	maps := []map[string]any{m.Imports}
	for _, scope := range sortedKeys(m.Scopes) {
		maps = append(maps, m.Scopes[scope])
	}
	for _, imports := range maps {
		for _, name := range sortedKeys(imports) {
			f := element(t, name, "", Blockable, toScript)
			f.element, f.certain = "import map", false
			f.attribute = snippet([]byte(name), maxSnippet)
			f.ref, _ = imports[name].(string)
			w.r.load(f)
		}
	}
}
