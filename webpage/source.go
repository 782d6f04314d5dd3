// Source expressions of a Content Security Policy and what they match (CSP3
// section 6.7.2).
package webpage

import "strings"

func anyMatches(values []string, a, self address) bool {
	for _, v := range values {
		if matches(v, a, self) {
			return true
		}
	}
	return false
}

func matches(expression string, a, self address) bool {
	switch {
	case expression == "*":
		return a.special() && a.scheme != "ftp" || a.scheme == self.scheme
	case strings.EqualFold(expression, "'self'"):
		return matchesSelf(a, self)
	case strings.HasPrefix(expression, "'"):
		return false
	}
	if scheme, rest, ok := cutScheme(expression); ok && rest == "" {
		return schemeMatches(scheme, a.scheme)
	}
	return hostMatches(expression, a, self)
}

// matchesSelf also lets a page reach its own host more securely than it was
// itself reached.
func matchesSelf(a, self address) bool {
	if a.sameOrigin(self) {
		return true
	}
	samePlace := a.host == self.host && a.port == self.port
	return samePlace && (a.scheme == "https" || a.scheme == "wss" || self.scheme == "http" && a.scheme == "ws")
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

// hostMatches reads [scheme://]host[:port][/path].
func hostMatches(expression string, a, self address) bool {
	scheme, rest, ok := strings.Cut(expression, "://")
	if !ok {
		scheme, rest = self.scheme, expression
	}
	place, path, hasPath := strings.Cut(rest, "/")
	host, port := place, ""
	if colon := strings.LastIndexByte(place, ':'); colon >= 0 && !strings.HasSuffix(place, "]") {
		host, port = place[:colon], place[colon:]
	}
	if !a.special() || !schemeMatches(strings.ToLower(scheme), a.scheme) {
		return false
	}
	return nameMatches(strings.ToLower(host), a.host) && portMatches(port, a) && (!hasPath || pathMatches("/"+path, a.path))
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

func portMatches(want string, a address) bool {
	got := a.port
	if got == "" {
		got = defaultPort(a.scheme)
	}
	switch want {
	case ":*", got:
		return true
	case "":
		return got == defaultPort(a.scheme)
	}
	return want == ":80" && got == ":443"
}

func pathMatches(want, got string) bool {
	if strings.HasSuffix(want, "/") {
		return strings.HasPrefix(got, want)
	}
	return want == got
}
