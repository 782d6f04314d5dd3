// Strict-Transport-Security, as RFC 6797 writes it and browsers read it.

package httphead

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// PreloadMaxAge is the least max-age, in seconds, that the HSTS preload list
// accepts (hstspreload.org, submission requirements).
const PreloadMaxAge = 31536000

// HSTS is what the Strict-Transport-Security fields of one response mean.
// Over plain HTTP they mean nothing (RFC 6797 section 8.1); that is the
// caller's to know.
type HSTS struct {
	Present           bool   `json:"present"`
	Valid             bool   `json:"valid"`         // conforms to section 6.1; browsers heed it
	Reason            string `json:"reason"`        // why it is not valid, exactly; "" if it is
	MaxAgeSeconds     int64  `json:"maxAgeSeconds"` // 0 asks the browser to forget the host
	IncludeSubDomains bool   `json:"includeSubDomains"`
	Preload           bool   `json:"preload"`
	Headers           int    `json:"headers"` // fields of that name; only the first is heeded
	Raw               string `json:"raw"`     // that first one
}

// ParseHSTS judges the values of all Strict-Transport-Security fields of one
// response, in order. Only the first counts, even where it is broken and the
// second is not (RFC 6797 section 8.1).
//
// A max-age past 2^63-1 is called not valid: the grammar allows the digits, but
// Chromium reads them as one year and Firefox overflows or drops the header, so
// that nobody can rely on it. A directive that neither browser knows and that
// stands there twice breaks section 6.1 too, though both forgive it.
func ParseHSTS(values []string) HSTS {
	if len(values) == 0 {
		return HSTS{}
	}
	h := HSTS{Present: true, Headers: len(values), Raw: values[0]}
	h.Reason = h.parse(values[0])
	h.Valid = h.Reason == ""
	if !h.Valid {
		return HSTS{Present: true, Headers: h.Headers, Raw: h.Raw, Reason: h.Reason}
	}
	return h
}

// Eligible returns why the HSTS preload list would refuse this header, an empty
// list if it would not (hstspreload.org, submission requirements; the
// certificate, the redirect and the subdomains are judged elsewhere).
func (h HSTS) Eligible() []string {
	if !h.Present {
		return []string{"no Strict-Transport-Security header"}
	}
	if !h.Valid {
		return []string{"the header is not valid: " + h.Reason}
	}
	reasons := []string{}
	if h.MaxAgeSeconds < PreloadMaxAge {
		reasons = append(reasons, fmt.Sprintf("max-age is %d, less than %d (one year)", h.MaxAgeSeconds, PreloadMaxAge))
	}
	if !h.IncludeSubDomains {
		reasons = append(reasons, "no includeSubDomains")
	}
	if !h.Preload {
		reasons = append(reasons, "no preload")
	}
	if h.Headers > 1 {
		reasons = append(reasons, fmt.Sprintf("%d Strict-Transport-Security headers in one response", h.Headers))
	}
	return reasons
}

// parse fills in the directives and returns the first thing that is wrong.
func (h *HSTS) parse(value string) string {
	directives, reason := hstsDirectives(value)
	if reason != "" {
		return reason
	}
	seen := map[string]bool{}
	for _, d := range directives {
		name := strings.ToLower(d.name)
		if seen[name] {
			return twice(d.name)
		}
		seen[name] = true
		switch name {
		case "max-age":
			h.MaxAgeSeconds, reason = maxAge(d)
		case "includesubdomains":
			h.IncludeSubDomains, reason = true, valueless(d)
		case "preload":
			h.Preload, reason = true, ""
		}
		if reason != "" {
			return reason
		}
	}
	if !seen["max-age"] {
		return "max-age is missing"
	}
	return ""
}

func twice(name string) string {
	switch strings.ToLower(name) {
	case "max-age", "includesubdomains", "preload":
		return name + " appears twice"
	}
	return fmt.Sprintf("directive %s appears twice", shown(name))
}

func valueless(d hstsDirective) string {
	if d.assigned {
		return d.name + " has a value"
	}
	return ""
}

// maxAge reads delta-seconds (RFC 6797 section 6.1.1).
func maxAge(d hstsDirective) (int64, string) {
	if d.value == "" {
		return 0, "max-age has no value"
	}
	if strings.HasPrefix(d.value, "-") && isDigits(d.value[1:]) {
		return 0, "max-age is negative"
	}
	if !isDigits(d.value) {
		return 0, "max-age is not a whole number"
	}
	seconds, err := strconv.ParseInt(d.value, 10, 64)
	if err != nil {
		return 0, fmt.Sprintf("max-age is more than %d", math.MaxInt64)
	}
	return seconds, ""
}

type hstsDirective struct {
	name, value string
	assigned    bool // a "=" was there
}

// hstsDirectives splits at ";" outside quotes. Empty directives are allowed.
func hstsDirectives(value string) ([]hstsDirective, string) {
	directives := []hstsDirective{}
	for rest := value; rest != ""; {
		end, closed := directiveEnd(rest)
		if !closed {
			return nil, "a quote is not closed"
		}
		text := strings.Trim(rest[:end], blanks)
		rest = rest[min(end+1, len(rest)):]
		if text == "" {
			continue
		}
		d, reason := hstsDirectiveOf(text)
		if reason != "" {
			return nil, reason
		}
		directives = append(directives, d)
	}
	return directives, ""
}

// directiveEnd finds the next ";" that no quoted-string holds.
func directiveEnd(s string) (end int, closed bool) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case quoted && s[i] == '\\':
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == ';' && !quoted:
			return i, true
		}
	}
	return len(s), !quoted
}

// hstsDirectiveOf reads name [ "=" ( token / quoted-string ) ], with blanks
// allowed around "=" as the grammar of RFC 2616 has it.
func hstsDirectiveOf(text string) (hstsDirective, string) {
	name, value, assigned := strings.Cut(text, "=")
	name = strings.TrimRight(name, blanks)
	value = strings.TrimLeft(value, blanks)
	d := hstsDirective{name: name, value: value, assigned: assigned}
	if !isToken(name) {
		return d, "directive name " + shown(name) + " is not a token" + hint(name)
	}
	if unquoted, ok := unquote(value); ok {
		d.value = unquoted
		return d, ""
	}
	if value == "" || isToken(value) {
		return d, ""
	}
	if strings.EqualFold(name, "max-age") {
		_, reason := maxAge(d)
		return d, reason + hint(value)
	}
	return d, "value of " + shown(name) + " is neither a token nor quoted" + hint(value)
}

// hint names the commonest slip.
func hint(text string) string {
	if strings.Contains(text, ",") {
		return " (a comma where a semicolon belongs?)"
	}
	return ""
}

// unquote undoes a quoted-string (RFC 9110 section 5.6.4).
func unquote(s string) (string, bool) {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return s, false
	}
	var out strings.Builder
	for inner := s[1 : len(s)-1]; inner != ""; inner = inner[1:] {
		if inner[0] == '"' {
			return s, false
		}
		if inner[0] == '\\' && len(inner) > 1 {
			inner = inner[1:]
		}
		out.WriteByte(inner[0])
	}
	return out.String(), true
}
