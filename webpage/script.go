// Scripts: the calls in them whose address stands there as a literal. A script
// is not run and not parsed, only cut into tokens; what its variables hold is
// not known, so that an address that is put together is seen only where its
// scheme and host are the literal's own.

package webpage

import (
	"errors"
	"io"

	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/js"
)

// script is where a script stands.
type script struct {
	place
	attribute string // of an event handler
	file      bool   // a script by itself
	live      bool   // runs as the page opens
	module    bool
}

// token is one significant token.
type token struct {
	kind js.TokenType
	text string
}

// window is how many tokens back a pattern looks.
const window = 8

// scanner is the state of one pass over a script's tokens.
type scanner struct {
	r       *reader
	script  script
	lexer   *js.Lexer
	past    [window]token // the last tokens, the newest at the end
	line    int
	depth   int  // open braces
	first   bool // a statement begins
	plain   bool // the statement is one that simply runs
	halted  bool // a statement that may end the script has been seen
	names   names
	waiting literal // one whose next token is not yet seen
	hits    []literal
	stop    bool
	broken  bool // not a script to its end
}

// names are the variables whose kind is known, and the globals that the
// script declares for itself.
type names struct {
	made  map[string]string // variable to what it was made as: "img", "script"
	taken map[string]bool
	sent  map[string]bool // requests on which send was called
}

// note sets a key of a map that may not exist yet.
func note[V any](m *map[string]V, key string, v V) {
	if *m == nil {
		*m = map[string]V{}
	}
	if len(*m) < maxNames {
		(*m)[key] = v
	}
}

// maxNames bounds them.
const maxNames = 1000

func (r *reader) readScript(text string, s script) {
	c := &scanner{r: r, script: s, lexer: js.NewLexer(parse.NewInputString(text)), first: true, plain: true}
	for !c.stop {
		c.step()
	}
	c.settle(token{kind: js.LineTerminatorToken})
	c.emit()
}

// step takes one token.
func (c *scanner) step() {
	kind, data := c.lexer.Next()
	if (kind == js.DivToken || kind == js.DivEqToken) && !c.endsValue() {
		kind, data = c.lexer.RegExp()
	}
	c.r.work++
	at := c.line
	for _, b := range data {
		if b == '\n' {
			c.line++
		}
	}
	switch kind {
	case js.ErrorToken:
		c.stop = true
		c.broken = !errors.Is(c.lexer.Err(), io.EOF)
		return
	case js.WhitespaceToken, js.CommentToken:
		return
	case js.LineTerminatorToken, js.CommentLineTerminatorToken:
		c.newline()
		return
	}
	t := token{kind, string(data)}
	c.settle(t)
	c.structure(t)
	if kind == js.StringToken || kind == js.TemplateToken || kind == js.TemplateStartToken {
		c.literal(t, at)
	}
	copy(c.past[:], c.past[1:])
	c.past[window-1] = t
	c.learn()
}

// back returns the n-th last token, the last being 1.
func (c *scanner) back(n int) token { return c.past[window-n] }

// endsValue says whether the last token ends a value, so that a slash after
// it divides.
func (c *scanner) endsValue() bool {
	switch last := c.back(1); last.kind {
	case js.IdentifierToken, js.StringToken, js.TemplateToken, js.TemplateEndToken, js.RegExpToken,
		js.CloseParenToken, js.CloseBracketToken, js.CloseBraceToken, js.ThisToken, js.SuperToken,
		js.TrueToken, js.FalseToken, js.NullToken, js.IncrToken, js.DecrToken:
		return true
	default:
		return js.IsNumeric(last.kind) || js.IsIdentifier(last.kind)
	}
}

// newline ends a statement unless the line plainly goes on.
func (c *scanner) newline() {
	c.settle(token{kind: js.LineTerminatorToken})
	if c.plain && c.depth == 0 && c.endsValue() {
		c.first = true
	}
}

// structure follows braces and statements, to tell what simply runs from what
// stands in a function or behind a condition.
func (c *scanner) structure(t token) {
	switch t.kind {
	case js.OpenBraceToken, js.TemplateStartToken:
		c.depth++
	case js.CloseBraceToken, js.TemplateEndToken:
		c.depth = max(0, c.depth-1)
		if c.depth == 0 && t.kind == js.CloseBraceToken {
			c.first = true
			return
		}
	case js.SemicolonToken:
		if c.depth == 0 {
			c.first = true
		}
		return
	}
	if c.depth > 0 {
		return
	}
	if c.first {
		c.first, c.plain = false, true
	}
	switch t.kind {
	case js.IfToken, js.ElseToken, js.ForToken, js.WhileToken, js.DoToken, js.SwitchToken, js.WithToken, js.TryToken,
		js.CatchToken, js.FunctionToken, js.ClassToken, js.AsyncToken, js.ArrowToken, js.QuestionToken,
		js.AndToken, js.OrToken, js.NullishToken, js.OptChainToken, js.ColonToken:
		c.plain = false
	case js.ThrowToken, js.ReturnToken:
		c.plain, c.halted = false, true
	}
}

// certain says whether the statement at hand runs as the page opens.
func (c *scanner) certain() bool {
	return c.script.live && c.plain && c.depth == 0 && !c.halted
}

// emit judges what the script was found to load. A script that does not read
// to its end is one that a browser refuses as a whole.
func (c *scanner) emit() {
	broken := c.broken || c.depth != 0
	failed := false
	for _, l := range c.hits {
		f := l.found
		f.certain = f.certain && !broken && !failed && (l.request == "" || c.names.sent[l.request])
		switch {
		case l.markup:
			c.r.write(f, l.element == "innerHTML")
		case f.class == Navigation:
			c.r.navigate(f)
		default:
			c.r.load(f)
		}
		// A module whose import fails does not run.
		failed = failed || c.script.module && f.element == "import"
	}
}

// write reads markup that a script puts into the page. Scripts in innerHTML
// do not run.
func (r *reader) write(f found, inner bool) {
	child := r.inner(f.place)
	if child == nil {
		return
	}
	child.maybe = r.maybe || !f.certain
	child.scripts = r.scripts && !inner
	child.readMarkup([]byte(f.ref), false)
}
