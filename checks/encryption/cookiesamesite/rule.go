// Package cookiesamesite finds session cookies that other sites can have sent.
package cookiesamesite

import (
	"middlebrick/checks/encryption/internal/cookies"
	"middlebrick/checks/encryption/internal/say"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.cookiesamesite.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.cookiesamesite",
	Title:    "Other sites can have a session cookie sent",
	Severity: rule.Low,
	CWE:      []rule.CWE{1275},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"6.2.4"},
	Cites:    []rule.Cite{rule.Document("RFC6265bis"), rule.Document("FlaskConfig"), rule.Document("FlaskSecurity")},
}, observe.SetCookies, cookies.Judged(rule.Low, cookies.Question{
	About: "session cookie",
	Of:    cookies.Session,
	Wrong: wrong,
	Right: "every session cookie says SameSite=Lax or SameSite=Strict",
}))

func wrong(c observe.Cookie) cookies.Wrong {
	switch mode := c.SameSiteMode(); {
	case mode == "Lax" || mode == "Strict":
		return cookies.Wrong{}
	case mode == "None" && !c.Secure:
		return cookies.Wrong{Saw: cookies.Named(c) + " says SameSite=None without Secure: browsers refuse it, so that nobody stays logged in; other clients take it",
			Severity: rule.Medium}
	case mode == "None":
		return cookies.Wrong{Saw: cookies.Named(c) + " says SameSite=None: every site can have it sent, which is right only for an application that others embed or call",
			Severity: rule.Info}
	case c.SameSite != nil:
		return cookies.Wrong{Saw: cookies.Named(c) + " says SameSite=" + say.Plain(*c.SameSite) + ", which means nothing: browsers act as if it were not there"}
	}
	return cookies.Wrong{Saw: cookies.Named(c) + " came without SameSite: Chromium acts as for Lax (save for a POST in the first two minutes), Firefox and Safari set no limit"}
}
