// Style sheets: which addresses a sheet, a style element or a style attribute
// makes a browser fetch.

package webpage

import (
	"strings"

	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/css"
	"middlebrick/weburl"
)

// sheet is where a style sheet stands.
type sheet struct {
	place
	base      weburl.URL
	attribute string // "style" or a presentation attribute; empty in a sheet
}

// styler is the state of one pass over a sheet's tokens.
type styler struct {
	r       *reader
	sheet   sheet
	lexer   *css.Lexer
	line    int
	imports bool     // @import still counts
	at      string   // the at-rule whose prelude is being read
	asked   bool     // and whether its first address has been seen
	first   string   // the first word of the statement, a property if a colon follows
	colon   bool     // the colon has been seen
	start   bool     // nothing of the statement has been seen
	always  bool     // the at-rule's condition so far always holds
	blocks  []block  // open { }
	calls   []string // open functions
	pending *found   // an @import whose prelude is not over
}

// block is an open { }.
type block struct {
	name   string // the at-rule's, or empty
	always bool   // no condition around it
}

// readSheet reads a whole style sheet.
func (r *reader) readSheet(text string, s sheet) {
	c := newStyler(r, text, s)
	c.imports = true
	for c.step() {
	}
	c.endStatement()
}

// readDeclarations reads the inside of a style attribute.
func (r *reader) readDeclarations(text string, s sheet) {
	c := newStyler(r, text, s)
	c.blocks = []block{{name: "", always: onlyOne(text)}}
	for c.step() {
	}
}

// onlyOne says whether an attribute holds a single declaration, so that no
// other can take its image away again.
func onlyOne(text string) bool {
	return !strings.Contains(strings.TrimRight(text, "; \t\n"), ";")
}

func newStyler(r *reader, text string, s sheet) *styler {
	return &styler{r: r, sheet: s, lexer: css.NewLexer(parse.NewInputString(text)), start: true, always: true}
}

// step takes one token; it is false at the end.
func (c *styler) step() bool {
	kind, data := c.lexer.Next()
	c.r.work++
	at := c.line
	for _, b := range data {
		if b == '\n' {
			c.line++
		}
	}
	switch kind {
	case css.ErrorToken:
		return false
	case css.WhitespaceToken, css.CommentToken, css.CDOToken, css.CDCToken:
		return true
	case css.LeftBraceToken:
		c.openBlock()
		return true
	case css.RightBraceToken:
		c.closeBlock()
		return true
	case css.SemicolonToken:
		c.endStatement()
		return true
	}
	c.word(kind, data, at)
	c.start = false
	return true
}

// word takes a token inside a statement.
func (c *styler) word(kind css.TokenType, data []byte, line int) {
	switch kind {
	case css.AtKeywordToken:
		if c.start {
			c.at = strings.ToLower(unescapeCSS(string(data[1:])))
		}
	case css.ColonToken:
		c.colon = c.colon || c.first != ""
	case css.FunctionToken:
		c.function(string(data), line)
		return
	case css.LeftParenthesisToken:
		c.call("(")
	case css.RightParenthesisToken:
		if len(c.calls) > 0 {
			c.calls = c.calls[:len(c.calls)-1]
		}
	case css.URLToken:
		c.url(insideURL(string(data)), line)
		return
	case css.StringToken:
		c.string(unescapeCSS(unquote(string(data))), line)
		return
	}
	if c.start && kind != css.AtKeywordToken {
		c.first = strings.ToLower(unescapeCSS(string(data)))
	}
	c.always = c.always && c.holds(kind, strings.ToLower(string(data)))
}

// holds says whether a word of an at-rule's prelude leaves it without a
// condition that a browser could find false. Selectors do not matter here:
// no address below one is called certain.
func (c *styler) holds(kind css.TokenType, word string) bool {
	switch c.at {
	case "", "layer", "font-face":
		return true
	case "media":
		return kind == css.AtKeywordToken || word == "all" || word == "screen" || word == ","
	}
	return false
}

// function opens a function. The lexer knows url( unless an escape hides it.
func (c *styler) function(data string, line int) {
	name := strings.ToLower(unescapeCSS(strings.TrimSuffix(data, "(")))
	c.always = c.always && c.at == ""
	if c.pending != nil && name == "supports" {
		c.pending.certain = false
	}
	if c.start {
		c.first = name
	}
	if name != "url" {
		c.call(name)
		return
	}
	var inside strings.Builder
	for kind, data := c.lexer.Next(); kind != css.ErrorToken && kind != css.RightParenthesisToken; kind, data = c.lexer.Next() {
		c.r.work++
		inside.Write(data)
	}
	c.url(unescapeCSS(unquote(strings.TrimSpace(inside.String()))), line)
}

func (c *styler) call(name string) {
	if len(c.calls) == maxOpen {
		c.r.page.Truncated = true
		c.calls = c.calls[:0]
	}
	c.calls = append(c.calls, name)
}

// openBlock begins a { }: what stood before it was an at-rule's prelude or a
// selector.
func (c *styler) openBlock() {
	c.imports = false
	always := c.always
	if len(c.blocks) > 0 {
		always = always && c.blocks[len(c.blocks)-1].always
	}
	if len(c.blocks) == maxOpen {
		c.r.page.Truncated = true
		c.blocks = c.blocks[:0]
	}
	c.blocks = append(c.blocks, block{c.at, always})
	c.reset()
}

func (c *styler) closeBlock() {
	c.endStatement()
	if len(c.blocks) > 0 {
		c.blocks = c.blocks[:len(c.blocks)-1]
	}
}

// endStatement ends a declaration or an at-rule without a block.
func (c *styler) endStatement() {
	if c.pending != nil {
		c.r.load(*c.pending)
		c.r.resourceFrom(c.sheet.base, c.pending.ref)
	}
	if len(c.blocks) == 0 && !c.start && c.at != "import" && c.at != "charset" && c.at != "layer" {
		c.imports = false
	}
	c.reset()
}

func (c *styler) reset() {
	c.at, c.first, c.asked, c.colon, c.start, c.always, c.pending = "", "", false, false, true, true, nil
	c.calls = c.calls[:0]
}
