// Texts of strangers, cut and made harmless before any channel's own escaping.

package notify

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// What is kept of each text, in UTF-16 units, which is what the services count.
const (
	mostFindings = 10
	mostReasons  = 8
	mostHost     = 253
	mostURL      = 500
	mostLink     = 1000
	mostID       = 128
	mostName     = 100
	mostWord     = 40
	mostRule     = 100
	mostTitle    = 200
	mostWhere    = 200
	mostSentence = 300
	mostDN       = 200
	mostMarks    = 4 // on one letter: real writing needs no more, and towers of them cover other lines
)

// clean is the text on one line: without control characters, without marks that
// turn the direction of writing or cannot be seen, cut to that many units.
func clean(text string, most int) string {
	var out strings.Builder
	gap, begun, stacked := false, false, 0
	for _, r := range strings.ToValidUTF8(bounded(text, most), string(utf8.RuneError)) {
		if unicode.IsSpace(r) {
			gap = begun
			continue
		}
		if stacked = stack(stacked, r); !shown(r) || stacked > mostMarks {
			continue
		}
		if gap {
			out.WriteByte(' ')
		}
		gap, begun = false, true
		out.WriteRune(r)
	}
	return clip(out.String(), most)
}

// stack counts the marks that stand on one letter.
func stack(so int, r rune) int {
	if unicode.Is(unicode.M, r) {
		return so + 1
	}
	return 0
}

// bounded keeps a text of megabytes from being walked whole; no rune is longer
// than four bytes, and eight times the length leaves room for what is dropped.
func bounded(text string, most int) string {
	return text[:min(len(text), 32*most)]
}

// shown is false for what has no picture of its own: controls, formats (the
// bidirectional ones, joiners, tags), private use and what is unassigned.
func shown(r rune) bool {
	return unicode.IsGraphic(r) && !unicode.Is(unicode.Co, r) && !blank[r]
}

// blank are characters that Unicode counts as letters or marks and that show as
// nothing.
var blank = map[rune]bool{0x034F: true, 0x115F: true, 0x1160: true, 0x17B4: true, 0x17B5: true, 0x2800: true, 0x3164: true, 0xFFA0: true}

// clip cuts the text to that many UTF-16 units; a cut shows as an ellipsis.
func clip(text string, most int) string {
	if units(text) <= most {
		return text
	}
	have := 1 // the ellipsis
	for i, r := range text {
		have += utf16.RuneLen(r)
		if have > most {
			return text[:i] + "…"
		}
	}
	return text
}

// units is the length in UTF-16 units, of valid UTF-8.
func units(text string) int {
	n := 0
	for _, r := range text {
		n += max(1, utf16.RuneLen(r))
	}
	return n
}

// safeLink is the address if it is one of the web, and nothing otherwise.
func safeLink(address string) string {
	u, err := url.Parse(address)
	if err != nil || len(address) > mostLink || u.Host == "" || u.User != nil || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return u.String()
}

// whole fits text lines into that many units, and says how many it left out.
func whole(lines []string, most int, rest func(n int) string) string {
	var out strings.Builder
	left := most
	for i, line := range lines {
		last := i == len(lines)-1
		reserve := 0
		if !last {
			reserve = 1 + units(rest(len(lines)-i-1))
		}
		need := units(line) + min(i, 1)
		if need+reserve > left {
			return strings.TrimPrefix(out.String()+"\n"+rest(len(lines)-i), "\n")
		}
		if i > 0 {
			out.WriteByte('\n')
		}
		out.WriteString(line)
		left -= need
	}
	return out.String()
}
