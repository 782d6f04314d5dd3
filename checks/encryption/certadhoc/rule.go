// Package certadhoc finds the certificates that Werkzeug makes for development.
package certadhoc

import (
	"middlebrick/checks/encryption/internal/certs"
	"middlebrick/checks/encryption/internal/say"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.certadhoc.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.certadhoc",
	Title:    "The certificate is Werkzeug's for development",
	Severity: rule.High,
	CWE:      []rule.CWE{296},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.Document("WerkzeugServing"), rule.Document("FlaskDeploy"), rule.RFC(9525, "6.3")},
	Cap:      rule.Band{Low: 5, High: 15, From: rule.High},
}, observe.Certificates, certs.Judged(judge))

func judge(_ observe.Chain, leaf observe.Certificate) rule.Verdict {
	switch {
	case leaf.Werkzeug == "adhoc":
		return rule.Failf("the certificate says %s: Werkzeug's ssl_context='adhoc', made anew at every start", say.Quoted(leaf.Subject)).At("leaf")
	case leaf.Werkzeug != "":
		return rule.Failf("the certificate says %s: Werkzeug's make_ssl_devcert()", say.Quoted(leaf.Subject)).At("leaf")
	case leaf.Subject == "" && leaf.Unparsed != "":
		return certs.Unread(leaf, "subject")
	}
	return rule.Passf("the certificate is none of those that Werkzeug makes")
}
