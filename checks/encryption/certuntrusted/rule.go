// Package certuntrusted finds certificates whose chain leads to no known root.
package certuntrusted

import (
	"middlebrick/checks/encryption/internal/certs"
	"middlebrick/checks/encryption/internal/say"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.certuntrusted.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.certuntrusted",
	Title:    "The certificate comes from an authority that clients do not know",
	Severity: rule.High,
	CWE:      []rule.CWE{296},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(5280, "6.1"), rule.Document("BaselineReq"), rule.Document("OWASPTransport")},
	Cap:      rule.Band{Low: 5, High: 15, From: rule.High},
}, observe.Certificates, certs.Judged(judge))

func judge(chain observe.Chain, leaf observe.Certificate) rule.Verdict {
	switch {
	case chain.Trusted():
		return rule.Passf("the chain leads to a root of %s", certs.Stores(chain, func(s observe.Store) bool { return s.Trusted }))
	case len(chain.Trust) == 0:
		return rule.Inconclusive("no root store was asked")
	case certs.Unsupported(leaf):
		return rule.Inconclusive("the chain could not be verified: " + leaf.Unparsed)
	case leaf.Unparsed != "":
		return rule.NotApplicable("it cannot be verified before it can be read: encryption.certmalformed says why")
	case leaf.Werkzeug != "":
		return rule.NotApplicable("it is Werkzeug's own: encryption.certadhoc says so")
	case leaf.SelfSigned:
		return rule.NotApplicable("it vouches for itself: encryption.certselfsigned says so")
	case chain.Incomplete:
		return rule.NotApplicable("an intermediate was not sent: encryption.certchainincomplete says which")
	}
	for _, c := range chain.Certificates[1:] {
		if certs.Malformed(c) {
			return rule.NotApplicable("an issuer that was sent cannot be read: encryption.certmalformed says why")
		}
	}
	asked := certs.Stores(chain, func(observe.Store) bool { return true })
	if chain.Missing != "" {
		return rule.Failf("the chain ends at %s, which was not sent and is no root of %s", say.Quoted(chain.Missing), asked).At("chain")
	}
	return rule.Failf("no root store vouches for the chain (asked: %s): %s", asked, chain.Trust[0].Reason).At("chain")
}
