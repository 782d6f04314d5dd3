// Package weburl reads addresses as browsers read them: the WHATWG URL standard
// (url.spec.whatwg.org) for the schemes that a page or a redirect can lead to.
// It opens nothing. Package net/url follows RFC 3986, which no browser does: it
// keeps a newline or a backslash, takes "http:host" for opaque and 0x7f.1 for a
// name, and so it would miss where a browser goes.
package weburl

import (
	"errors"
	"net/netip"
	"strings"
)

// URL is a parsed address, its parts as they are serialized and with the marks
// that set them apart, so that the parts put together are the whole. Of a scheme
// that is not special only Scheme and Rest are set.
type URL struct {
	Scheme   string // in lower case
	User     string // name and password, with its "@"
	Host     string // in ASCII and lower case; IPv6 in brackets, IPv4 in four decimal parts
	Port     string // with its ":"; empty if it is the scheme's own
	Path     string // begins with "/"
	Query    string // with its "?"
	Fragment string // with its "#"
	Rest     string // all after the colon, where the scheme is not special
}

func (u URL) String() string {
	if !u.Special() {
		return u.Scheme + ":" + u.Rest
	}
	return u.Scheme + "://" + u.User + u.Host + u.Port + u.Path + u.Query + u.Fragment
}

// Special says whether the address has a host: http, https, ws, wss and ftp.
// The standard counts file: among the special schemes as well; here it is like
// javascript: or mailto:, since it leads to no other machine.
func (u URL) Special() bool { return DefaultPort(u.Scheme) != "" }

// SameOrigin compares by scheme, host and port (RFC 6454 section 5).
func (u URL) SameOrigin(other URL) bool {
	return u.Scheme == other.Scheme && u.Host == other.Host && u.Port == other.Port
}

// Insecure says whether the address is fetched in clear from somewhere else: an
// http:, ws: or ftp: URL of a host that is not the visitor's own machine. By
// Secure Contexts section 3.1 that machine is 127.0.0.0/8, ::1, localhost and
// names below it.
func (u URL) Insecure() bool {
	switch u.Scheme {
	case "http", "ws", "ftp":
		return !u.loopback()
	}
	return false
}

func (u URL) loopback() bool {
	name := strings.TrimSuffix(u.Host, ".")
	if name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return true
	}
	ip, ok := u.IP()
	return ok && ip.IsLoopback() && !ip.Is4In6()
}

// IP returns the host's address, if the host is one.
func (u URL) IP() (netip.Addr, bool) {
	ip, err := netip.ParseAddr(strings.Trim(u.Host, "[]"))
	return ip, err == nil
}

// DefaultPort returns the port of a special scheme with its colon, and nothing
// for other schemes.
func DefaultPort(scheme string) string {
	switch scheme {
	case "http", "ws":
		return ":80"
	case "https", "wss":
		return ":443"
	case "ftp":
		return ":21"
	}
	return ""
}

var errRelative = errors.New("no scheme, and none to take over")

// Parse reads ref as it stands at base (WHATWG URL section 4.4); base is URL{}
// where ref has to be absolute. An empty ref is base without its fragment. The
// error says what no browser could read. References relative to a base whose
// scheme is not special are refused too, as nothing is loaded from there.
func Parse(base URL, ref string) (URL, error) {
	scheme, rest, absolute := CutScheme(ref)
	switch {
	case absolute && DefaultPort(scheme) == "":
		return URL{Scheme: scheme, Rest: rest}, nil
	case absolute && (scheme != base.Scheme || startsWithSlashes(rest)):
		return parseAuthority(scheme, strings.TrimLeft(rest, `/\`))
	case !base.Special():
		return URL{}, errRelative
	case startsWithSlashes(rest):
		return parseAuthority(base.Scheme, strings.TrimLeft(rest, `/\`))
	}
	return parsePath(base, rest), nil
}

// CutScheme cuts "scheme:" off a reference and lowers it. What the URL parser
// strips before it starts is gone from rest: outer control characters and
// spaces, and tabs and newlines anywhere. Without a scheme rest is all of it.
func CutScheme(ref string) (scheme, rest string, ok bool) {
	ref = clean(ref)
	for i := range len(ref) {
		c := ref[i] | 0x20
		switch {
		case 'a' <= c && c <= 'z':
		case i > 0 && ref[i] == ':':
			return strings.ToLower(ref[:i]), ref[i+1:], true
		case i > 0 && ('0' <= ref[i] && ref[i] <= '9' || ref[i] == '+' || ref[i] == '-' || ref[i] == '.'):
		default:
			return "", ref, false
		}
	}
	return "", ref, false
}

func clean(s string) string {
	s = strings.TrimFunc(s, func(r rune) bool { return r <= ' ' })
	if !strings.ContainsAny(s, "\t\n\r") {
		return s
	}
	return lineBreaks.Replace(s)
}

var lineBreaks = strings.NewReplacer("\t", "", "\n", "", "\r", "")

func startsWithSlashes(s string) bool {
	return len(s) >= 2 && (s[0] == '/' || s[0] == '\\') && (s[1] == '/' || s[1] == '\\')
}
