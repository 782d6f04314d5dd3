// Set-Cookie, as RFC 6265 section 5 and its revision (6265bis, section 5.6) have
// browsers read it.

package httphead

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	maxCookiePair      = 4096 // name and value together, in bytes (6265bis section 5.6, step 5)
	maxCookieAttribute = 1024 // one attribute's value, in bytes (6265bis section 5.6.1)
)

// Cookie is one Set-Cookie line as a browser reads it. Attribute values stand as
// they were written, the last of several, and are nil where the attribute is
// absent, which is not the same as empty.
//
// Value is a secret more often than not: whoever keeps a Cookie replaces it by
// its mark first.
type Cookie struct {
	Name           string   `json:"name"`
	Value          string   `json:"value"`
	Domain         *string  `json:"domain,omitempty"`
	Path           *string  `json:"path,omitempty"`
	SameSite       *string  `json:"sameSite,omitempty"`
	Expires        *string  `json:"expires,omitempty"`
	MaxAge         *string  `json:"maxAge,omitempty"`
	Secure         bool     `json:"secure"` // whatever its value: 6265bis section 5.6.5
	HTTPOnly       bool     `json:"httpOnly"`
	Partitioned    bool     `json:"partitioned"`
	SecureHasValue bool     `json:"secureHasValue"` // "Secure=…": curl up to 7.88 at least ignores such an attribute
	SecureValue    string   `json:"secureValue"`    // Werkzeug from 2.3 on writes SESSION_COOKIE_SECURE='False' here
	Order          []string `json:"order"`          // attribute names as written: a mark of the framework
	Problems       []string `json:"problems"`       // what is odd, in sentences without the value
}

// ParseSetCookie reads one Set-Cookie value. It always returns what is there;
// Refused says whether a browser would keep it.
func ParseSetCookie(line string) Cookie {
	c := Cookie{Order: []string{}, Problems: []string{}}
	pair, rest, more := strings.Cut(line, ";")
	name, value, found := strings.Cut(pair, "=")
	if !found {
		name, value = "", pair
	}
	c.Name, c.Value = strings.Trim(name, blanks), strings.Trim(value, blanks)
	c.checkPair(line, found)
	for attribute := ""; more; {
		attribute, rest, more = strings.Cut(rest, ";")
		if strings.Trim(attribute, blanks) != "" {
			c.attribute(attribute)
		}
	}
	if c.Secure && c.SecureHasValue {
		c.problem("Secure carries the value %s: browsers take it as Secure, curl 7.88 does not", shown(c.SecureValue))
	}
	return c
}

func (c *Cookie) checkPair(line string, found bool) {
	if !found {
		c.problem("no equals sign: the whole is a value without a name")
	}
	if strings.ContainsFunc(line, isControl) {
		c.problem("%s", controlInCookie)
	}
	if len(c.Value) > 1 && c.Value[0] == '"' && c.Value[len(c.Value)-1] == '"' {
		c.problem("the value stands in quotes, which belong to it")
	}
	if strings.ContainsAny(c.Value, "\", \\") {
		c.problem("the value holds a quote, a comma, a blank or a backslash")
	}
}

const controlInCookie = "the line holds a control byte"

