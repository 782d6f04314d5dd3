// Package certname finds certificates that are made out to another name.
package certname

import (
	"middlebrick/checks/encryption/internal/certs"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.certname.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.certname",
	Title:    "The certificate is made out to another name",
	Severity: rule.High,
	CWE:      []rule.CWE{297},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(9525, "6.3"), rule.RFC(9525, "6.4"), rule.RFC(9110, "4.3.4")},
	Cap:      rule.Band{Low: 5, High: 15, From: rule.High},
}, observe.Certificates, certs.Judged(judge))

func judge(chain observe.Chain, leaf observe.Certificate) rule.Verdict {
	switch {
	case chain.NameMatches:
		return rule.Passf("the certificate names %s", chain.AskedFor)
	case chain.AskedFor == "":
		return rule.Inconclusive("it is not known which name was asked for")
	case leaf.Werkzeug == "adhoc":
		return rule.NotApplicable("a throw-away certificate names nobody: encryption.certadhoc says so")
	case leaf.Names == 0 && leaf.Unparsed != "":
		return certs.Unread(leaf, "names")
	case leaf.Names == 0:
		return rule.NotApplicable("it holds no name that clients read: encryption.certsan says so")
	}
	return rule.Failf("%s", chain.NameReason).At("leaf")
}
