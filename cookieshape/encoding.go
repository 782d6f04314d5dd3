// The alphabets that cookie values are written in.

package cookieshape

import (
	"encoding/base64"
	"math"
	"strings"
)

// Only canonical encodings count: left-over bits are 0, as every encoder writes
// them.
var (
	rawURL    = base64.RawURLEncoding.Strict()
	paddedStd = base64.StdEncoding.Strict()
	rawStd    = base64.RawStdEncoding.Strict()
)

// decode refuses the line breaks that encoding/base64 would pass over.
func decode(encoding *base64.Encoding, s string) ([]byte, bool) {
	if s == "" || strings.ContainsAny(s, "\r\n") {
		return nil, false
	}
	data, err := encoding.DecodeString(s)
	return data, err == nil
}

// decodeStd takes standard base64 with and without padding.
func decodeStd(s string) ([]byte, bool) {
	if data, ok := decode(paddedStd, s); ok {
		return data, true
	}
	return decode(rawStd, s)
}

func isHex(s string) bool {
	for i := range len(s) {
		if strings.IndexByte("0123456789abcdefABCDEF", s[i]) < 0 {
			return false
		}
	}
	return s != ""
}

func isAlnum(s string) bool {
	for i := range len(s) {
		if !isAlnumByte(s[i]) {
			return false
		}
	}
	return s != ""
}

func isAlnumByte(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

// isURLSafe holds for text in the base64url alphabet.
func isURLSafe(s string) bool {
	for i := range len(s) {
		if !isAlnumByte(s[i]) && s[i] != '-' && s[i] != '_' {
			return false
		}
	}
	return s != ""
}

// isUUID holds for the 8-4-4-4-12 form.
func isUUID(s string) bool {
	return len(s) == 36 && s[8] == '-' && s[13] == '-' && s[18] == '-' && s[23] == '-' && isHex(strings.ReplaceAll(s, "-", "")) && strings.Count(s, "-") == 4
}

// unescape undoes %-escapes; where there is none, or a broken one, the text stays.
func unescape(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			out.WriteByte(s[i])
			continue
		}
		if i+2 >= len(s) || !isHex(s[i+1:i+3]) {
			return s
		}
		out.WriteByte(nibble(s[i+1])<<4 | nibble(s[i+2]))
		i += 2
	}
	return out.String()
}

func nibble(c byte) byte { return byte(strings.IndexByte("0123456789abcdef", c|0x20)) }

// looksRandom holds for a value of at least 16 characters whose spread of
// characters comes to 64 bits or more (Shannon), digits among them.
func looksRandom(s string) bool {
	if len(s) < 16 || !strings.ContainsAny(s, "0123456789") || strings.ContainsAny(s, " {}") {
		return false
	}
	counts := map[byte]int{}
	for i := range len(s) {
		counts[s[i]]++
	}
	bits := 0.0
	for _, n := range counts {
		bits -= float64(n) * math.Log2(float64(n)/float64(len(s)))
	}
	return bits >= 64
}
