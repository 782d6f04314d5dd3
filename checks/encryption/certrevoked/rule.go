// Package certrevoked finds certificates that their authority took back.
package certrevoked

import (
	"fmt"
	"strings"

	"middlebrick/checks/encryption/internal/certs"
	"middlebrick/checks/encryption/internal/say"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.certrevoked.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.certrevoked",
	Title:    "The certificate was revoked",
	Severity: rule.High,
	CWE:      []rule.CWE{299},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(5280, "6.3"), rule.RFC(6960, "2.2"), rule.RFC(6066, "8")},
	Cap:      rule.Band{Low: 5, High: 15, From: rule.High, IfSeen: true},
}, observe.CertRevocation, judge)

// stolen are the reasons that say that somebody else may hold the key.
var stolen = map[string]bool{"keyCompromise": true, "cACompromise": true, "aACompromise": true}

func judge(seen observe.Revocation) rule.Verdict {
	switch {
	case seen.Absent:
		return rule.NotApplicable("there is no TLS, and so no certificate: " + seen.Detail)
	case !seen.Read:
		return rule.Inconclusive("no certificate was seen that could be read")
	}
	good, doubts, why := "", []string{}, observe.Why("")
	for _, answer := range seen.Answers {
		switch answer.Status {
		case observe.StatusRevoked:
			return revoked(answer)
		case observe.StatusGood:
			good = fmt.Sprintf("%s, in force since %s, says that it was not revoked", source(answer), answer.ThisUpdate.Format(certs.Date))
		case observe.StatusUnknown:
			doubts = append(doubts, source(answer)+" does not know the certificate")
		default:
			doubts, why = append(doubts, source(answer)+" proves nothing: "+answer.Fault), answer.Why
		}
	}
	switch {
	case good != "":
		return rule.Passf("%s", good)
	case len(doubts) == 0 && len(seen.OCSPURLs)+len(seen.CRLURLs) == 0:
		return rule.NotApplicable("the certificate names neither a responder nor a list of what was revoked, as short-lived ones and those of private authorities need not")
	case !seen.Permitted && len(seen.OCSPURLs)+len(seen.CRLURLs) > 0:
		doubts = append(doubts, "its authority was not asked; --ask-ca permits that")
		return rule.Inconclusive(strings.Join(doubts, "; ")).BecauseOf(observe.Unasked)
	}
	return rule.Inconclusive(strings.Join(doubts, "; ")).BecauseOf(why)
}

func revoked(answer observe.Revocative) rule.Verdict {
	reason := ""
	if answer.Reason != "" && answer.Reason != "unspecified" {
		reason = " for the reason " + say.Plain(answer.Reason)
	}
	v := rule.Failf("%s says that the certificate was revoked on %s%s", source(answer), answer.RevokedAt.Format(certs.Date), reason).At("leaf")
	if stolen[answer.Reason] {
		v = v.As(rule.Critical)
	}
	if answer.Ref != "" {
		v = v.Citing(answer.Ref)
	}
	return v
}

// source words who speaks.
func source(answer observe.Revocative) string {
	switch answer.Source {
	case "staple":
		return "the staple"
	case "crl":
		return "the authority's list (" + say.Quoted(answer.URL) + ")"
	}
	return "the authority's responder (" + say.Quoted(answer.URL) + ")"
}
