// Package secretkey finds sessions that are signed with a key which is
// published.
package secretkey

import (
	"fmt"

	"middlebrick/checks/encryption/internal/cookies"
	"middlebrick/checks/encryption/internal/say"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.secretkey.
var Rule = rule.On2(rule.Meta{
	ID:       "encryption.secretkey",
	Title:    "The session is signed with a published key",
	Severity: rule.Critical,
	CWE:      []rule.CWE{1392, 321, 798},
	OWASP:    rule.API2,
	PCI:      []rule.PCI{"8.6.2", "6.2.4"},
	Cites:    []rule.Cite{rule.Document("FlaskConfig"), rule.Document("ItsDangerous"), rule.Document("OWASPSessions")},
	Cap:      rule.Band{Low: 0, High: 20, From: rule.Critical},
}, observe.SetCookies, observe.FlaskKeys, judge)

func judge(seen observe.Cookies, sessions observe.Sessions) rule.Verdict {
	var places say.Places
	untried := false
	for _, session := range sessions.Seen {
		if session.KnownKey != "" {
			places.Add("cookie "+say.Plain(session.Cookie), fmt.Sprintf("the session cookie %s is signed with the published key %s: anybody can make one for any user",
				say.Quoted(session.Cookie), say.Quoted(session.KnownKey)), "", session.Ref)
		}
		untried = untried || session.Tried == 0
	}
	if failure, failed := places.Failed(); failed {
		return failure
	}
	if v, incomplete := cookies.Incomplete(seen); incomplete {
		return v
	}
	switch {
	case len(sessions.Seen) == 0:
		return cookies.Unseen(seen, "signed Flask session")
	case untried:
		return rule.Inconclusive("a signed session was seen, and no key was tried on it")
	}
	return rule.Passf("none of %d published keys signs the session", sessions.Seen[0].Tried)
}
