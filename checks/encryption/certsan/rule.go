// Package certsan finds certificates without a name that clients may read, and
// names that stand for too much.
package certsan

import (
	"middlebrick/certread"
	"middlebrick/checks/encryption/internal/certs"
	"middlebrick/checks/encryption/internal/say"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.certsan.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.certsan",
	Title:    "The certificate names no host, or too many at once",
	Severity: rule.Medium,
	CWE:      []rule.CWE{297},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(9525, "2"), rule.RFC(9525, "6.3"), rule.RFC(5280, "4.2.1.6"), rule.Document("BaselineReq")},
	Cap:      rule.Band{Low: 5, High: 15, From: rule.High},
}, observe.Certificates, certs.Judged(judge))

func judge(chain observe.Chain, leaf observe.Certificate) rule.Verdict {
	switch {
	case leaf.Werkzeug == "adhoc":
		return rule.NotApplicable("a throw-away certificate names everybody and nobody: encryption.certadhoc says so")
	case leaf.Names == 0 && leaf.Unparsed != "":
		return certs.Unread(leaf, "names")
	case leaf.Names == 0:
		return rule.Failf("the certificate has no subjectAltName; its common name %s is not read by browsers and Go", say.Quoted(leaf.CommonName)).
			At("leaf").As(rule.High)
	case !chain.NameMatches:
		return rule.NotApplicable("the certificate is not for this host: encryption.certname says so")
	}
	var places say.Places
	for _, name := range leaf.DNSNames {
		if why := certread.TooWide(name); why != "" {
			places.Add("name "+say.Plain(name), "among its names is "+say.Quoted(name)+", "+why, "")
		}
	}
	if failure, failed := places.Failed(); failed {
		return failure
	}
	return rule.Passf("the certificate names hosts, and none of its names is too wide")
}
