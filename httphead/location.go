// Location, resolved as browsers resolve it, for http and https.

package httphead

import (
	"errors"
	"fmt"
	"strings"

	"middlebrick/weburl"
)

var (
	// ErrScheme says that a location leads away from http and https.
	ErrScheme = errors.New("scheme is neither http nor https")
	// ErrLocation says that a location leads nowhere: empty, no host, a bad port.
	ErrLocation = errors.New("not a location")
)

// Resolve returns the absolute URL that a browser at base asks for next when a
// redirect names location, as package weburl reads it: the host is in ASCII, dot
// segments and the default port are gone. A fragment of base is inherited (RFC
// 9110 section 10.2.2). In three things it departs from browsers, the last two so
// that net/url can read the result: an empty location leads nowhere, a "%" that
// begins no escape becomes "%25", and hosts with one of "`{}" are refused.
//
// The error is ErrScheme for every scheme but http and https, and names it;
// otherwise ErrLocation.
func Resolve(base, location string) (string, error) {
	from, err := parseURL(weburl.URL{}, base)
	if err != nil {
		return "", fmt.Errorf("resolving location: base %q: %w", clip(base), err)
	}
	to, err := parseURL(from, location)
	if err != nil {
		return "", fmt.Errorf("resolving location %q: %w", clip(location), err)
	}
	if to.Fragment == "" {
		to.Fragment = from.Fragment
	}
	return escapeStray(to.String()), nil
}

// SameHost says that two absolute URLs name the same host, so that an HSTS
// header of one serves the other. Scheme and port do not matter to HSTS (RFC
// 6797 section 8.3), nor do letter case, a trailing dot, and whether a name
// outside ASCII is written as such or in Punycode.
func SameHost(a, b string) bool {
	first, errFirst := parseURL(weburl.URL{}, a)
	second, errSecond := parseURL(weburl.URL{}, b)
	return errFirst == nil && errSecond == nil &&
		strings.TrimSuffix(first.Host, ".") == strings.TrimSuffix(second.Host, ".")
}

// parseURL reads text against base, which is empty for an absolute URL.
func parseURL(base weburl.URL, text string) (weburl.URL, error) {
	scheme, rest, absolute := weburl.CutScheme(text)
	if absolute && scheme != "http" && scheme != "https" {
		return weburl.URL{}, fmt.Errorf("%w: %q", ErrScheme, clip(scheme))
	}
	if !absolute && rest == "" {
		return weburl.URL{}, fmt.Errorf("%w: empty", ErrLocation)
	}
	to, err := weburl.Parse(base, text)
	if err != nil {
		return weburl.URL{}, fmt.Errorf("%w: %w", ErrLocation, err)
	}
	if strings.ContainsAny(to.Host, "`{}") {
		return weburl.URL{}, fmt.Errorf("%w: a character that no resolver takes in a host", ErrLocation)
	}
	return to, nil
}

func clip(s string) string { return s[:min(len(s), 200)] }

// escapeStray escapes every "%" that begins no escape.
func escapeStray(address string) string {
	var out strings.Builder
	for i := range len(address) {
		out.WriteByte(address[i])
		if address[i] == '%' && (i+2 >= len(address) || !isHex(address[i+1]) || !isHex(address[i+2])) {
			out.WriteString("25")
		}
	}
	return out.String()
}

func isHex(c byte) bool { return strings.IndexByte("0123456789abcdefABCDEF", c) >= 0 }
