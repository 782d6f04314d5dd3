// Package certstaple finds servers whose stapled OCSP answer is worth nothing, and
// those that send none though the certificate promises one.
package certstaple

import (
	"middlebrick/checks/encryption/internal/certs"
	"middlebrick/checks/encryption/internal/say"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.certstaple.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.certstaple",
	Title:    "The stapled OCSP answer is missing or proves nothing",
	Severity: rule.Medium,
	CWE:      []rule.CWE{299},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(7633, ""), rule.RFC(6066, "8"), rule.RFC(6960, "2.2")},
}, observe.Certificates, certs.Judged(judge))

func judge(chain observe.Chain, leaf observe.Certificate) rule.Verdict {
	switch {
	case chain.Staple != nil && chain.Staple.Status != observe.StatusGood && chain.Staple.Status != observe.StatusRevoked:
		return worthless(*chain.Staple, leaf.MustStaple)
	case !leaf.MustStaple && leaf.Unparsed != "":
		return certs.Unread(leaf, "features")
	case !leaf.MustStaple && chain.Staple != nil:
		return rule.Passf("the certificate does not ask to be stapled, and is, with an answer that counts")
	case !leaf.MustStaple:
		return rule.Passf("the certificate does not ask to be stapled")
	case chain.Stapled:
		return rule.Passf("the certificate asks to be stapled, and is")
	case !chain.StapleAsked:
		return rule.Inconclusive("the certificate asks to be stapled, and the hello did not ask for a staple")
	}
	return rule.Failf("the certificate asks to be refused without a stapled OCSP answer, and none was sent to a hello that asked for one").At("leaf")
}

// worthless is a staple that clients must not believe. What a revoked certificate's
// staple says is believed, and is certrevoked's business.
func worthless(staple observe.Revocative, must bool) rule.Verdict {
	switch {
	case staple.Why != "":
		return rule.Inconclusive("the staple could not be held to the certificate: " + staple.Fault)
	case staple.Status == observe.StatusUnknown:
		staple.Fault = "it says that the responder does not know the certificate"
	}
	v := rule.Failf("the stapled OCSP answer proves nothing: %s", say.Plain(staple.Fault)).At("staple")
	if !must {
		return v.As(rule.Low)
	}
	return v
}
