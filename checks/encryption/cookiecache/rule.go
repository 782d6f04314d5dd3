// Package cookiecache finds answers with a session cookie that shared caches may
// keep and hand to others.
package cookiecache

import (
	"slices"

	"middlebrick/checks/encryption/internal/cookies"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.cookiecache.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.cookiecache",
	Title:    "A cache may hand one user's session to another",
	Severity: rule.Medium,
	CWE:      []rule.CWE{524},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"6.2.4"},
	Cites:    []rule.Cite{rule.RFC(9111, "7.3"), rule.RFC(9111, "3"), rule.RFC(9110, "12.5.5"), rule.Document("FlaskCache")},
}, observe.SetCookies, cookies.Judged(rule.Medium, cookies.Question{
	About: "session cookie",
	Of:    cookies.Session,
	Wrong: wrong,
	Right: "no cache may hand an answer with a session cookie to somebody else",
}))

// heuristic are the statuses that a cache may keep unasked (RFC 9110 section
// 15.1); any other only when it is told to.
var heuristic = []int{200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501}

func wrong(c observe.Cookie) cookies.Wrong {
	said := cookies.Directives(c)
	has := func(names ...string) bool {
		return slices.ContainsFunc(names, func(name string) bool { _, ok := said[name]; return ok })
	}
	invited := has("public", "s-maxage") || has("max-age") && said["max-age"] != "0"
	varies := cookies.Varies(c, "Cookie")
	switch {
	case has("no-store", "private") || !invited && !slices.Contains(heuristic, c.Status):
		return cookies.Wrong{}
	case varies && invited:
		return cookies.Wrong{Saw: "caches are told to keep the answer that sets " + cookies.Named(c) + "; Vary: Cookie holds back only those that heed it, which many content delivery networks do not",
			Severity: rule.Low}
	case varies:
		return cookies.Wrong{}
	case has("no-cache") || said["max-age"] == "0":
		return cookies.Wrong{Saw: "the answer that sets " + cookies.Named(c) + " may be kept by a cache, which must ask before it hands it to somebody else", Severity: rule.Low}
	case invited:
		return cookies.Wrong{Saw: "caches are told to keep the answer that sets " + cookies.Named(c) + ", for everybody: neither Vary: Cookie nor private is said"}
	}
	return cookies.Wrong{Saw: "the answer that sets " + cookies.Named(c) + " says neither Vary: Cookie nor Cache-Control: private or no-store: a shared cache may keep it and hand the cookie to somebody else"}
}
