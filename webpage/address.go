// Addresses as browsers read them: the WHATWG URL parser for the schemes that
// a page can load from. Package net/url follows RFC 3986, which no browser
// does: it keeps a newline or a backslash, takes "http:host" for opaque and
// 0x7f.1 for a name, and so it would miss what a browser fetches.

package webpage

import "strings"

// address is a parsed URL. Where scheme is not one of the special ones, only
// scheme and rest are set.
type address struct {
	scheme string
	user   string // with its "@"
	host   string // as serialized, IPv6 in brackets
	port   string // with its ":", empty if the default one
	path   string
	query  string // with its "?"
	mark   string // fragment, with its "#"
	rest   string // everything after the colon, for other schemes
}

func (a address) special() bool { return defaultPort(a.scheme) != "" }

func (a address) String() string {
	if !a.special() {
		return a.scheme + ":" + a.rest
	}
	return a.scheme + "://" + a.user + a.host + a.port + a.path + a.query + a.mark
}

// sameOrigin compares by scheme, host and port (RFC 6454 section 5).
func (a address) sameOrigin(b address) bool {
	return a.scheme == b.scheme && a.host == b.host && a.port == b.port
}

func defaultPort(scheme string) string {
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

// resolve reads ref relative to base (WHATWG URL section 4.4). It is false
// for what a browser cannot parse, and for more than maxURL bytes.
func resolve(base address, ref string) (address, bool) {
	ref = clean(ref)
	scheme, rest, absolute := cutScheme(ref)
	switch {
	case absolute && defaultPort(scheme) == "":
		return address{scheme: scheme, rest: rest}, true
	case len(ref) > maxURL:
		return address{}, false
	case absolute && (scheme != base.scheme || startsWithSlashes(rest)):
		return parseAuthority(scheme, strings.TrimLeft(rest, `/\`))
	case absolute:
		return resolvePath(base, rest)
	case !base.special():
		return address{}, false
	case startsWithSlashes(ref):
		return parseAuthority(base.scheme, strings.TrimLeft(ref, `/\`))
	}
	return resolvePath(base, ref)
}

// clean strips what the URL parser strips before it starts: outer control
// characters and spaces, and tabs and newlines anywhere.
func clean(s string) string {
	s = strings.TrimFunc(s, func(r rune) bool { return r <= ' ' })
	if !strings.ContainsAny(s, "\t\n\r") {
		return s
	}
	return strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(s)
}

// cutScheme cuts "scheme:" off, in lower case.
func cutScheme(s string) (scheme, rest string, ok bool) {
	for i := range len(s) {
		c := s[i] | 0x20
		switch {
		case 'a' <= c && c <= 'z':
		case i > 0 && s[i] == ':':
			return strings.ToLower(s[:i]), s[i+1:], true
		case i > 0 && ('0' <= s[i] && s[i] <= '9' || s[i] == '+' || s[i] == '-' || s[i] == '.'):
		default:
			return "", s, false
		}
	}
	return "", s, false
}

func startsWithSlashes(s string) bool {
	return len(s) >= 2 && (s[0] == '/' || s[0] == '\\') && (s[1] == '/' || s[1] == '\\')
}

// parseAuthority reads what follows the slashes of a special URL.
func parseAuthority(scheme, s string) (address, bool) {
	end := strings.IndexAny(s, `/\?#`)
	if end < 0 {
		end = len(s)
	}
	authority, tail := s[:end], s[end:]
	a := address{scheme: scheme}
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		if user := authority[:at]; strings.Trim(user, ":") != "" {
			a.user = escape(user, userSet) + "@"
		}
		authority = authority[at+1:]
	}
	host, port, ok := cutPort(authority)
	if !ok {
		return address{}, false
	}
	if a.host, ok = parseHost(host); !ok {
		return address{}, false
	}
	if port != "" && ":"+port != defaultPort(scheme) {
		a.port = ":" + port
	}
	return a.withTail(tail, "/"), true
}

// cutPort cuts the port off and drops its leading zeros.
func cutPort(s string) (host, port string, ok bool) {
	colon := strings.LastIndexByte(s, ':')
	if colon < 0 || strings.IndexByte(s[colon:], ']') >= 0 {
		return s, "", true
	}
	number := 0
	for _, c := range []byte(s[colon+1:]) {
		if c < '0' || c > '9' {
			return "", "", false
		}
		if number = number*10 + int(c-'0'); number > 65535 {
			return "", "", false
		}
	}
	port = strings.TrimLeft(s[colon+1:], "0")
	if port == "" && colon+1 < len(s) {
		port = "0"
	}
	return s[:colon], port, true
}

// resolvePath reads a reference without authority.
func resolvePath(base address, ref string) (address, bool) {
	a := base
	a.mark = ""
	switch {
	case ref == "":
		return a, true
	case ref[0] == '#':
		a.mark = "#" + escape(ref[1:], fragmentSet)
		return a, true
	case ref[0] == '?':
		return a.withTail(ref, base.path), true
	case ref[0] == '/' || ref[0] == '\\':
		return a.withTail(ref, "/"), true
	}
	dir := base.path[:strings.LastIndexByte(base.path, '/')+1]
	return a.withTail(dir+ref, "/"), true
}

// withTail sets path, query and fragment from what follows the authority.
func (a address) withTail(tail, emptyPath string) address {
	tail, mark, marked := strings.Cut(tail, "#")
	tail, query, queried := strings.Cut(tail, "?")
	a.path, a.query, a.mark = emptyPath, "", ""
	if tail != "" {
		a.path = normalizePath(tail)
	}
	if queried {
		a.query = "?" + escape(query, querySet)
	}
	if marked {
		a.mark = "#" + escape(mark, fragmentSet)
	}
	return a
}

// normalizePath removes dot segments and escapes the rest.
func normalizePath(p string) string {
	p = strings.ReplaceAll(p, `\`, "/")
	segments := strings.Split(strings.TrimPrefix(p, "/"), "/")
	kept := segments[:0]
	for i, s := range segments {
		last := i == len(segments)-1
		switch dots(s) {
		case 2:
			kept = kept[:max(0, len(kept)-1)]
			if last {
				kept = append(kept, "")
			}
		case 1:
			if last {
				kept = append(kept, "")
			}
		default:
			kept = append(kept, escape(s, pathSet))
		}
	}
	return "/" + strings.Join(kept, "/")
}

// dots says whether a segment means "." (1), ".." (2) or itself (0).
func dots(s string) int {
	if len(s) > len("%2e%2e") {
		return 0
	}
	switch strings.ReplaceAll(strings.ToLower(s), "%2e", ".") {
	case ".":
		return 1
	case "..":
		return 2
	}
	return 0
}

// Characters that each part percent-encodes besides controls, the space and
// all beyond ASCII (WHATWG URL section 1.3).
const (
	fragmentSet = "\"<>`"
	querySet    = "\"#<>'"
	pathSet     = "\"#<>?^`{}"
	userSet     = pathSet + "/;=@[\\]|"
)

func escape(s, set string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c > ' ' && c < 0x7F && strings.IndexByte(set, c) < 0 {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}
	return b.String()
}
