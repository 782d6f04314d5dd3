// Source expressions of a Content Security Policy and what they match (CSP3
// section 6.7.2).

package webpage

import (
	"strings"

	"middlebrick/weburl"
)

// source is one value of a directive, read once.
type source struct {
	word            string // in lower case, where it is a keyword or a sandbox flag
	nonce           string
	algorithm, hash string
	any             bool   // *
	self            bool   // 'self'
	scheme          string // empty means the page's own
	host            string // empty where only the scheme counts
	port            string // with its colon
	path            string
}

func parseSource(s string) source {
	lower := strings.ToLower(s)
	switch {
	case s == "*":
		return source{any: true}
	case lower == "'self'":
		return source{self: true, word: lower}
	case strings.HasPrefix(lower, "'nonce-"):
		return source{nonce: strings.TrimSuffix(s[len("'nonce-"):], "'")}
	case strings.HasPrefix(lower, "'sha"):
		algorithm, hash, _ := strings.Cut(strings.Trim(s, "'"), "-")
		return source{algorithm: strings.ToLower(algorithm), hash: strings.NewReplacer("-", "+", "_", "/").Replace(hash)}
	case lower[0] == '\'':
		return source{word: lower}
	}
	out := source{word: lower}
	if scheme, _, ok := weburl.CutScheme(lower); ok && scheme+":" == lower {
		out.scheme = scheme
		return out
	}
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		scheme, rest = "", s
	}
	place, path, hasPath := strings.Cut(rest, "/")
	out.scheme, out.host = strings.ToLower(scheme), strings.ToLower(place)
	if colon := strings.LastIndexByte(place, ':'); colon >= 0 && !strings.HasSuffix(place, "]") {
		out.host, out.port = strings.ToLower(place[:colon]), place[colon:]
	}
	if hasPath {
		out.path = "/" + path
	}
	return out
}

func anyMatches(values []source, a, self weburl.URL) bool {
	for _, s := range values {
		if s.matches(a, self) {
			return true
		}
	}
	return false
}

func (s source) matches(a, self weburl.URL) bool {
	switch {
	case s.any:
		return a.Special() && a.Scheme != "ftp" || a.Scheme == self.Scheme
	case s.self:
		return matchesSelf(a, self)
	case s.host == "":
		return s.scheme != "" && schemeMatches(s.scheme, a.Scheme)
	case !a.Special():
		return false
	}
	scheme := s.scheme
	if scheme == "" {
		scheme = self.Scheme
	}
	return schemeMatches(scheme, a.Scheme) && nameMatches(s.host, a.Host) && portMatches(s.port, a) && pathMatches(s.path, a.Path)
}

// matchesSelf also lets a page reach its own host more securely than it was
// itself reached.
func matchesSelf(a, self weburl.URL) bool {
	if a.SameOrigin(self) {
		return true
	}
	samePlace := a.Host == self.Host && a.Port == self.Port
	return samePlace && (a.Scheme == "https" || a.Scheme == "wss" || self.Scheme == "http" && a.Scheme == "ws")
}

// schemeMatches lets every scheme match its more secure forms.
func schemeMatches(want, got string) bool {
	switch {
	case want == got:
		return true
	case want == "http":
		return got == "https"
	case want == "ws":
		return got == "wss" || got == "http" || got == "https"
	case want == "wss":
		return got == "https"
	}
	return false
}

func nameMatches(want, got string) bool {
	if want == "*" {
		return true
	}
	if tail, ok := strings.CutPrefix(want, "*"); ok {
		return strings.HasPrefix(tail, ".") && strings.HasSuffix(got, tail) && got != tail
	}
	return want == got
}

func portMatches(want string, a weburl.URL) bool {
	got := a.Port
	if got == "" {
		got = weburl.DefaultPort(a.Scheme)
	}
	switch want {
	case ":*", got:
		return true
	case "":
		return got == weburl.DefaultPort(a.Scheme)
	}
	return want == ":80" && got == ":443"
}

func pathMatches(want, got string) bool {
	if want == "" {
		return true
	}
	if strings.HasSuffix(want, "/") {
		return strings.HasPrefix(got, want)
	}
	return want == got
}
