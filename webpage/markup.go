// The walk over a markup document's tokens. No tree is built; what of the
// tree decides whether something loads (templates, foreign content, head or
// body, the picture or video around a source) is kept as small bounded state.

package webpage

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
)

// tag is a start tag.
type tag struct {
	place
	name   string // lower case, in XML without prefix
	attrs  []html.Attribute
	closed bool // <br/>
	space  space
}

// maxAttributes of one tag are kept; the elements here need a dozen.
const maxAttributes = 512

func (t *tag) get(name string) (string, bool) {
	for _, a := range t.attrs {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func (t *tag) value(name string) string {
	v, _ := t.get(name)
	return v
}

func (t *tag) has(name string) bool {
	_, ok := t.get(name)
	return ok
}

// is compares an enumerated attribute.
func (t *tag) is(name, value string) bool {
	return strings.EqualFold(strings.TrimSpace(t.value(name)), value)
}

// capture collects the text of an element that is read as a whole.
type capture struct {
	tag   tag
	depth int // of open foreign or XML elements, this one counted
	text  strings.Builder
}

// walk is the state of one pass over a markup document.
type walk struct {
	r         *reader
	z         *html.Tokenizer
	line      int
	spaces    namespaces
	templates []bool // open template elements: whether each is inert
	inert     int    // how many of them are
	capture   *capture
	unparsed  bool // the next text is a noscript's, an iframe's or the like
	body      bool // the body has begun, meta policies no longer count
	frames    frameset
	media     []media
	forms     forms
	titled    bool
	handlers  map[string]func(*walk, *tag)
}

func (r *reader) readMarkup(b []byte, isXML bool) {
	w := &walk{r: r, z: html.NewTokenizer(bytes.NewReader(b)), line: 1, forms: newForms(), handlers: handlers()}
	w.spaces = namespaces{xml: isXML, prefixes: map[string]string{}}
	for w.step() {
	}
	if c := w.capture; c != nil && c.tag.name == "style" {
		w.closeCapture() // an open style element counts, an open script does not
	}
	w.forms.finish(r)
}

// step takes one token; it is false at the end.
func (w *walk) step() bool {
	w.z.AllowCDATA(w.spaces.xml || w.spaces.current() != inHTML)
	kind := w.z.Next()
	w.r.work++
	raw := w.z.Raw()
	line := w.line
	w.line += bytes.Count(raw, []byte{'\n'})
	switch kind {
	case html.ErrorToken:
		return false
	case html.TextToken:
		w.text(w.z.Text())
	case html.StartTagToken, html.SelfClosingTagToken:
		w.start(w.readTag(raw, line, kind == html.SelfClosingTagToken))
	case html.EndTagToken:
		name, _ := w.z.TagName()
		w.end(string(name))
	case html.CommentToken:
		if w.spaces.xml && bytes.HasPrefix(raw, []byte("<?xml-stylesheet")) {
			w.stylesheetInstruction(string(raw), line)
		}
	}
	return true
}

// readTag reads the tag that the tokenizer stands at.
func (w *walk) readTag(raw []byte, line int, closed bool) *tag {
	t := &tag{place: place{line, snippet(raw, maxSnippet)}, closed: closed}
	name := raw[1:]
	if end := bytes.IndexAny(name, " \t\n\r\f/>"); end >= 0 {
		name = name[:end]
	}
	proper := string(name) // before TagName folds its case in place
	lower, more := w.z.TagName()
	t.name = string(lower)
	if w.spaces.xml {
		t.name = properName(proper)
	}
	for more {
		var key, val []byte
		key, val, more = w.z.TagAttr()
		if len(t.attrs) == maxAttributes {
			w.r.page.Truncated = true
			break
		}
		t.attrs = append(t.attrs, html.Attribute{Key: string(key), Val: string(val)})
	}
	return t
}

func (w *walk) text(b []byte) {
	if w.capture != nil {
		w.capture.text.Write(b)
		return
	}
	if w.unparsed {
		w.unparsed = false
		return
	}
	if w.inert == 0 && len(bytes.TrimSpace(b)) > 0 {
		w.body = true
		w.frames.refuse()
	}
}

func (w *walk) start(t *tag) {
	if w.spaces.xml {
		w.spaces.enterXML(t)
	} else {
		w.spaces.enter(t)
	}
	w.unparsed = t.space == inHTML && !w.spaces.xml && isUnparsed(t.name, w.r.scripts)
	if t.space != inHTML || w.spaces.xml || t.name == "noscript" && !w.unparsed {
		w.z.NextIsNotRawText()
	}
	if w.capture != nil {
		if t.space != inHTML || w.spaces.xml {
			return // markup inside a foreign style or script is not its text
		}
		w.closeCapture() // HTML ended the foreign content
	}
	if t.space == inHTML && t.name == "template" {
		w.openTemplate(t)
		return
	}
	if t.space == inHTML && w.frames.swallows(t.name) {
		return
	}
	w.body = w.body || t.space != inHTML || !inHead(t.name)
	w.frames.see(t)
	if w.inert == 0 {
		w.live(t)
	}
	if captures(t) && !(t.closed && (t.space != inHTML || w.spaces.xml)) {
		w.capture = &capture{tag: *t, depth: len(w.spaces.open) + w.spaces.deep}
	}
}

// isUnparsed lists the elements whose content the parser keeps as text, and
// noscript among them only where scripts run.
func isUnparsed(name string, scripts bool) bool {
	switch name {
	case "iframe", "noembed", "noframes", "plaintext", "textarea", "xmp":
		return true
	case "noscript":
		return scripts
	}
	return false
}

// live handles an element that is part of the rendered document.
func (w *walk) live(t *tag) {
	key := t.name
	switch t.space {
	case inOther:
		return
	case inSVG:
		key = "svg " + t.name
	case inMathML:
		key = ""
	}
	w.attributes(t)
	if handle := w.handlers[key]; handle != nil {
		handle(w, t)
	}
}

func captures(t *tag) bool {
	switch t.name {
	case "script", "style":
		return t.space == inHTML || t.space == inSVG
	case "title":
		return t.space == inHTML
	}
	return false
}

func (w *walk) end(name string) {
	w.unparsed = false
	if w.spaces.xml {
		name = name[strings.IndexByte(name, ':')+1:]
	}
	foreign := w.spaces.leave(name)
	if c := w.capture; c != nil {
		inside := len(w.spaces.open)+w.spaces.deep >= c.depth
		if inside && (c.tag.space != inHTML || w.spaces.xml || c.tag.name != name) {
			return
		}
		w.closeCapture()
		return
	}
	if foreign {
		return
	}
	switch name {
	case "template":
		w.closeTemplate()
	case "form":
		if w.inert == 0 {
			w.forms.close()
		}
	case "picture", "video", "audio":
		w.closeMedia(name)
	case "frameset":
		w.frames.close()
	}
}

// openTemplate: the content of a template is inert, unless it is the shadow
// tree of its parent.
func (w *walk) openTemplate(t *tag) {
	inert := !t.is("shadowrootmode", "open") && !t.is("shadowrootmode", "closed")
	if len(w.templates) == maxOpen {
		w.r.page.Truncated = true
		return
	}
	w.templates = append(w.templates, inert)
	if inert {
		w.inert++
	}
}

func (w *walk) closeTemplate() {
	last := len(w.templates) - 1
	if last < 0 {
		return
	}
	if w.templates[last] {
		w.inert--
	}
	w.templates = w.templates[:last]
}

// maxOpen bounds every stack of open elements, as Chromium bounds its own at
// 512.
const maxOpen = 512

func (w *walk) closeCapture() {
	c := w.capture
	w.capture = nil
	if w.inert > 0 {
		return
	}
	text := c.text.String()
	switch c.tag.name {
	case "script":
		w.inlineScript(&c.tag, text)
	case "style":
		w.inlineStyle(&c.tag, text)
	case "title":
		w.title(text)
	}
}

func (w *walk) title(text string) {
	if w.titled || w.r.outer != nil {
		return
	}
	w.titled = true
	w.r.page.Title = snippet([]byte(strings.Join(strings.Fields(text), " ")), maxTitle)
}

// inHead lists the elements that do not begin the body (WHATWG HTML section
// 13.2.6.4.4).
func inHead(name string) bool {
	switch name {
	case "html", "head", "base", "basefont", "bgsound", "link", "meta", "noframes", "noscript", "script", "style", "template", "title":
		return true
	}
	return false
}
