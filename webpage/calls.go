// The calls and assignments of a script that make a browser fetch what their
// string literal names.

package webpage

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tdewolff/parse/v2/js"
	"middlebrick/weburl"
)

// literal is a string literal in a place where it is an address or markup.
type literal struct {
	found
	set     bool
	markup  bool   // document.write, innerHTML
	open    bool   // a template goes on: only the beginning is known
	request string // the XMLHttpRequest variable it belongs to
	ends    string // what may follow: ")" after an argument, ";" after a value
}

// callables are functions and constructors whose first argument is fetched.
var callables = map[string]literal{
	"fetch":                  {found: found{element: "fetch()", class: Blockable, to: toConnect, certain: true}},
	"importScripts":          {found: found{element: "importScripts()", class: Blockable, to: toScript}},
	"new WebSocket":          {found: found{element: "WebSocket", class: Blockable, to: toConnect, certain: true, socket: true}},
	"new EventSource":        {found: found{element: "EventSource", class: Blockable, to: toConnect, certain: true}},
	"new Worker":             {found: found{element: "Worker", class: Blockable, to: toWorker}},
	"new SharedWorker":       {found: found{element: "SharedWorker", class: Blockable, to: toWorker}},
	"new Audio":              {found: found{element: "Audio", class: Upgradable, to: toMedia, certain: true}},
	".sendBeacon":            {found: found{element: "navigator.sendBeacon()", class: Blockable, to: toConnect, certain: true}},
	".addModule":             {found: found{element: "addModule()", class: Blockable, to: toScript}},
	"location.assign":        {found: found{element: "location", class: Navigation, certain: true}},
	"location.replace":       {found: found{element: "location", class: Navigation, certain: true}},
	"document.write":         {found: found{element: "document.write()", certain: true}, markup: true},
	"document.writeln":       {found: found{element: "document.write()", certain: true}, markup: true},
	"serviceWorker.register": {found: found{element: "serviceWorker.register()", class: Blockable, to: toWorker}},
	"fetch(new Request":      {found: found{element: "fetch()", class: Blockable, to: toConnect, certain: true}},
	"fetch(new URL":          {found: found{element: "fetch()", class: Blockable, to: toConnect, certain: true}},
}

// elements are what a script can make and give a src.
var elements = map[string]literal{
	"img":    {found: found{element: "Image", class: Upgradable, to: toImage, certain: true}},
	"audio":  {found: found{element: "Audio", class: Upgradable, to: toMedia}},
	"video":  {found: found{element: "video", class: Upgradable, to: toMedia}},
	"script": {found: found{element: "script", class: Blockable, to: toScript}},
	"iframe": {found: found{element: "iframe", class: Blockable, to: toFrame}},
}

// literal looks at what stands before a string literal.
func (c *scanner) literal(t token, line int) {
	var l literal
	switch c.back(1).kind {
	case js.OpenParenToken:
		l = c.argument()
		l.ends = "),"
	case js.CommaToken:
		l = c.secondArgument()
		l.ends = "),"
	case js.EqToken:
		l = c.assignment()
		l.ends = ";,)}"
	case js.FromToken, js.ImportToken:
		if c.script.module || c.script.file {
			l = literal{found: found{element: "import", class: Blockable, to: toScript, certain: true}}
		}
	}
	if l.element == "" {
		return
	}
	l.set = true
	l.ref = unescapeJS(t.text)
	l.open = t.kind == js.TemplateStartToken
	l.certain = l.certain && c.certain()
	l.place = place{c.script.line + line, c.excerpt(t)}
	if c.script.attribute != "" {
		l.attribute = c.script.attribute
	}
	c.waiting = l
}

// excerpt shows a literal with the tokens before it.
func (c *scanner) excerpt(t token) string {
	var b strings.Builder
	for n := 6; n > 0; n-- {
		past := c.back(n)
		if past.kind == js.SemicolonToken || past.kind == js.OpenBraceToken || past.kind == js.CloseBraceToken {
			b.Reset()
			continue
		}
		if b.Len() > 0 && js.IsIdentifierName(past.kind) && js.IsIdentifierName(c.back(n+1).kind) {
			b.WriteByte(' ')
		}
		b.WriteString(past.text[:min(len(past.text), maxSnippet)])
	}
	b.WriteString(t.text[:min(len(t.text), maxSnippet)])
	return snippet([]byte(b.String()), maxSnippet)
}

// argument reads name( or object.name( or new name( before a literal.
func (c *scanner) argument() literal {
	name, before := c.back(2), c.back(3)
	if name.kind == js.ImportToken {
		return literal{found: found{element: "import()", class: Blockable, to: toScript, certain: true}}
	}
	if !js.IsIdentifier(name.kind) || c.names.taken[name.text] {
		return literal{}
	}
	switch before.kind {
	case js.NewToken:
		if c.back(4).kind == js.OpenParenToken && c.back(5).text == "fetch" && c.back(6).kind != js.DotToken {
			return callables["fetch(new "+name.text]
		}
		return callables["new "+name.text]
	case js.DotToken:
		return c.method(name.text, c.back(4).text)
	}
	return callables[name.text]
}

func (c *scanner) method(name, object string) literal {
	switch {
	case name == "sendBeacon" || name == "addModule":
		return callables["."+name]
	case name == "fetch" && isGlobal(object):
		return callables[name]
	}
	return callables[object+"."+name]
}

