// Package certnotyet finds certificates whose time has not come.
package certnotyet

import (
	"time"

	"middlebrick/checks/encryption/internal/certs"
	"middlebrick/checks/encryption/internal/say"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.certnotyet.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.certnotyet",
	Title:    "The certificate is not valid yet",
	Severity: rule.High,
	CWE:      []rule.CWE{298},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(5280, "4.1.2.5"), rule.RFC(5280, "6.1.3")},
	Cap:      rule.Band{Low: 5, High: 15, From: rule.High},
}, observe.Certificates, certs.Judged(judge))

// clock is how far off a clock is taken to be wrong rather than a certificate.
const clock = 48 * time.Hour

func judge(chain observe.Chain, leaf observe.Certificate) rule.Verdict {
	if leaf.NotBefore.IsZero() {
		return certs.Unread(leaf, "dates")
	}
	if chain.At.IsZero() {
		return rule.Inconclusive("the moment of judging is not known")
	}
	var places say.Places
	for i, link := range certs.Path(chain) {
		if !chain.At.Before(link.NotBefore) || i > 0 && certs.Strict(chain) {
			continue
		}
		saw := "the certificate of " + say.Quoted(link.Subject) + " begins on " + link.NotBefore.UTC().Format(certs.Date)
		if link.NotBefore.Sub(chain.At) < clock {
			saw += ", so near that this machine's clock may be what is wrong: compare it first"
		}
		if link.NotAfter.Before(link.NotBefore) {
			saw += ", after its own end on " + link.NotAfter.UTC().Format(certs.Date) + ": it is valid at no time"
		}
		places.Add(link.Where, saw, "")
	}
	if failure, failed := places.Failed(); failed {
		return failure
	}
	return rule.Passf("valid since %s", leaf.NotBefore.UTC().Format(certs.Date))
}
