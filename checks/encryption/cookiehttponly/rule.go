// Package cookiehttponly finds session cookies that script in a page can read.
package cookiehttponly

import (
	"middlebrick/checks/encryption/internal/cookies"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.cookiehttponly.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.cookiehttponly",
	Title:    "Script can read a session cookie",
	Severity: rule.Medium,
	CWE:      []rule.CWE{1004},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"6.2.4"},
	Cites:    []rule.Cite{rule.RFC(6265, "4.1.2.6"), rule.Document("FlaskConfig"), rule.Document("OWASPSessions")},
}, observe.SetCookies, cookies.Judged(rule.Medium, cookies.Question{
	About: "session cookie",
	Of:    cookies.Session,
	Wrong: wrong,
	Right: "every session cookie carries HttpOnly",
}))

func wrong(c observe.Cookie) cookies.Wrong {
	if c.HTTPOnly {
		return cookies.Wrong{}
	}
	return cookies.Wrong{Saw: cookies.Named(c) + " came without HttpOnly: any script in the page can read it and send it away"}
}
