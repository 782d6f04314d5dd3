// Package cookies asks every cookie rule's questions in one way: which cookies
// is it about, what is wrong with each, and was enough looked at to say that
// nothing is. A deletion is no cookie, and a cookie that was not seen is no
// secure one.
package cookies

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"middlebrick/checks/encryption/internal/say"
	"middlebrick/observe"
	"middlebrick/rule"
)

// A Question is what one rule asks of cookies.
type Question struct {
	About string                    // "session cookie": what it says was not seen
	Of    func(observe.Cookie) bool // whether it is asked of this cookie
	Wrong func(observe.Cookie) Wrong
	Right string // what is true when nothing is wrong
}

// Wrong is what is wrong with one cookie; the zero value is nothing. Severity is
// empty for the rule's own.
type Wrong struct {
	Saw      string
	Severity rule.Severity
}

// Judged makes the judge of a question in a rule of that severity. Each cookie
// name is one place, told by its worst answer. Where the https form answered, the
// cookies of the http form are left to encryption.cookieonhttp: they are lost
// whatever they carry.
func Judged(base rule.Severity, q Question) func(observe.Cookies) rule.Verdict {
	return func(seen observe.Cookies) rule.Verdict {
		var about int
		var wrongs []sighting
		for _, cookie := range seen.Seen {
			if Deletion(cookie) || !q.Of(cookie) || secured(seen) && !cookie.Secured {
				continue
			}
			about++
			if wrong := q.Wrong(cookie); wrong.Saw != "" {
				wrongs = append(wrongs, sighting{cookie, wrong})
			}
		}
		if failure, failed := failure(base, wrongs); failed {
			return failure
		}
		if v, incomplete := Incomplete(seen); incomplete {
			return v
		}
		if about == 0 {
			return Unseen(seen, q.About)
		}
		return rule.Passf("%s", q.Right)
	}
}

type sighting struct {
	cookie observe.Cookie
	wrong  Wrong
}

func failure(base rule.Severity, wrongs []sighting) (rule.Verdict, bool) {
	rank := func(s sighting) int {
		severity := s.wrong.Severity
		if severity == "" {
			severity = base
		}
		return slices.Index(rule.Severities(), severity)
	}
	slices.SortStableFunc(wrongs, func(a, b sighting) int { return rank(a) - rank(b) })
	var places say.Places
	for _, s := range wrongs {
		places.Add(Where(s.cookie), s.wrong.Saw, s.wrong.Severity, s.cookie.Ref)
	}
	return places.Failed()
}

// Incomplete is the verdict when what was looked at is too little to pass.
func Incomplete(seen observe.Cookies) (rule.Verdict, bool) {
	switch {
	case seen.HTTPSAsked+seen.HTTPAsked == 0:
		return rule.Inconclusive("no answer was looked at"), true
	case seen.HTTPSAsked == 0 && seen.HTTPSAbsent == "":
		return rule.Inconclusive("the https form gave no answer to look at"), true
	}
	return rule.Verdict{}, false
}

func secured(seen observe.Cookies) bool { return seen.HTTPSAbsent == "" && seen.HTTPSAsked > 0 }

// Unseen is the verdict when no cookie of that kind was set. It is said how many
// answers that rests on, because another page may set one.
func Unseen(seen observe.Cookies, what string) rule.Verdict {
	form, answers := "http", seen.HTTPAsked
	if secured(seen) {
		form, answers = "https", seen.HTTPSAsked
	}
	return rule.NotApplicable(fmt.Sprintf("no %s was set by what was looked at over %s (answers: %d)", what, form, answers))
}

// Session is true for a cookie that carries a login or an identity, a
// remember-me token included.
func Session(c observe.Cookie) bool { return c.Shape.Session && !c.Shape.CSRF }

// Deletion is true for a Set-Cookie that only takes a cookie away.
func Deletion(c observe.Cookie) bool { return c.Persistent && c.LifetimeSeconds <= 0 }

// Named is how a sentence names the cookie.
func Named(c observe.Cookie) string {
	if c.Name == "" {
		return "a cookie without a name"
	}
	if Session(c) {
		return "the session cookie " + say.Quoted(c.Name)
	}
	return "the cookie " + say.Quoted(c.Name)
}

// Where is a cookie's place in a report and in a finding's fingerprint.
func Where(c observe.Cookie) string {
	if c.Name == "" {
		return "cookie without a name"
	}
	return "cookie " + say.Plain(c.Name)
}

// Host is the host that set the cookie, in lower case.
func Host(c observe.Cookie) string {
	address, err := url.Parse(c.URL)
	if err != nil {
		return ""
	}
	return strings.ToLower(address.Hostname())
}

// Directives are the names of the Cache-Control directives of the answer (RFC
// 9111 section 5.2), in lower case, with their arguments.
func Directives(c observe.Cookie) map[string]string {
	found := map[string]string{}
	for _, value := range c.CacheControl {
		for directive := range strings.SplitSeq(value, ",") {
			name, argument, _ := strings.Cut(directive, "=")
			found[strings.ToLower(strings.TrimSpace(name))] = strings.Trim(strings.TrimSpace(argument), `"`)
		}
	}
	return found
}

// Varies is true when the answer says that it depends on that request field, or
// on everything (RFC 9110 section 12.5.5).
func Varies(c observe.Cookie, field string) bool {
	for _, value := range c.Vary {
		for name := range strings.SplitSeq(value, ",") {
			name = strings.TrimSpace(name)
			if name == "*" || strings.EqualFold(name, field) {
				return true
			}
		}
	}
	return false
}
