// Framesets: a page has either a body or frames, and the parser decides by
// what comes first (WHATWG HTML section 13.2.6.4.7).

package webpage

// frameset is that decision's state.
type frameset struct {
	open    int
	entered bool
	refused bool // content has come first
}

func (f *frameset) refuse() { f.refused = f.refused || !f.entered }

// see takes a start tag into account.
func (f *frameset) see(t *tag) {
	switch t.name {
	case "frameset":
		if !f.refused && t.space == inHTML {
			f.entered = true
			f.open++
		}
	case "body", "pre", "listing", "li", "dd", "dt", "button", "applet", "marquee", "object", "table", "area", "br",
		"embed", "img", "keygen", "wbr", "hr", "textarea", "xmp", "iframe", "select":
		f.refuse()
	case "input":
		if !t.is("type", "hidden") {
			f.refuse()
		}
	}
}

// swallows says whether the parser ignores an element at this place: all but
// frames inside a frameset, frames outside.
func (f *frameset) swallows(name string) bool {
	switch name {
	case "frame":
		return f.open == 0
	case "frameset", "noframes":
		return false
	}
	return f.entered
}

func (f *frameset) close() { f.open = max(0, f.open-1) }