// isControl holds for %x00-08 / %x0A-1F / %x7F (6265bis section 5.6, step 1).
func isControl(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

// attributes says what each known attribute sets.
var attributes = map[string]func(c *Cookie, value string, assigned bool){
	"domain":      func(c *Cookie, v string, _ bool) { c.Domain = &v },
	"path":        func(c *Cookie, v string, _ bool) { c.Path = &v },
	"samesite":    (*Cookie).setSameSite,
	"expires":     (*Cookie).setExpires,
	"max-age":     (*Cookie).setMaxAge,
	"httponly":    func(c *Cookie, _ string, _ bool) { c.HTTPOnly = true },
	"partitioned": func(c *Cookie, _ string, _ bool) { c.Partitioned = true },
	"priority":    func(*Cookie, string, bool) {}, // Chromium's own
	"version":     func(*Cookie, string, bool) {}, // RFC 2109, ignored by all
	"comment":     func(*Cookie, string, bool) {}, // likewise
	"secure": func(c *Cookie, v string, assigned bool) {
		c.Secure = true
		c.SecureHasValue, c.SecureValue = assigned, v
	},
}

func (c *Cookie) attribute(text string) {
	name, value, assigned := strings.Cut(text, "=")
	name, value = strings.Trim(name, blanks), strings.Trim(value, blanks)
	set, known := attributes[strings.ToLower(name)]
	if !known {
		c.Order = append(c.Order, orderName(name))
		c.problem("unknown attribute %s", orderName(name))
		return
	}
	if slices.ContainsFunc(c.Order, func(o string) bool { return strings.EqualFold(o, name) }) {
		c.problem("attribute %s appears twice: the last one counts", name)
	}
	c.Order = append(c.Order, name)
	if len(value) > maxCookieAttribute {
		c.problem("attribute %s is longer than %d bytes: browsers ignore it", name, maxCookieAttribute)
		return
	}
	set(c, value, assigned)
}

// orderName hides what is no attribute but the rest of a value that held a ";".
func orderName(name string) string {
	if len(name) > 20 || strings.ContainsFunc(name, func(r rune) bool { return r != '-' && (r|0x20 < 'a' || r|0x20 > 'z') }) {
		return "?"
	}
	return name
}

func (c *Cookie) setSameSite(value string, _ bool) {
	c.SameSite = &value
	if c.SameSiteMode() == "" {
		c.problem("SameSite value %s is unknown: browsers act as if there were none", shown(value))
	}
}

func (c *Cookie) setExpires(value string, _ bool) {
	if _, ok := ParseCookieDate(value); !ok {
		c.problem("Expires is not a date: browsers ignore it")
		if c.Expires != nil {
			return
		}
	}
	c.Expires = &value
}

func (c *Cookie) setMaxAge(value string, _ bool) {
	if _, ok := maxAgeSeconds(value); !ok {
		c.problem("Max-Age is not a number: browsers ignore it")
		if c.MaxAge != nil {
			return
		}
	}
	c.MaxAge = &value
}

// SameSiteMode returns "Strict", "Lax" or "None" however it was spelt, and ""
// where the attribute is absent or unknown, which browsers treat as Lax with
// exceptions (6265bis section 5.6.7).
func (c Cookie) SameSiteMode() string {
	for _, mode := range []string{"Strict", "Lax", "None"} {
		if c.SameSite != nil && strings.EqualFold(*c.SameSite, mode) {
			return mode
		}
	}
	return ""
}

// Scope returns the domain a browser would store, without a leading dot and in
// lower case, and "" for a cookie of the answering host alone (6265bis sections
// 5.6.3 and 5.7). Whether the host may set it is not judged here.
func (c Cookie) Scope() string {
	if c.Domain == nil {
		return ""
	}
	return strings.ToLower(strings.TrimPrefix(*c.Domain, "."))
}

// Lifetime says how long a browser keeps a cookie received at date. Max-Age goes
// before Expires (RFC 6265 section 5.3, step 3); session holds where neither can
// be read. A deletion gives a d of 0 or less. Browsers cut at 400 days (6265bis
// section 5.5); d is not cut.
func (c Cookie) Lifetime(date time.Time) (d time.Duration, session bool) {
	if c.MaxAge != nil {
		if seconds, ok := maxAgeSeconds(*c.MaxAge); ok {
			return seconds, false
		}
	}
	if c.Expires != nil {
		if at, ok := ParseCookieDate(*c.Expires); ok {
			return at.Sub(date), false
		}
	}
	return 0, true
}

// maxAgeSeconds reads an optional minus and digits; huge numbers become the
// longest Duration (6265bis section 5.6.2).
func maxAgeSeconds(value string) (time.Duration, bool) {
	digits := strings.TrimPrefix(value, "-")
	if !isDigits(digits) {
		return 0, false
	}
	const most = math.MaxInt64 / int64(time.Second)
	seconds, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || seconds > most {
		seconds = most
	}
	if digits != value {
		return 0, true // already over
	}
	return time.Duration(seconds) * time.Second, true
}

func (c *Cookie) problem(format string, args ...any) {
	sentence := fmt.Sprintf(format, args...)
	if len(c.Problems) < maxSentences && !slices.Contains(c.Problems, sentence) {
		c.Problems = append(c.Problems, sentence)
	}
}

// Refused says why a browser drops the cookie whatever host sent it over https,
// and "" where it does not (6265bis sections 5.6 and 5.7; CHIPS for
// Partitioned). Over plain HTTP a Secure cookie is dropped as well.
func (c Cookie) Refused() string {
	for _, r := range refusals {
		if r.when(c) {
			return r.why
		}
	}
	return ""
}

// refusals stand in the order in which browsers come upon them.
var refusals = []struct {
	why  string
	when func(Cookie) bool
}{
	{controlInCookie, func(c Cookie) bool { return slices.Contains(c.Problems, controlInCookie) }},
	{"neither a name nor a value", func(c Cookie) bool { return c.Name == "" && c.Value == "" }},
	{"name and value are longer than 4096 bytes", func(c Cookie) bool { return len(c.Name)+len(c.Value) > maxCookiePair }},
	{"SameSite=None without Secure", func(c Cookie) bool { return c.SameSiteMode() == "None" && !c.Secure }},
	{"a nameless value that begins like a prefix", func(c Cookie) bool {
		return c.Name == "" && (hasPrefix(c.Value, "__Secure-") || hasPrefix(c.Value, "__Host-"))
	}},
	{"prefix __Secure- without Secure", func(c Cookie) bool { return hasPrefix(c.Name, "__Secure-") && !c.Secure }},
	{"prefix __Host- without Secure", func(c Cookie) bool { return hasPrefix(c.Name, "__Host-") && !c.Secure }},
	{"prefix __Host- with Domain", func(c Cookie) bool { return hasPrefix(c.Name, "__Host-") && c.Scope() != "" }},
	{"prefix __Host- without Path=/", func(c Cookie) bool {
		return hasPrefix(c.Name, "__Host-") && (c.Path == nil || *c.Path != "/")
	}},
	{"Partitioned without Secure", func(c Cookie) bool { return c.Partitioned && !c.Secure }},
}

// hasPrefix compares without case, as 6265bis has it since draft 13.
func hasPrefix(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
