// Package certselfsigned finds certificates that vouch for themselves.
package certselfsigned

import (
	"middlebrick/checks/encryption/internal/certs"
	"middlebrick/checks/encryption/internal/say"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.certselfsigned.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.certselfsigned",
	Title:    "The certificate is self-signed",
	Severity: rule.High,
	CWE:      []rule.CWE{296},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(5280, "3.2"), rule.RFC(5280, "6.1"), rule.Document("OWASPTransport")},
	Cap:      rule.Band{Low: 5, High: 15, From: rule.High},
}, observe.Certificates, certs.Judged(judge))

func judge(chain observe.Chain, leaf observe.Certificate) rule.Verdict {
	switch {
	case leaf.Issuer == "" && leaf.Unparsed != "":
		return certs.Unread(leaf, "issuer")
	case !leaf.SelfSigned:
		return rule.Passf("issued by %s", say.Quoted(leaf.Issuer))
	case leaf.Werkzeug != "":
		return rule.NotApplicable("it is Werkzeug's own: encryption.certadhoc says so")
	case chain.Trusted():
		return rule.Passf("self-signed, and known to %s", certs.Stores(chain, func(s observe.Store) bool { return s.Trusted }))
	case len(chain.Trust) == 0:
		return rule.Inconclusive("self-signed, and no root store was asked whether it knows it")
	}
	return rule.Failf("%s issued its certificate to itself, and no root store knows it (asked: %s)",
		say.Quoted(leaf.Subject), certs.Stores(chain, func(observe.Store) bool { return true })).At("leaf")
}
