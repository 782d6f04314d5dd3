// Which namespace an element is in: HTML, or the foreign content of SVG and
// MathML, where other elements load and raw text is not raw.

package webpage

import "strings"

// space is an element's namespace.
type space int

const (
	inHTML space = iota
	inSVG
	inMathML
	inOther // XML of some other kind, which loads nothing
)

func spaceOf(uri string) space {
	switch uri {
	case "http://www.w3.org/1999/xhtml":
		return inHTML
	case "http://www.w3.org/2000/svg":
		return inSVG
	case "http://www.w3.org/1998/Math/MathML":
		return inMathML
	}
	return inOther
}

// namespaces is the stack of open foreign elements of an HTML document, or of
// all open elements of an XML document. Elements beyond maxOpen are counted
// in deep, not kept.
type namespaces struct {
	xml      bool
	open     []openElement
	deep     int
	prefixes map[string]string // XML; not scoped, documents declare theirs once
}

type openElement struct {
	name  string
	own   space
	inner space // of children without a say of their own
}

const maxPrefixes = 64

// current is the namespace that a child of the open element begins with.
func (n *namespaces) current() space {
	if len(n.open) == 0 {
		if n.xml {
			return inOther
		}
		return inHTML
	}
	return n.open[len(n.open)-1].inner
}

// enter places a start tag of an HTML document (WHATWG HTML section 13.2.6.5).
func (n *namespaces) enter(t *tag) {
	if n.current() != inHTML && breaksOut(t) {
		n.toHTML()
	}
	t.space = n.current()
	if t.space == inHTML && !n.staysMathML(t.name) {
		switch t.name {
		case "svg":
			t.space = inSVG
		case "math":
			t.space = inMathML
		case "image":
			t.name = "img"
			return
		default:
			return
		}
	}
	if t.name == "svg" && n.top() == "annotation-xml" {
		t.space = inSVG
	}
	if t.closed {
		return
	}
	e := openElement{name: t.name, own: t.space, inner: t.space}
	if integrates(t) {
		e.inner = inHTML
	}
	n.push(e)
}

func (n *namespaces) top() string {
	if len(n.open) == 0 {
		return ""
	}
	return n.open[len(n.open)-1].name
}

// staysMathML is an exception of the standard: mglyph and malignmark are
// MathML inside MathML text.
func (n *namespaces) staysMathML(name string) bool {
	return (name == "mglyph" || name == "malignmark") && len(n.open) > 0 && n.open[len(n.open)-1].own == inMathML
}

// toHTML closes foreign elements up to where HTML is at home.
func (n *namespaces) toHTML() {
	n.deep = 0
	for n.current() != inHTML {
		n.open = n.open[:len(n.open)-1]
	}
}

func (n *namespaces) push(e openElement) {
	if len(n.open) == maxOpen {
		n.deep++
		return
	}
	n.open = append(n.open, e)
}

// leave takes an end tag; it says whether the tag closed an element that is
// not HTML.
func (n *namespaces) leave(name string) bool {
	switch {
	case n.deep > 0:
		n.deep--
		return n.current() != inHTML
	case len(n.open) == 0:
		return false
	case n.xml:
		last := n.open[len(n.open)-1]
		n.open = n.open[:len(n.open)-1]
		return last.own != inHTML
	case n.current() != inHTML && (name == "p" || name == "br"):
		n.toHTML()
		return false
	}
	for i := len(n.open) - 1; i >= max(0, len(n.open)-maxSearch); i-- {
		if n.open[i].name == name {
			n.open = n.open[:i]
			return true
		}
	}
	return false
}

// maxSearch bounds how far an end tag looks for its start, so that end tags
// without one stay cheap.
const maxSearch = 64

// integrates says whether HTML resumes inside a foreign element.
func integrates(t *tag) bool {
	switch t.name {
	case "foreignobject", "desc", "title":
		return t.space == inSVG
	case "mi", "mo", "mn", "ms", "mtext":
		return t.space == inMathML
	case "annotation-xml":
		return t.is("encoding", "text/html") || t.is("encoding", "application/xhtml+xml")
	}
	return false
}

// breaksOut says whether a start tag ends the foreign content around it.
func breaksOut(t *tag) bool {
	switch t.name {
	case "b", "big", "blockquote", "body", "br", "center", "code", "dd", "div", "dl", "dt", "em", "embed",
		"h1", "h2", "h3", "h4", "h5", "h6", "head", "hr", "i", "img", "li", "listing", "menu", "meta",
		"nobr", "ol", "p", "pre", "ruby", "s", "small", "span", "strong", "strike", "sub", "sup",
		"table", "tt", "u", "ul", "var":
		return true
	case "font":
		return t.has("color") || t.has("face") || t.has("size")
	}
	return false
}

// enterXML places a start tag of an XML document: by its prefix, or by the
// default namespace in force (Namespaces in XML 1.0 section 6).
func (n *namespaces) enterXML(t *tag) {
	inner := n.current()
	for _, a := range t.attrs {
		prefix, name, prefixed := strings.Cut(a.Key, ":")
		switch {
		case a.Key == "xmlns":
			inner = spaceOf(a.Val)
		case prefixed && prefix == "xmlns" && len(n.prefixes) < maxPrefixes:
			n.prefixes[name] = a.Val
		}
	}
	for i, a := range t.attrs {
		if prefix, name, ok := strings.Cut(a.Key, ":"); ok && n.prefixes[prefix] == "http://www.w3.org/1999/xlink" {
			t.attrs[i].Key = "xlink:" + name
		}
	}
	t.space = inner
	if prefix, name, ok := strings.Cut(t.name, ":"); ok {
		t.name, t.space = name, spaceOf(n.prefixes[strings.ToLower(prefix)])
	}
	if !t.closed {
		n.push(openElement{name: t.name, own: t.space, inner: inner})
	}
}

// properName folds an XML element's name only if it is written as the
// standard writes it: XML is case-sensitive.
func properName(s string) string {
	switch s[strings.IndexByte(s, ':')+1:] {
	case "feImage", "foreignObject":
		return strings.ToLower(s)
	}
	if s != strings.ToLower(s) {
		return "!" + strings.ReplaceAll(s, ":", "!")
	}
	return s
}
