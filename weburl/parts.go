// The parts of a URL after its scheme, by the URL standard section 4.4, and
// what each of them escapes.

package weburl

import (
	"errors"
	"strings"
)

var errPort = errors.New("port is not a number up to 65535")

// parseAuthority reads what follows the slashes of a special URL.
func parseAuthority(scheme, s string) (URL, error) {
	end := strings.IndexAny(s, `/\?#`)
	if end < 0 {
		end = len(s)
	}
	authority, tail := s[:end], s[end:]
	u := URL{Scheme: scheme}
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		u.User = userinfo(authority[:at])
		authority = authority[at+1:]
	}
	host, port, err := cutPort(authority)
	if err != nil {
		return URL{}, err
	}
	if u.Host, err = parseHost(host); err != nil {
		return URL{}, err
	}
	if port != "" && ":"+port != DefaultPort(scheme) {
		u.Port = ":" + port
	}
	return u.withTail(tail, "/"), nil
}

// userinfo escapes name and password each for itself, and drops an empty
// password with its colon.
func userinfo(s string) string {
	name, password, _ := strings.Cut(s, ":")
	switch {
	case password != "":
		return escape(name, userSet) + ":" + escape(password, userSet) + "@"
	case name != "":
		return escape(name, userSet) + "@"
	}
	return ""
}

// cutPort cuts the port off and drops its leading zeros.
func cutPort(s string) (host, port string, err error) {
	colon := strings.LastIndexByte(s, ':')
	if colon < 0 || strings.IndexByte(s[colon:], ']') >= 0 {
		return s, "", nil
	}
	number := 0
	for _, c := range []byte(s[colon+1:]) {
		if c < '0' || c > '9' {
			return "", "", errPort
		}
		if number = number*10 + int(c-'0'); number > 65535 {
			return "", "", errPort
		}
	}
	port = strings.TrimLeft(s[colon+1:], "0")
	if port == "" && colon+1 < len(s) {
		port = "0"
	}
	return s[:colon], port, nil
}

// parsePath reads a reference without authority.
func parsePath(base URL, ref string) URL {
	u := base
	u.Fragment = ""
	switch {
	case ref == "":
		return u
	case ref[0] == '#':
		u.Fragment = "#" + escape(ref[1:], fragmentSet)
		return u
	case ref[0] == '?':
		return u.withTail(ref, base.Path)
	case ref[0] == '/' || ref[0] == '\\':
		return u.withTail(ref, "/")
	}
	dir := base.Path[:strings.LastIndexByte(base.Path, '/')+1]
	return u.withTail(dir+ref, "/")
}

// withTail sets path, query and fragment from what follows the authority.
func (u URL) withTail(tail, emptyPath string) URL {
	tail, fragment, marked := strings.Cut(tail, "#")
	tail, query, queried := strings.Cut(tail, "?")
	u.Path, u.Query, u.Fragment = emptyPath, "", ""
	if tail != "" {
		u.Path = normalizePath(tail)
	}
	if queried {
		u.Query = "?" + escape(query, querySet)
	}
	if marked {
		u.Fragment = "#" + escape(fragment, fragmentSet)
	}
	return u
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
	userSet     = pathSet + "/:;=@[\\]|"
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
