// A page in memory: rows of styled spans, which blocks are made of and which
// become bytes in one place.

package render

import (
	"bytes"
	"strings"

	"middlebrick/rule"
)

// A style is the parameters of one SGR code; empty is the terminal's own.
type style string

// Only the 16 ANSI colours, which every user's theme keeps readable.
const (
	ordinary style = ""
	bold     style = "1"
	faint    style = "2"
	good     style = "1;32"
	bad      style = "1;31"
	unsure   style = "1;33"
)

var severityStyles = map[rule.Severity]style{
	rule.Critical: "1;35", rule.High: "1;31", rule.Medium: "1;33", rule.Low: "1;34", rule.Info: "1",
}

type span struct {
	text  string
	style style
}

type row []span

type block []row

// text is a row in the terminal's own style.
func text(s string) row { return row{{s, ordinary}} }

// indent moves a block to the right.
func (b block) indent(by int) block {
	moved := make(block, 0, len(b))
	for _, r := range b {
		moved = append(moved, append(row{{strings.Repeat(" ", by), ordinary}}, r...))
	}
	return moved
}

// columns is how many columns the row takes on that screen.
func (r row) columns(s Screen) int {
	n := 0
	for _, sp := range r {
		n += columns(s.Escape(sp.text))
	}
	return n
}

// beside puts two blocks next to each other, the right one from that column on.
func (s Screen) beside(left, right block, column int) block {
	joined := make(block, 0, max(len(left), len(right)))
	for i := range max(len(left), len(right)) {
		var r row
		if i < len(left) {
			r = append(r, left[i]...)
		}
		if i < len(right) {
			gap := max(1, column-r.columns(s))
			r = append(append(r, span{strings.Repeat(" ", gap), ordinary}), right[i]...)
		}
		joined = append(joined, r)
	}
	return joined
}

// bytes is where everything that is printed passes: each span is escaped, each
// line is guarded.
func (s Screen) bytes(b block) []byte {
	var out bytes.Buffer
	for _, r := range b {
		var line strings.Builder
		for _, sp := range r {
			line.WriteString(s.paint(s.Escape(sp.text), sp.style))
		}
		out.WriteString(strings.TrimRight(s.guard(line.String()), " "))
		out.WriteByte('\n')
	}
	return out.Bytes()
}

func (s Screen) paint(escaped string, st style) string {
	if !s.Color || st == ordinary || strings.TrimSpace(escaped) == "" {
		return escaped
	}
	return "\x1b[" + string(st) + "m" + escaped + "\x1b[0m"
}

// labelled is a label with text wrapped beside it, hanging under itself. Where
// the screen leaves no room beside the label, the text goes below it.
func (s Screen) labelled(label string, st style, indent, hang int, says string) block {
	lead := strings.Repeat(" ", indent)
	lines := wrap(s.Escape(bounded(says)), s.width()-hang)
	if len(lines) == 0 {
		return nil
	}
	var b block
	first := row{{lead, ordinary}, {pad(label, hang-indent), st}}
	if label != "" && columns(label) >= hang-indent {
		b = append(b, first)
		first = text(strings.Repeat(" ", hang))
	}
	b = append(b, append(first, span{lines[0], ordinary}))
	for _, line := range lines[1:] {
		b = append(b, text(strings.Repeat(" ", hang)+line))
	}
	return b
}

// maxText bounds one text of a page, in bytes: as long as the longest URL that is
// scanned, for a target can send any amount.
const maxText = 8 << 10

func bounded(says string) string {
	if len(says) <= maxText {
		return says
	}
	return strings.ToValidUTF8(says[:maxText], "") + "… (cut; --format json has it all)"
}

// ruler is a line across the screen.
func (s Screen) ruler() row { return row{{strings.Repeat("─", s.width()), faint}} }

// blank is an empty line.
var blank = row{}
