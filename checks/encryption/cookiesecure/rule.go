// Package cookiesecure finds cookies that clients may send over plain HTTP.
package cookiesecure

import (
	"fmt"

	"middlebrick/checks/encryption/internal/cookies"
	"middlebrick/checks/encryption/internal/say"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.cookiesecure.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.cookiesecure",
	Title:    "A cookie may be sent over plain HTTP",
	Severity: rule.High,
	CWE:      []rule.CWE{614, 319, 523},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1", "6.2.4"},
	Cites:    []rule.Cite{rule.RFC(6265, "4.1.2.5"), rule.Document("RFC6265bis"), rule.Document("FlaskConfig"), rule.Document("OWASPSessions")},
	Cap:      rule.Band{Low: 40, High: 60, From: rule.Critical},
}, observe.SetCookies, judge)

func judge(seen observe.Cookies) rule.Verdict {
	if seen.HTTPSAbsent != "" {
		return rule.NotApplicable("there is no https form, over which alone a Secure cookie could be set: " + seen.HTTPSAbsent)
	}
	return question(seen)
}

var question = cookies.Judged(rule.High, cookies.Question{
	About: "cookie",
	// A token that script reads in order to send it back proves nothing alone.
	Of:    func(c observe.Cookie) bool { return c.Secured && !c.Shape.CSRF },
	Wrong: wrong,
	Right: "every cookie that was set over https carries Secure",
})

func wrong(c observe.Cookie) cookies.Wrong {
	switch {
	case c.Secure && c.SecureHasValue:
		return cookies.Wrong{Saw: fmt.Sprintf("%s carries Secure=%s: browsers take it for Secure, curl does not and sends the cookie in clear; Werkzeug 2.3 and later write this where SESSION_COOKIE_SECURE is no bool",
			cookies.Named(c), say.Plain(c.SecureValue)), Severity: rule.Low}
	case c.Secure:
		return cookies.Wrong{}
	case cookies.Session(c):
		return cookies.Wrong{Saw: cookies.Named(c) + " came without Secure: it can be sent over http://"}
	}
	return cookies.Wrong{Saw: cookies.Named(c) + " came without Secure; it does not look like a session's", Severity: rule.Low}
}
