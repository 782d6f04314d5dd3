// Package certstaple finds certificates that promise a stapled OCSP answer which
// the server does not send.
package certstaple

import (
	"middlebrick/checks/encryption/internal/certs"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.certstaple.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.certstaple",
	Title:    "The certificate must be stapled and is not",
	Severity: rule.Medium,
	CWE:      []rule.CWE{299},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(7633, ""), rule.RFC(6066, "8"), rule.RFC(6960, "2.2")},
}, observe.Certificates, certs.Judged(judge))

func judge(chain observe.Chain, leaf observe.Certificate) rule.Verdict {
	switch {
	case !leaf.MustStaple && leaf.Unparsed != "":
		return certs.Unread(leaf, "features")
	case !leaf.MustStaple:
		return rule.Passf("the certificate does not ask to be stapled")
	case chain.Stapled:
		return rule.Passf("the certificate asks to be stapled, and is")
	case !chain.StapleAsked:
		return rule.Inconclusive("the certificate asks to be stapled, and the hello did not ask for a staple")
	}
	return rule.Failf("the certificate asks to be refused without a stapled OCSP answer, and none was sent to a hello that asked for one").At("leaf")
}
