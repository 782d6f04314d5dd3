// Widths and wrapping. Lines break at spaces alone: an id, a URL or a command
// that is longer than the line stands on one line of its own and is never cut.

package render

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// columns is how many columns escaped text takes.
func columns(text string) int {
	n := 0
	for _, r := range text {
		n += runeColumns(r)
	}
	return n
}

func runeColumns(r rune) int {
	if r < 0x7f {
		return 1
	}
	if unicode.Is(unicode.M, r) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// wrap breaks escaped text into lines of at most that many columns. Empty text
// is no line.
func wrap(text string, columnsLeft int) []string {
	var lines []string
	line, used := "", 0
	for _, word := range strings.Fields(text) {
		need := columns(word)
		if line != "" && used+1+need > columnsLeft {
			lines = append(lines, line)
			line, used = "", 0
		}
		if line != "" {
			line, used = line+" ", used+1
		}
		line, used = line+word, used+need
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// Cut shortens escaped text to that many columns, with an ellipsis of the
// screen's own.
func (s Screen) Cut(text string, to int) string {
	if columns(text) <= to {
		return text
	}
	dots := s.Escape("…")
	to -= columns(dots)
	used, end := 0, 0
	for i, r := range text {
		if used += runeColumns(r); used > to {
			break
		}
		end = i + utf8.RuneLen(r)
	}
	return text[:end] + dots
}

// pad fills escaped text with spaces up to that many columns.
func pad(text string, to int) string {
	return text + strings.Repeat(" ", max(0, to-columns(text)))
}

// padLeft is pad for numbers.
func padLeft(text string, to int) string {
	return strings.Repeat(" ", max(0, to-columns(text))) + text
}
