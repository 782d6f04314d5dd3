// What is kept of the bytes that crossed a connection.

package wire

import (
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf8"
)

// kept is how many bytes of each direction an exchange keeps.
const kept = 2048

// A tape keeps the first bytes and counts the rest.
type tape struct {
	first []byte
	total int64
}

func (t *tape) add(p []byte) {
	t.total += int64(len(p))
	if room := kept - len(t.first); room > 0 {
		t.first = append(t.first, p[:min(room, len(p))]...)
	}
}

// hex is the tape as hexadecimal, with what was left out.
func (t *tape) hex() string { return hex.EncodeToString(t.first) + t.rest() }

func (t *tape) rest() string {
	if left := t.total - int64(len(t.first)); left > 0 {
		return fmt.Sprintf(" … %d bytes more", left)
	}
	return ""
}

// visible is text in which every byte that is no printable character stands as
// its escape, line ends excepted.
func visible(text string) string {
	var out strings.Builder
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		switch {
		case r == utf8.RuneError && size == 1, r < 0x20 && r != '\n' && r != '\t', r == 0x7f, r >= 0x80 && r < 0xa0:
			fmt.Fprintf(&out, `\x%02x`, text[0])
			if size > 1 {
				fmt.Fprintf(&out, `\x%02x`, text[1])
			}
		default:
			out.WriteString(text[:size])
		}
		text = text[size:]
	}
	return out.String()
}
