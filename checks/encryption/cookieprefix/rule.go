// Package cookieprefix finds cookie name prefixes that are misused, and session
// cookies that could bear one.
package cookieprefix

import (
	"strings"

	"middlebrick/checks/encryption/internal/cookies"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.cookieprefix.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.cookieprefix",
	Title:    "A cookie misuses a name prefix, or does without its protection",
	Severity: rule.Info,
	CWE:      []rule.CWE{565},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"6.2.4"},
	Cites:    []rule.Cite{rule.Document("RFC6265bis"), rule.RFC(6265, "8.6"), rule.Document("FlaskConfig")},
}, observe.SetCookies, cookies.Judged(rule.Info, cookies.Question{
	About: "prefixed cookie and no Secure session cookie",
	Of:    func(c observe.Cookie) bool { return prefixed(c) || c.Secured && c.Secure && cookies.Session(c) },
	Wrong: wrong,
	Right: "no cookie breaks its prefix, and every Secure session cookie bears one",
}))

// misused begins what httphead says of a cookie that breaks its prefix.
const misused = "prefix "

func wrong(c observe.Cookie) cookies.Wrong {
	switch {
	case strings.HasPrefix(c.Refused, misused):
		return cookies.Wrong{Saw: cookies.Named(c) + " breaks the promise of its name (" + c.Refused + "): browsers refuse it", Severity: rule.Medium}
	case prefixed(c):
		return cookies.Wrong{}
	case c.Scope() == "" && c.Path != nil && *c.Path == "/":
		return cookies.Wrong{Saw: cookies.Named(c) + " meets all that __Host- asks for and does not bear it: a neighbouring host or plain HTTP can plant one of its name"}
	}
	return cookies.Wrong{Saw: cookies.Named(c) + " could bear __Secure-: plain HTTP can plant one of its name"}
}

func prefixed(c observe.Cookie) bool {
	lower := strings.ToLower(c.Name)
	return strings.HasPrefix(lower, "__host-") || strings.HasPrefix(lower, "__secure-")
}