func isGlobal(name string) bool {
	return name == "window" || name == "self" || name == "globalThis"
}

// secondArgument reads x.open("GET", and x.setAttribute("src", before a
// literal.
func (c *scanner) secondArgument() literal {
	first, name := c.back(2), c.back(4)
	if first.kind != js.StringToken || c.back(3).kind != js.OpenParenToken || c.back(5).kind != js.DotToken {
		return literal{}
	}
	object := c.back(6).text
	switch word := strings.Trim(first.text, `"'`); {
	case name.text == "open" && isMethod(word):
		return literal{
			found:   found{element: "XMLHttpRequest.open()", class: Blockable, to: toConnect, certain: true},
			request: object,
		}
	case name.text == "setAttribute" && word == "src":
		return elements[c.names.made[object]]
	}
	return literal{}
}

func isMethod(s string) bool {
	switch strings.ToUpper(s) {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS":
		return true
	}
	return false
}

// assignment reads x.src = and its like before a literal.
func (c *scanner) assignment() literal {
	property, dot, object := c.back(2), c.back(3).kind == js.DotToken, c.back(4)
	navigation := literal{found: found{element: "location", class: Navigation, certain: true}}
	switch {
	case property.text == "src" && dot && object.kind == js.CloseParenToken:
		if c.back(6).text == "Image" && c.back(7).kind == js.NewToken || c.back(5).text == "Image" && c.back(6).kind == js.NewToken {
			return elements["img"]
		}
	case property.text == "src" && dot:
		return elements[c.names.made[object.text]]
	case property.text == "href" && dot && object.text == "location":
		return navigation
	case property.text == "location" && (!dot || isGlobal(object.text) || object.text == "document" || object.text == "top"):
		if k := c.back(3).kind; k != js.VarToken && k != js.LetToken && k != js.ConstToken && !c.names.taken["location"] {
			return navigation
		}
	case property.text == "innerHTML" && dot:
		return literal{found: found{element: "innerHTML"}, markup: true}
	}
	return literal{}
}

// settle decides about a waiting literal by the token after it.
func (c *scanner) settle(next token) {
	l := c.waiting
	if !l.set {
		return
	}
	c.waiting = literal{}
	whole := !l.open && (l.ends == "" || next.text != "" && strings.Contains(l.ends, next.text) ||
		next.kind == js.LineTerminatorToken && strings.HasPrefix(l.ends, ";"))
	if next.kind == js.LineTerminatorToken && !whole && !l.open {
		if !c.stop {
			c.waiting = l // the argument goes on in the next line
		}
		return
	}
	if !whole {
		if l.markup || !l.open && next.kind != js.AddToken || !hasWholeHost(l.ref) {
			return
		}
		l.certain = false
	}
	if len(c.hits) < maxLoads {
		c.hits = append(c.hits, l)
	}
}

// hasWholeHost says whether an address names its host to the end, so that
// whatever is appended cannot change it.
func hasWholeHost(ref string) bool {
	_, rest, ok := weburl.CutScheme(ref)
	return ok && len(rest) > 2 && strings.Trim(rest[:2], `/\`) == "" && strings.IndexByte(rest[2:], '/') > 0
}

// learn notes what variables are made as, after each token.
func (c *scanner) learn() {
	last, before := c.back(1), c.back(2)
	switch {
	case last.text == "Image" && before.kind == js.NewToken && c.back(3).kind == js.EqToken:
		note(&c.names.made, c.back(4).text, "img")
	case last.kind == js.CloseParenToken && c.back(4).text == "createElement" && c.back(7).kind == js.EqToken:
		note(&c.names.made, c.back(8).text, strings.ToLower(strings.Trim(before.text, `"'`)))
	case last.text == "send" && before.kind == js.DotToken && c.certain():
		note(&c.names.sent, c.back(3).text, true)
	case before.kind == js.FunctionToken || before.kind == js.VarToken || before.kind == js.LetToken || before.kind == js.ConstToken:
		if _, ours := callables[last.text]; ours || last.text == "location" {
			note(&c.names.taken, last.text, true)
		}
	}
}

// unescapeJS takes the value out of a string or template token.
func unescapeJS(token string) string {
	s := strings.TrimSuffix(token[1:], token[:1])
	s = strings.TrimSuffix(s, "${")
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		r, width := escapedJS(s[i:])
		if r >= 0 {
			b.WriteRune(r)
		}
		i += width - 1
	}
	return b.String()
}

// escapedJS reads what follows a backslash; a rune below zero is nothing.
func escapedJS(s string) (r rune, width int) {
	switch s[0] {
	case 'n':
		return '\n', 1
	case 't':
		return '\t', 1
	case 'r':
		return '\r', 1
	case '\n':
		return -1, 1
	case 'x':
		return hexJS(s, 1, 2)
	case 'u':
		if end := strings.IndexByte(s[:min(len(s), 10)], '}'); end > 2 && s[1] == '{' {
			r, _ = hexJS(s, 2, end-2)
			return r, end + 1
		}
		return hexJS(s, 1, 4)
	}
	r, width = utf8.DecodeRuneInString(s)
	return r, width
}

func hexJS(s string, from, digits int) (rune, int) {
	if len(s) < from+digits {
		return utf8.RuneError, 1
	}
	n, err := strconv.ParseUint(s[from:from+digits], 16, 32)
	if err != nil || n > utf8.MaxRune {
		return utf8.RuneError, 1
	}
	return rune(n), from + digits
}
