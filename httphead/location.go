// Location, resolved as browsers resolve it: the URL standard's parser
// (url.spec.whatwg.org, section 4.4) for http and https.

package httphead

import (
	"errors"
	"fmt"
	"strings"
)

var (
	// ErrScheme says that a location leads away from http and https.
	ErrScheme = errors.New("scheme is neither http nor https")
	// ErrLocation says that a location leads nowhere: empty, no host, a bad port.
	ErrLocation = errors.New("not a location")
)

// Resolve returns the absolute URL that a browser at base asks for next when a
// redirect names location. It forgives what browsers forgive: blanks around it,
// tabs and line ends inside, backslashes for slashes, "http:/host", "///host",
// raw UTF-8. Dot segments are gone, the default port is too, and a fragment of
// base is inherited (RFC 9110 section 10.2.2). A "%" that begins no escape
// becomes "%25", which browsers do not do, so that net/url can read the result.
// Hosts outside ASCII come back in Unicode; IDNA is the caller's.
//
// The error is ErrScheme for every scheme but http and https, and names it;
// otherwise ErrLocation.
func Resolve(base, location string) (string, error) {
	from, err := parseURL(address{}, base)
	if err != nil {
		return "", fmt.Errorf("resolving location: base %q: %w", clip(base), err)
	}
	to, err := parseURL(from, location)
	if err != nil {
		return "", fmt.Errorf("resolving location %q: %w", clip(location), err)
	}
	if to.fragment == "" {
		to.fragment = from.fragment
	}
	return to.String(), nil
}

// SameHost says that two absolute URLs name the same host, so that an HSTS
// header of one serves the other. Scheme and port do not matter to HSTS (RFC
// 6797 section 8.3), nor do letter case and a trailing dot.
func SameHost(a, b string) bool {
	first, errFirst := parseURL(address{}, a)
	second, errSecond := parseURL(address{}, b)
	return errFirst == nil && errSecond == nil &&
		strings.TrimSuffix(first.host, ".") == strings.TrimSuffix(second.host, ".")
}

func clip(s string) string { return s[:min(len(s), 200)] }

// address is a parsed http or https URL; query and fragment keep their mark.
type address struct {
	scheme, userinfo, host, port, path, query, fragment string
}

func (a address) String() string {
	out := a.scheme + "://"
	if a.userinfo != "" {
		out += a.userinfo + "@"
	}
	out += a.host
	if a.port != "" {
		out += ":" + a.port
	}
	return out + a.path + a.query + a.fragment
}

// parseURL reads text against base, which is empty for an absolute URL.
func parseURL(base address, text string) (address, error) {
	text = strings.TrimFunc(text, func(r rune) bool { return r <= ' ' })
	text = lineBreaks.Replace(text)
	if text == "" {
		return address{}, fmt.Errorf("%w: empty", ErrLocation)
	}
	scheme, rest, absolute := cutScheme(text)
	if absolute && scheme != "http" && scheme != "https" {
		return address{}, fmt.Errorf("%w: %q", ErrScheme, clip(scheme))
	}
	if absolute && (scheme != base.scheme || strings.HasPrefix(rest, "//")) {
		return parseAuthority(scheme, strings.TrimLeft(rest, `/\`))
	}
	if base.scheme == "" {
		return address{}, fmt.Errorf("%w: no scheme", ErrLocation)
	}
	if len(rest) > 1 && isSlash(rest[0]) && isSlash(rest[1]) {
		return parseAuthority(base.scheme, strings.TrimLeft(rest, `/\`))
	}
	return parseRelative(base, rest), nil
}

var lineBreaks = strings.NewReplacer("\t", "", "\n", "", "\r", "")

func isSlash(c byte) bool { return c == '/' || c == '\\' }

// cutScheme finds "scheme:" and lowers it; without one rest is the whole text.
func cutScheme(text string) (scheme, rest string, found bool) {
	scheme, rest, found = strings.Cut(text, ":")
	if !found || scheme == "" || scheme[0]|0x20 < 'a' || scheme[0]|0x20 > 'z' {
		return "", text, false
	}
	scheme = strings.ToLower(scheme)
	if strings.Trim(scheme, "abcdefghijklmnopqrstuvwxyz0123456789+-.") != "" {
		return "", text, false
	}
	return scheme, rest, true
}

// parseRelative replaces the path of base, or only its query or fragment.
func parseRelative(base address, text string) address {
	path, query, fragment := cutTail(text)
	to := base
	to.fragment = fragment
	if path == "" && query == "" {
		return to
	}
	to.query = query
	switch {
	case path == "":
	case isSlash(path[0]):
		to.path = cleanPath(path)
	default:
		to.path = cleanPath(base.path[:strings.LastIndexByte(base.path, '/')+1] + path)
	}
	return to
}

// cutTail parts a path from its query and fragment, both with their mark.
func cutTail(text string) (path, query, fragment string) {
	if at := strings.IndexByte(text, '#'); at >= 0 {
		text, fragment = text[:at], encode(text[at:], "\"<>`")
	}
	if at := strings.IndexByte(text, '?'); at >= 0 {
		text, query = text[:at], encode(text[at:], "\"<>'")
	}
	return text, query, fragment
}

// parseAuthority reads what stands after "scheme://".
func parseAuthority(scheme, text string) (address, error) {
	end := strings.IndexAny(text, `/\?#`)
	if end < 0 {
		end = len(text)
	}
	authority, tail := text[:end], text[end:]
	to := address{scheme: scheme}
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		to.userinfo = encodeUserinfo(authority[:at])
		authority = authority[at+1:]
	}
	var err error
	if to.host, to.port, err = hostPort(scheme, authority); err != nil {
		return address{}, err
	}
	path, query, fragment := cutTail(tail)
	to.path, to.query, to.fragment = cleanPath(path), query, fragment
	return to, nil
}

// encodeUserinfo escapes name and password each for itself and drops an empty
// password with its colon.
func encodeUserinfo(text string) string {
	const special = "\"<>`#?{}/:;=@[]^|\\"
	name, password, _ := strings.Cut(text, ":")
	if password == "" {
		return encode(name, special)
	}
	return encode(name, special) + ":" + encode(password, special)
}

// cleanPath encodes a path and takes out its dot segments, also the escaped ones.
func cleanPath(path string) string {
	segments := []string{}
	parts := strings.Split(strings.ReplaceAll(path, `\`, "/"), "/") // of "/a/b": "", "a", "b"
	if len(parts) == 1 {
		return "/"
	}
	for i, part := range parts[1:] {
		last := i == len(parts)-2
		switch escapedDots.Replace(part) {
		case "..":
			segments = segments[:max(0, len(segments)-1)]
		case ".":
		default:
			segments = append(segments, encode(part, "\"<>`#?{}^"))
			continue
		}
		if last {
			segments = append(segments, "")
		}
	}
	return "/" + strings.Join(segments, "/")
}

var escapedDots = strings.NewReplacer("%2e", ".", "%2E", ".")
