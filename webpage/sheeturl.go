// What an address in a style sheet is for, and how sheets spell addresses.

package webpage

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// url takes the content of a url().
func (c *styler) url(ref string, line int) {
	if c.at == "import" {
		c.importSheet(ref, line)
		return
	}
	c.fetch(ref, line)
}

// string takes a quoted string, which is an address in @import and directly
// in image-set().
func (c *styler) string(text string, line int) {
	if c.at == "import" {
		c.importSheet(text, line)
		return
	}
	if n := len(c.calls); n > 0 && (c.calls[n-1] == "image-set" || c.calls[n-1] == "-webkit-image-set") {
		c.fetch(text, line)
	}
}

// importSheet takes the first address of an @import, if it stands where the
// rule counts (CSS Cascade 5 section 2). Its supports() can call it off; its
// media cannot.
func (c *styler) importSheet(ref string, line int) {
	if c.asked || len(c.calls) > 0 || !c.imports || len(c.blocks) > 0 {
		return
	}
	c.asked = true
	f := c.found("@import", "", ref, line)
	f.class, f.to = Blockable, toStyle
	c.pending = &f
}

// fetch takes an address in a declaration.
func (c *styler) fetch(ref string, line int) {
	if c.at != "" || !c.colon || len(c.blocks) == 0 || strings.HasPrefix(ref, "#") {
		return
	}
	inner := c.blocks[len(c.blocks)-1]
	f := c.found("css url()", c.first, ref, line)
	f.certain = c.sheet.attribute == "style" && inner.always && (c.first == "background" || c.first == "background-image")
	f.own = strings.HasSuffix(c.first, "filter")
	switch {
	case inner.name == "font-face":
		if c.first != "src" {
			return
		}
		// Chromium refuses an insecure font as soon as it reads the rule.
		f.class, f.to, f.certain = Blockable, toFont, inner.always
	case inner.name == "counter-style" || inner.name == "property" || strings.HasPrefix(c.first, "--"):
		f.certain = false
	case !fetches(c.first):
		return
	}
	c.r.load(f)
}

func (c *styler) found(element, property, ref string, line int) found {
	at := c.sheet.place
	if c.sheet.attribute == "" {
		at.line += line
		at.snippet = snippet([]byte(strings.TrimPrefix(property+": ", ": ")+"url("+ref[:min(len(ref), maxSnippet)]+")"), maxSnippet)
	}
	if c.sheet.attribute != "" && c.sheet.attribute != "style" {
		element = "svg url()"
	}
	return found{
		place: at, ref: ref, element: element, attribute: property,
		class: Upgradable, to: toImage, certain: true, base: &c.sheet.base,
	}
}

// fetches lists the properties whose addresses Chromium fetches.
func fetches(property string) bool {
	switch property {
	case "background", "background-image", "border-image", "border-image-source", "list-style", "list-style-image",
		"content", "cursor", "shape-outside", "filter", "backdrop-filter", "clip-path", "mask", "mask-image",
		"mask-border", "mask-border-source", "fill", "stroke",
		"marker", "marker-start", "marker-mid", "marker-end",
		"-webkit-border-image", "-webkit-box-reflect", "-webkit-clip-path", "-webkit-filter", "-webkit-mask",
		"-webkit-mask-image", "-webkit-mask-box-image", "-webkit-mask-box-image-source", "-webkit-shape-outside":
		return true
	}
	return false
}

// insideURL takes the address out of a url( ) token.
func insideURL(token string) string {
	_, inside, _ := strings.Cut(token, "(")
	inside = strings.TrimSpace(strings.TrimSuffix(inside, ")"))
	return unescapeCSS(unquote(inside))
}

func unquote(s string) string {
	if s == "" || s[0] != '"' && s[0] != '\'' {
		return s
	}
	quote := s[:1]
	return strings.TrimSuffix(s[1:], quote)
}

// unescapeCSS resolves escapes (CSS Syntax 3 section 4.3.7).
func unescapeCSS(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			i++
			continue
		}
		i++
		digits := 0
		for digits < 6 && i+digits < len(s) && strings.IndexByte("0123456789abcdefABCDEF", s[i+digits]) >= 0 {
			digits++
		}
		switch {
		case digits > 0:
			n, _ := strconv.ParseUint(s[i:i+digits], 16, 32)
			i += digits
			b.WriteRune(validRune(n))
			i += blankAt(s, i)
		case s[i] == '\n' || s[i] == '\f' || s[i] == '\r':
			i += blankAt(s, i)
		default:
			b.WriteByte(s[i])
			i++
		}
	}
	return b.String()
}

func validRune(n uint64) rune {
	if n == 0 || n > utf8.MaxRune || !utf8.ValidRune(rune(n)) {
		return utf8.RuneError
	}
	return rune(n)
}

// blankAt is the length of the one white space that ends an escape.
func blankAt(s string, i int) int {
	switch {
	case i >= len(s):
		return 0
	case strings.HasPrefix(s[i:], "\r\n"):
		return 2
	case strings.IndexByte(" \t\n\f\r", s[i]) >= 0:
		return 1
	}
	return 0
}
