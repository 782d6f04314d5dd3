// Package cookielifetime finds cookies that outlive what they are good for.
package cookielifetime

import (
	"fmt"
	"time"

	"middlebrick/checks/encryption/internal/cookies"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.cookielifetime.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.cookielifetime",
	Title:    "A cookie lives too long",
	Severity: rule.Low,
	CWE:      []rule.CWE{539},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"6.2.4"},
	Cites:    []rule.Cite{rule.RFC(6265, "7.3"), rule.Document("RFC6265bis"), rule.Document("FlaskConfig"), rule.Document("OWASPSessions")},
}, observe.SetCookies, cookies.Judged(rule.Low, cookies.Question{
	About: "cookie",
	Of:    func(observe.Cookie) bool { return true },
	Wrong: wrong,
	Right: "no cookie lives longer than 400 days, and no session longer than 30",
}))

const (
	day     = int64(24 * time.Hour / time.Second)
	most    = 400 * day // RFC 6265bis section 5.5: browsers cut what is longer
	session = 30 * day
)

func wrong(c observe.Cookie) cookies.Wrong {
	lives := fmt.Sprintf("%s lives for %d days", cookies.Named(c), (c.LifetimeSeconds+day/2)/day)
	if c.LifetimeSeconds > most {
		lives += " (browsers cut that to 400)"
	}
	switch {
	case !c.Persistent || c.LifetimeSeconds <= session:
		return cookies.Wrong{}
	case cookies.Session(c) && c.Shape.Kind == "flask-remember":
		return cookies.Wrong{Saw: lives + ": Flask-Login's token is the same at every login and logs in alone, until the secret key or the user's id changes"}
	case cookies.Session(c):
		return cookies.Wrong{Saw: lives + ": whoever gets hold of it is logged in for as long"}
	case c.LifetimeSeconds > most:
		return cookies.Wrong{Saw: lives, Severity: rule.Info}
	}
	return cookies.Wrong{}
}
