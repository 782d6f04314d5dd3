// A scanner of JSON that keeps the names and drops the values.

package cookieshape

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	maxDepth     = 64
	maxKeys      = 200
	maxKeyLength = 100 // bytes; longer names are cut
)

// document is what is kept of a JSON text.
type document struct {
	kind   byte     // its first byte: '{', '[', '"' and so on
	keys   []string // names of the outermost object, sorted, each once
	tags   []string // Flask's one-key type tags, " t" and the like, sorted, each once
	blanks int      // white space outside strings: 0 in compact JSON
	hex40  bool     // the whole is a string of 40 hexadecimal digits
}

// scanJSON reads one JSON text as Python writes it, which may hold NaN and
// Infinity. False where it is not JSON or nests deeper than 64.
func scanJSON(data []byte) (document, bool) {
	if len(data) == 0 || !utf8.Valid(data) {
		return document{}, false
	}
	s := jsonScanner{data: data}
	s.skipBlanks()
	first := s.peek()
	if !s.value(0) {
		return document{}, false
	}
	if s.skipBlanks(); s.at != len(data) {
		return document{}, false
	}
	slices.Sort(s.keys)
	slices.Sort(s.tags)
	return document{
		kind: first, keys: slices.Compact(s.keys), tags: slices.Compact(s.tags), blanks: s.blanks,
		hex40: len(data) == 42 && first == '"' && isHex(string(data[1:41])),
	}, true
}

type jsonScanner struct {
	data   []byte
	at     int
	blanks int
	keys   []string
	tags   []string
}

// peek returns the byte at hand, 0 at the end.
func (s *jsonScanner) peek() byte {
	if s.at < len(s.data) {
		return s.data[s.at]
	}
	return 0
}

func (s *jsonScanner) take(c byte) bool {
	if s.peek() != c || s.at == len(s.data) {
		return false
	}
	s.at++
	return true
}

func (s *jsonScanner) skipBlanks() {
	for c := s.peek(); c == ' ' || c == '\t' || c == '\n' || c == '\r'; c = s.peek() {
		s.at++
		s.blanks++
	}
}

func (s *jsonScanner) value(depth int) bool {
	if depth > maxDepth {
		return false
	}
	switch s.peek() {
	case '{':
		return s.object(depth)
	case '[':
		return s.list(']', func() bool { return s.value(depth + 1) })
	case '"':
		return s.text()
	}
	return s.scalar()
}

// object notes its keys where it is the outermost, and its tag where it has one.
func (s *jsonScanner) object(depth int) bool {
	members := 0
	var name []byte
	ok := s.list('}', func() bool {
		from := s.at
		if !s.text() {
			return false
		}
		members, name = members+1, s.data[from+1:s.at-1]
		if depth == 0 && len(s.keys) < maxKeys {
			s.keys = append(s.keys, s.key(s.data[from:s.at]))
		}
		s.skipBlanks()
		if !s.take(':') {
			return false
		}
		s.skipBlanks()
		return s.value(depth + 1)
	})
	if tag := string(name); members == 1 && flaskTags[tag] && !slices.Contains(s.tags, tag) {
		s.tags = append(s.tags, tag)
	}
	return ok
}

// flaskTags are the type tags of flask.json.tag: tuple, bytes, Markup, UUID,
// datetime and a dict that looks like a tag.
var flaskTags = map[string]bool{" t": true, " b": true, " m": true, " u": true, " d": true, " di": true}

// list reads members parted by commas between brackets, the first at hand.
func (s *jsonScanner) list(end byte, member func() bool) bool {
	s.at++
	s.skipBlanks()
	if s.take(end) {
		return true
	}
	for {
		if !member() {
			return false
		}
		s.skipBlanks()
		if s.take(end) {
			return true
		}
		if !s.take(',') {
			return false
		}
		s.skipBlanks()
	}
}

// text passes over a string.
func (s *jsonScanner) text() bool {
	if !s.take('"') {
		return false
	}
	for s.at < len(s.data) {
		c := s.data[s.at]
		s.at++
		switch {
		case c == '"':
			return true
		case c < ' ':
			return false
		case c == '\\' && !s.escape():
			return false
		}
	}
	return false
}

// escape passes over what follows a backslash.
func (s *jsonScanner) escape() bool {
	c := s.peek()
	s.at++
	if c == 'u' {
		end := s.at + 4
		if end > len(s.data) || !isHex(string(s.data[s.at:end])) {
			return false
		}
		s.at = end
		return true
	}
	return c != 0 && strings.IndexByte(`"\/bfnrt`, c) >= 0
}

// key decodes a name and cuts it.
func (s *jsonScanner) key(quoted []byte) string {
	var name string
	if err := json.Unmarshal(quoted, &name); err != nil {
		return "?"
	}
	if len(name) > maxKeyLength {
		name = strings.ToValidUTF8(name[:maxKeyLength], "") + "…"
	}
	return name
}

// scalar passes over a number or a word; Python's json writes the last three.
func (s *jsonScanner) scalar() bool {
	from := s.at
	for s.at < len(s.data) && isWordByte(s.data[s.at]) {
		s.at++
	}
	word := s.data[from:s.at]
	switch string(word) {
	case "true", "false", "null", "NaN", "Infinity", "-Infinity":
		return true
	}
	return isNumber(word)
}

func isWordByte(c byte) bool { return isAlnumByte(c) || c == '-' || c == '+' || c == '.' }

// isNumber holds for a number of RFC 8259 section 6.
func isNumber(word []byte) bool {
	word = bytes.TrimPrefix(word, []byte("-"))
	whole := digits(word)
	if whole == 0 || whole > 1 && word[0] == '0' {
		return false
	}
	word = word[whole:]
	if len(word) > 0 && word[0] == '.' {
		fraction := digits(word[1:])
		if fraction == 0 {
			return false
		}
		word = word[1+fraction:]
	}
	if len(word) == 0 {
		return true
	}
	if word[0]|0x20 != 'e' {
		return false
	}
	word = word[1:]
	if len(word) > 0 && (word[0] == '+' || word[0] == '-') {
		word = word[1:]
	}
	return len(word) > 0 && digits(word) == len(word)
}

// digits counts the digits that a text begins with.
func digits(text []byte) int {
	n := 0
	for n < len(text) && '0' <= text[n] && text[n] <= '9' {
		n++
	}
	return n
}
