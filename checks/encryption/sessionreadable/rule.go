// Package sessionreadable finds sessions whose content everybody can read who
// holds the cookie.
package sessionreadable

import (
	"fmt"
	"slices"
	"strings"

	"middlebrick/checks/encryption/internal/cookies"
	"middlebrick/checks/encryption/internal/say"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.sessionreadable.
var Rule = rule.On2(rule.Meta{
	ID:       "encryption.sessionreadable",
	Title:    "A session can be read without its key",
	Severity: rule.Info,
	CWE:      []rule.CWE{315},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"6.2.4"},
	Cites:    []rule.Cite{rule.Document("ItsDangerous"), rule.Document("FlaskSecurity"), rule.Document("OWASPSessions")},
}, observe.SetCookies, observe.FlaskKeys, judge)

func judge(seen observe.Cookies, sessions observe.Sessions) rule.Verdict {
	var places say.Places
	decoded := map[string]bool{}
	for _, session := range sessions.Seen {
		saw, severity := read(session)
		decoded[session.Cookie] = true
		places.Add("cookie "+say.Plain(session.Cookie), saw, severity, session.Ref)
	}
	about := 0
	for _, cookie := range seen.Seen {
		if !cookies.Session(cookie) || cookies.Deletion(cookie) {
			continue
		}
		about++
		if format, open := formats[cookie.Shape.Kind]; open && !decoded[cookie.Name] {
			places.Add(cookies.Where(cookie), cookies.Named(cookie)+" is "+format+": whoever holds it can read what stands in it", "", cookie.Ref)
		}
	}
	if failure, failed := places.Failed(); failed {
		return failure
	}
	if v, incomplete := cookies.Incomplete(seen); incomplete {
		return v
	}
	if about == 0 {
		return cookies.Unseen(seen, "session cookie")
	}
	return rule.Passf("every session cookie is an id or is encrypted")
}

// formats that hide nothing, besides Flask's, which is decoded.
var formats = map[string]string{
	"flask-session":          "a Flask session, signed and not encrypted",
	"starlette-session":      "a Starlette session, signed and not encrypted",
	"django-signed":          "a Django signed session, not encrypted",
	"express-cookie-session": "a cookie-session of Express, not encrypted",
	"jwt":                    "a JSON Web Token, signed and not encrypted",
}

const mostNames = 20

// read says the names that stand in a session, never what they hold.
func read(session observe.Session) (string, rule.Severity) {
	var names, private []string
	for i, name := range session.Names {
		if i < mostNames {
			names = append(names, say.Quoted(name))
		}
		if sensitive(name) {
			private = append(private, say.Quoted(name))
		}
	}
	saw := fmt.Sprintf("the session cookie %s decodes without a key to %s", say.Quoted(session.Cookie), strings.Join(names, ", "))
	if more := len(session.Names) - len(names); more > 0 {
		saw += fmt.Sprintf(" and %d more", more)
	}
	if len(private) == 0 {
		return saw, ""
	}
	return saw + "; " + strings.Join(private[:min(len(private), mostNames)], ", ") + " should not be readable", rule.Medium
}

// Names that should not be readable: long words wherever they stand, short ones
// as words of their own. What every Flask application has is set aside.
var (
	parts = []string{"password", "passwd", "passphrase", "secret", "token", "apikey", "api_key", "credential", "email", "e_mail",
		"iban", "account_number", "passport", "diagnosis"}
	words = []string{"pwd", "otp", "totp", "mfa", "pin", "ssn", "card", "cvv", "cvc", "phone", "mobile", "address", "birthday",
		"birthdate", "dob", "salary"}
	harmless = []string{"csrf_token", "_csrf_token", "xsrf_token"}
)

func sensitive(name string) bool {
	lower := strings.ToLower(strings.ReplaceAll(name, "-", "_"))
	if slices.Contains(harmless, lower) {
		return false
	}
	if slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(lower, part) }) {
		return true
	}
	return slices.ContainsFunc(strings.FieldsFunc(lower, func(r rune) bool { return r == '_' || r == '.' || r == ' ' }),
		func(word string) bool { return slices.Contains(words, word) })
}
