// Package certmalformed finds certificates that strict clients cannot read.
package certmalformed

import (
	"middlebrick/checks/encryption/internal/certs"
	"middlebrick/checks/encryption/internal/say"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.certmalformed.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.certmalformed",
	Title:    "The certificate is malformed",
	Severity: rule.High,
	CWE:      []rule.CWE{295},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(5280, "4.1"), rule.RFC(5280, "4.2"), rule.Document("BaselineReq")},
	Cap:      rule.Band{Low: 5, High: 15, From: rule.High},
}, observe.Certificates, certs.Judged(judge))

func judge(chain observe.Chain, leaf observe.Certificate) rule.Verdict {
	var places say.Places
	for i, c := range chain.Certificates {
		if !certs.Malformed(c) {
			continue
		}
		where, severity := certs.Issuer(c), rule.Severity("")
		if i == 0 {
			where = "leaf"
		} else if chain.Trusted() {
			severity = rule.Medium // who reads only what he needs gets by without it
		}
		places.Add(where, "strict clients refuse the certificate of "+say.Quoted(c.Subject)+": "+c.Unparsed, severity)
	}
	if failure, failed := places.Failed(); failed {
		return failure
	}
	if certs.Unsupported(leaf) {
		return rule.Inconclusive("the certificate could not be checked: " + leaf.Unparsed)
	}
	return rule.Passf("every certificate that was sent can be read")
}
