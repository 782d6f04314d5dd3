// Package certexpired finds certificates that have expired.
package certexpired

import (
	"middlebrick/checks/encryption/internal/certs"
	"middlebrick/checks/encryption/internal/say"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.certexpired.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.certexpired",
	Title:    "The certificate has expired",
	Severity: rule.High,
	CWE:      []rule.CWE{298},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(5280, "4.1.2.5"), rule.RFC(5280, "6.1.3")},
	Cap:      rule.Band{Low: 5, High: 15, From: rule.High},
}, observe.Certificates, certs.Judged(judge))

func judge(chain observe.Chain, leaf observe.Certificate) rule.Verdict {
	if leaf.NotAfter.IsZero() {
		return certs.Unread(leaf, "dates")
	}
	if chain.At.IsZero() {
		return rule.Inconclusive("the moment of judging is not known")
	}
	var places say.Places
	for i, link := range certs.Path(chain) {
		if !chain.At.After(link.NotAfter) || link.NotAfter.IsZero() {
			continue
		}
		if i > 0 && certs.Strict(chain) {
			continue // there is another way to a root, and clients take it
		}
		places.Add(link.Where, "the certificate of "+say.Quoted(link.Subject)+" ended on "+link.NotAfter.UTC().Format(certs.Date), "")
	}
	if failure, failed := places.Failed(); failed {
		return failure
	}
	return rule.Passf("valid until %s", leaf.NotAfter.UTC().Format(certs.Date))
}
