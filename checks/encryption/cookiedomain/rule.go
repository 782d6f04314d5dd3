// Package cookiedomain finds session cookies that are shared with other hosts.
package cookiedomain

import (
	"strings"

	"middlebrick/checks/encryption/internal/cookies"
	"middlebrick/checks/encryption/internal/say"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.cookiedomain.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.cookiedomain",
	Title:    "A session cookie is shared with other hosts",
	Severity: rule.Medium,
	CWE:      []rule.CWE{565},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"6.2.4"},
	Cites:    []rule.Cite{rule.RFC(6265, "4.1.2.3"), rule.RFC(6265, "8.6"), rule.Document("FlaskConfig"), rule.Document("OWASPSessions")},
}, observe.SetCookies, cookies.Judged(rule.Medium, cookies.Question{
	About: "session cookie",
	Of:    cookies.Session,
	Wrong: wrong,
	Right: "every session cookie belongs to the host that set it",
}))

func wrong(c observe.Cookie) cookies.Wrong {
	scope, host := c.Scope(), cookies.Host(c)
	shown := say.Plain(scope)
	switch {
	case scope == "":
		return cookies.Wrong{}
	case scope == host:
		return cookies.Wrong{Saw: cookies.Named(c) + " says Domain=" + shown + ": it is sent to all hosts below " + shown + " as well", Severity: rule.Low}
	case strings.HasSuffix(host, "."+scope):
		return cookies.Wrong{Saw: cookies.Named(c) + " says Domain=" + shown + ": it is sent to every host of " + shown + ", and any of them can set one in its place"}
	}
	return cookies.Wrong{Saw: cookies.Named(c) + " says Domain=" + shown + ", which is not the domain of the host that set it: browsers refuse it", Severity: rule.Low}
}
