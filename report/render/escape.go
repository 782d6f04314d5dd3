// The one place where hostile text becomes harmless: no control character, no
// invisible or direction-changing character, no command to a CI log survives it.

package render

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Screen is what text is printed on.
type Screen struct {
	Width   int  // columns; 0 means 80
	Color   bool // SGR codes of the 16 ANSI colours
	ASCII   bool // nothing beyond ASCII
	Actions bool // a GitHub Actions log, which obeys commands in its text
}

// plain is how our own typography reads in ASCII.
var plain = map[rune]string{
	'–': "-", '—': "-", '−': "-", '…': "...", '‘': "'", '’': "'", '“': `"`, '”': `"`,
	'→': "->", '←': "<-", '≥': ">=", '≤': "<=", '×': "x", '·': "|", '•': "*",
	'─': "-", '█': "#", '░': ".", '▼': "v", '▲': "^", '✓': "+", '§': "section ",
}

// invisible are the characters that Unicode calls letters, marks or symbols and
// that nobody can see: fillers, joiners, variation selectors, the blank Braille
// pattern.
var invisible = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x034f, 0x034f, 1}, {0x115f, 0x1160, 1}, {0x17b4, 0x17b5, 1}, {0x180b, 0x180f, 1},
		{0x2800, 0x2800, 1}, {0x3164, 0x3164, 1}, {0xfe00, 0xfe0f, 1}, {0xffa0, 0xffa0, 1}, {0xfffc, 0xfffc, 1},
	},
	R32: []unicode.Range32{{0x1d159, 0x1d159, 1}, {0xe0100, 0xe01ef, 1}},
}

// maxMarks is how many combining marks one character may carry before they are
// written out: more than that runs over the lines above and below.
const maxMarks = 2

// Escape makes any text harmless on one line of the screen. Control characters
// (C0, DEL, C1) and bytes that are not UTF-8 become \xNN; characters that cannot
// be seen, or that turn the writing direction, become <U+NNNN>; on an ASCII
// screen every other character does as well. Escaping twice changes nothing.
func (s Screen) Escape(text string) string {
	if s.clean(text) {
		return text
	}
	var out strings.Builder
	out.Grow(len(text) + 16)
	marks := 0
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		marks = count(r, marks)
		out.WriteString(s.one(r, text[:size], marks))
		text = text[size:]
	}
	return out.String()
}

func count(r rune, marks int) int {
	if unicode.Is(unicode.M, r) {
		return marks + 1
	}
	return 0
}

func (s Screen) one(r rune, raw string, marks int) string {
	switch {
	case r == utf8.RuneError && len(raw) == 1:
		return fmt.Sprintf(`\x%02x`, raw[0])
	case r < 0x20 || r >= 0x7f && r < 0xa0:
		return fmt.Sprintf(`\x%02x`, r)
	case r < 0x7f:
		return raw
	case s.ASCII && plain[r] != "":
		return plain[r]
	case s.ASCII, !unicode.IsPrint(r), unicode.Is(invisible, r), marks > maxMarks:
		return fmt.Sprintf("<U+%04X>", r)
	}
	return raw
}

// clean is true for printable ASCII, which nearly all text is.
func (s Screen) clean(text string) bool {
	for i := range len(text) {
		if text[i] < 0x20 || text[i] > 0x7e {
			return false
		}
	}
	return true
}

// Line is Escape for a line of its own: in a GitHub Actions log a line that
// begins with "::", and "##[" anywhere, would be a command to the runner; there
// the character that makes it one is written as an escape. The result holds no
// newline.
func (s Screen) Line(text string) string { return s.guard(s.Escape(text)) }

func (s Screen) guard(line string) string {
	if !s.Actions {
		return line
	}
	line = strings.ReplaceAll(line, "##[", `#\x23[`)
	body := strings.TrimLeft(line, " ")
	if strings.HasPrefix(body, "::") {
		line = line[:len(line)-len(body)] + `\x3a` + body[1:]
	}
	return line
}

func (s Screen) width() int {
	if s.Width <= 0 {
		return 80
	}
	return s.Width
}

// laid is the screen that a page is laid out for: none is narrower than 40
// columns.
func (s Screen) laid() Screen {
	s.Width = max(s.width(), 40)
	return s
}
