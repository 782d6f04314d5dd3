// Package httphead reads HTTP/1.x responses as browsers do, forgiving what they
// forgive, and parses exactly the headers that transport security hangs on.
//
// It holds no socket and no clock: bytes come from an io.Reader, times from the
// caller. What a standard forbids is kept beside the answer in plain sentences
// (Head.Malformed, HSTS.Reason, Cookie.Problems) and never costs the answer
// itself, because one bad byte must not hide a missing header. No sentence
// repeats a header's value: values may be secrets.
package httphead

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// What a head may cost. A response past a limit is cut there, not refused whole.
const (
	MaxHead      = 64 << 10 // bytes of status lines and fields, interim responses included
	MaxInterim   = 5        // 1xx responses before the final one
	MaxFields    = 1000     // fields kept of one head
	MaxSetCookie = 100      // Set-Cookie fields kept of one head

	maxSentences = 32
	maxNameShown = 64
)

var (
	// ErrNotHTTP says that what was read does not begin as an HTTP/1.x response.
	ErrNotHTTP = errors.New("not an HTTP/1.x response")
	// ErrTooLarge says that a limit of this package was reached.
	ErrTooLarge = errors.New("too large")
)

// NotHTTPError is an ErrNotHTTP with the bytes that the peer sent instead, at
// most 64 of them. They are hostile and may hold anything.
type NotHTTPError struct{ First []byte }

func (e *NotHTTPError) Error() string {
	return fmt.Sprintf("reading response head: %v: begins %q", ErrNotHTTP, e.First)
}

// Unwrap makes errors.Is(err, ErrNotHTTP) hold.
func (e *NotHTTPError) Unwrap() error { return ErrNotHTTP }

// Field is one header field: the name as it was written, the value without the
// blanks around it (RFC 9112 section 5.1).
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Head is the status line and the fields of one final response, or of an
// unsolicited 101.
type Head struct {
	Proto     string   `json:"proto"`  // "HTTP/1.1", as it was written
	Status    int      `json:"status"` // 0 where the status line holds no number
	Reason    string   `json:"reason"` // may be empty; its letter case tells servers apart
	Fields    []Field  `json:"fields"`
	Malformed []string `json:"malformed"` // what the standard forbids, one sentence each
	Interim   int      `json:"interim"`   // 1xx responses that came before
	Smuggling bool     `json:"smuggling"` // two readers may disagree where the body ends (RFC 9112 section 11.2)
}

// Values returns the values of every field of that name, in the order of the
// response. Names compare without case (RFC 9110 section 5.1).
func (h Head) Values(name string) []string {
	values := []string{}
	for _, f := range h.Fields {
		if strings.EqualFold(f.Name, name) {
			values = append(values, f.Value)
		}
	}
	return values
}

// Get returns the first value of that name, or "".
func (h Head) Get(name string) string {
	for _, f := range h.Fields {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

// note adds a sentence once; a hostile response cannot make the list long.
func (h *Head) note(format string, args ...any) {
	sentence := fmt.Sprintf(format, args...)
	if len(h.Malformed) >= maxSentences || slices.Contains(h.Malformed, sentence) {
		return
	}
	h.Malformed = append(h.Malformed, sentence)
}

// shown quotes a header name for a sentence.
func shown(name string) string {
	if len(name) > maxNameShown {
		name = name[:maxNameShown] + "…"
	}
	return fmt.Sprintf("%q", name)
}
