// Where a body ends, and whether two readers could disagree about it.

package httphead

import (
	"strconv"
	"strings"
)

// framing is how the end of a body is told (RFC 9112 section 6.3).
type framing struct {
	chunked bool
	length  int64 // -1 where the body runs until the connection closes
}

// framing picks as browsers do: chunked before a length, the first valid length
// of several, otherwise until close.
func (h Head) framing() framing {
	codings := h.transferCodings()
	if len(codings) > 0 {
		return framing{chunked: codings[len(codings)-1] == "chunked", length: -1}
	}
	for _, text := range h.lengths() {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil && isDigits(text) {
			return framing{length: n}
		}
	}
	return framing{length: -1}
}

// checkFraming notes what makes a proxy and its server disagree about the end of
// a body (RFC 9112 sections 6.1, 6.3 and 11.2).
func (h *Head) checkFraming() {
	codings, lengths := h.transferCodings(), h.lengths()
	if len(codings) > 0 && len(lengths) > 0 {
		h.suspect("Content-Length and Transfer-Encoding together")
	}
	for i, coding := range codings {
		switch {
		case coding != "chunked" && !knownCodings[coding]:
			h.suspect("unknown transfer coding %s", shown(coding))
		case coding == "chunked" && i != len(codings)-1:
			h.suspect("transfer coding chunked is not the last")
		}
	}
	if len(codings) > 0 && h.Proto == "HTTP/1.0" {
		h.suspect("Transfer-Encoding in an HTTP/1.0 response")
	}
	if len(codings) > 0 && (h.Status == 204 || h.Status >= 100 && h.Status <= 199) {
		h.note("Transfer-Encoding in a %d response", h.Status)
	}
	for i, text := range lengths {
		switch {
		case !isDigits(text):
			h.suspect("content-length is not a number")
		case strings.TrimLeft(text, "0") != strings.TrimLeft(lengths[0], "0"):
			h.suspect("duplicate content-length with different values")
		case i > 0:
			h.note("duplicate content-length with the same value")
		case len(text) > 18:
			h.suspect("content-length of %d digits", len(text))
		}
	}
	h.checkTwice("Location")
}

func (h *Head) suspect(format string, args ...any) {
	h.Smuggling = true
	h.note(format, args...)
}

// checkTwice notes a field that browsers refuse to see twice with different
// values (Chromium: ERR_RESPONSE_HEADERS_MULTIPLE_LOCATION).
func (h *Head) checkTwice(name string) {
	values := h.Values(name)
	for _, v := range values {
		if v != values[0] {
			h.note("duplicate %s with different values", strings.ToLower(name))
		}
	}
}

// knownCodings are the transfer codings of the IANA registry beside chunked.
var knownCodings = map[string]bool{
	"gzip": true, "x-gzip": true, "deflate": true, "compress": true, "x-compress": true, "identity": true,
}

func (h Head) transferCodings() []string { return list(h.Values("Transfer-Encoding")) }

func (h Head) lengths() []string { return list(h.Values("Content-Length")) }

// list splits comma-separated values and lowers their case; empty members of a
// field are dropped (RFC 9110 section 5.6.1), an empty field is kept as "".
func list(values []string) []string {
	members := []string{}
	for _, value := range values {
		before := len(members)
		for member := range strings.SplitSeq(value, ",") {
			if member = strings.Trim(member, blanks); member != "" {
				members = append(members, strings.ToLower(member))
			}
		}
		if len(members) == before {
			members = append(members, "")
		}
	}
	return members
}

func isDigits(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}
