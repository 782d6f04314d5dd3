// The parser of status lines and fields, which forgives as browsers forgive.

package httphead

import (
	"strconv"
	"strings"
)

const blanks = " \t"

// builder gathers one head line by line. A field stays pending until the next
// one begins, because a fold may continue it.
type builder struct {
	head    Head
	name    string
	value   strings.Builder
	pending bool
	cookies int // Set-Cookie fields seen
	fields  int // fields seen, the dropped cookies apart
}

// statusLine reads "HTTP-version SP status-code SP [reason]" (RFC 9112 section
// 4) with any number of blanks, as Chromium's ParseStatusLine does.
func (b *builder) statusLine(line string) {
	h := &b.head
	line = b.clean(line, "the status line")
	proto, rest, _ := strings.Cut(line, " ")
	h.Proto = proto
	if len(proto) != len("HTTP/1.1") || proto[:7] != "HTTP/1." || !isDigit(proto[7]) {
		h.note("protocol %s in the status line", shown(proto))
	}
	rest = strings.TrimLeft(rest, blanks)
	digits := 0
	for digits < len(rest) && isDigit(rest[digits]) {
		digits++
	}
	h.Status, _ = strconv.Atoi(rest[:min(digits, 9)])
	h.Reason = strings.Trim(rest[digits:], blanks)
	if digits != 3 {
		h.note("status code of %d digits", digits)
		return
	}
	if rest[3:] != "" && !strings.ContainsAny(rest[3:4], blanks) {
		h.note("no blank after the status code")
	}
}

// line takes the n-th line of the head, counted from the status line.
func (b *builder) line(n int, line string) {
	if strings.ContainsAny(line[:1], blanks) {
		b.fold(n, line)
		return
	}
	b.flush()
	name, value, found := strings.Cut(line, ":")
	if !found {
		b.head.note("line %d has no colon", n)
		return
	}
	trimmed := strings.TrimRight(name, blanks)
	if !isToken(trimmed) {
		b.head.note("line %d: no valid header name before the colon", n)
		return
	}
	if trimmed != name {
		b.head.note("blank before the colon of header %s", shown(trimmed))
		b.doubt(trimmed)
	}
	b.name, b.pending = trimmed, true
	b.value.WriteString(value)
}

// fold joins an obs-fold to the field before it, with one blank in its place
// (RFC 9112 section 5.2). Where there is no such field browsers drop the line.
func (b *builder) fold(n int, line string) {
	if !b.pending {
		b.head.note("line %d begins with a blank and continues no header", n)
		return
	}
	b.head.note("obs-fold unfolded in header %s", shown(b.name))
	b.doubt(b.name)
	b.value.WriteByte(' ')
	b.value.WriteString(strings.Trim(line, blanks))
}

// doubt marks a field that some readers would not see as the length of the body.
func (b *builder) doubt(name string) {
	if strings.EqualFold(name, "Content-Length") || strings.EqualFold(name, "Transfer-Encoding") {
		b.head.Smuggling = true
	}
}

func (b *builder) flush() {
	if !b.pending {
		return
	}
	value := strings.Trim(b.clean(b.value.String(), "header "+shown(b.name)), blanks)
	b.pending = false
	b.value.Reset()
	if strings.EqualFold(b.name, "Set-Cookie") {
		if b.cookies++; b.cookies > MaxSetCookie {
			b.once(b.cookies == MaxSetCookie+1, "more than %d Set-Cookie fields: the rest is not kept", MaxSetCookie)
			return
		}
	}
	if b.fields++; b.fields > MaxFields {
		b.once(b.fields == MaxFields+1, "more than %d fields: the rest is not kept", MaxFields)
		return
	}
	b.head.Fields = append(b.head.Fields, Field{Name: b.name, Value: value})
}

// once spares a flood the making of its sentence a thousand times.
func (b *builder) once(first bool, format string, args ...any) {
	if first {
		b.head.note(format, args...)
	}
}

func (b *builder) finish() {
	b.flush()
	b.head.checkFraming()
}

// clean names the control bytes of a text and puts a blank in the place of NUL
// and CR, which RFC 9110 section 5.5 asks of a recipient; the others stay.
func (b *builder) clean(text, where string) string {
	for i := range len(text) {
		if c := text[i]; c < ' ' && c != '\t' || c == 0x7f {
			b.head.note("control byte 0x%02x in %s", c, where)
		}
	}
	return withoutBreaks.Replace(text)
}

var withoutBreaks = strings.NewReplacer("\x00", " ", "\r", " ")

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// isToken holds for a token (RFC 9110 section 5.6.2).
func isToken(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && !isDigit(c) && strings.IndexByte("!#$%&'*+-.^_`|~", c) < 0 {
			return false
		}
	}
	return s != ""
}
