// Package cookieonhttp finds session cookies that are handed out over plain
// HTTP.
package cookieonhttp

import (
	"middlebrick/checks/encryption/internal/cookies"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.cookieonhttp.
var Rule = rule.On2(rule.Meta{
	ID:       "encryption.cookieonhttp",
	Title:    "A session cookie is handed out over plain HTTP",
	Severity: rule.High,
	CWE:      []rule.CWE{319, 523},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(6265, "8.3"), rule.Document("RFC6265bis"), rule.Document("OWASPSessions")},
}, observe.SetCookies, observe.PlainPages, judge)

func judge(seen observe.Cookies, plain observe.Pages) rule.Verdict {
	if plain.Absent != "" {
		return rule.Passf("there is no http form: %s", plain.Absent)
	}
	if len(plain.Pages) == 0 || seen.HTTPAsked == 0 {
		return rule.Inconclusive("the http form gave no answer to look at")
	}
	over := observe.Cookies{HTTPAsked: seen.HTTPAsked, HTTPSAbsent: "only http counts here"}
	for _, cookie := range seen.Seen {
		if !cookie.Secured {
			over.Seen = append(over.Seen, cookie)
		}
	}
	if v := question(over); v.Outcome != rule.NotApplies {
		return v
	}
	return rule.Passf("nothing that was looked at over http sets a session cookie (answers: %d)", seen.HTTPAsked)
}

var question = cookies.Judged(rule.High, cookies.Question{
	About: "session cookie",
	Of:    cookies.Session,
	Wrong: wrong,
	Right: "no session cookie is handed out over http",
})

func wrong(c observe.Cookie) cookies.Wrong {
	if c.Secure {
		return cookies.Wrong{Saw: cookies.Named(c) + " was sent in clear; it carries Secure, so that browsers refuse it there and other clients keep it", Severity: rule.Low}
	}
	return cookies.Wrong{Saw: cookies.Named(c) + " was sent in clear: whoever is on the path has it"}
}
