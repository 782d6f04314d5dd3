// Package earlydata finds targets that act on data which anybody on the path can
// send a second time (0-RTT).
package earlydata

import (
	"middlebrick/checks/encryption/internal/cookies"
	"middlebrick/checks/encryption/internal/features"
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

// Rule is encryption.earlydata.
var Rule = rule.On3(rule.Meta{
	ID:       "encryption.earlydata",
	Title:    "Requests are taken before the handshake is done (0-RTT)",
	Severity: rule.Medium,
	CWE:      []rule.CWE{294},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(8446, "8"), rule.RFC(8470, "3"), rule.RFC(9325, "3.4")},
}, observe.TLSVersions, observe.TLSHandshakes, observe.SetCookies, judge)

func judge(versions observe.Versions, seen observe.Handshakes, set observe.Cookies) rule.Verdict {
	answer := versions[tlshello.TLS13]
	new, known := seen.Versions[tlshello.TLS13]
	switch {
	case seen.Absent || answer.Absent():
		return rule.NotApplicable("the port does not speak TLS")
	case answer.Refused():
		return rule.NotApplicable("TLS 1.3 is not accepted, and no older version has early data")
	case !known:
		return features.Unclear("a TLS 1.3 hello", answer)
	case new.Finished.Refused():
		return rule.NotApplicable("no handshake is finished without a certificate of the client")
	case !new.Finished.Accepted():
		return features.Unclear("a handshake of TLS 1.3", new.Finished)
	}
	switch early := new.EarlyData; {
	case early.Accepted():
		return offered(early, set)
	case early.Absent():
		return rule.Passf("%s", early.Detail).Citing(new.Finished.Ref)
	case early.Refused():
		return rule.Inconclusive("tickets allow early data, which was refused the one time that it was offered")
	}
	return features.Unclear("an offer of early data", new.EarlyData)
}

// offered weighs the offer by what a request does that is sent twice: one that
// makes a session changes something.
func offered(early observe.Answer, set observe.Cookies) rule.Verdict {
	for _, cookie := range set.Seen {
		if cookie.Secured && cookies.Session(cookie) && !cookies.Deletion(cookie) {
			return rule.Failf("took up early data, and a GET sets %s: who repeats the request gets a session, or changes one", cookies.Named(cookie)).
				At("early data").Citing(early.Ref, cookie.Ref)
		}
	}
	return rule.Failf("took up early data when it was offered with a ticket").At("early data").As(rule.Info).Citing(early.Ref)
}
