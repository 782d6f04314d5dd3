// Package certchainincomplete finds servers that do not send their certificate's
// issuer along.
package certchainincomplete

import (
	"fmt"

	"middlebrick/checks/encryption/internal/certs"
	"middlebrick/checks/encryption/internal/say"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.certchainincomplete.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.certchainincomplete",
	Title:    "An intermediate certificate is missing",
	Severity: rule.High,
	CWE:      []rule.CWE{296},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(8446, "4.4.2"), rule.RFC(5246, "7.4.2"), rule.RFC(5280, "4.2.2.1")},
}, observe.Certificates, certs.Judged(judge))

func judge(chain observe.Chain, leaf observe.Certificate) rule.Verdict {
	switch {
	case chain.Incomplete:
		return rule.Failf("the issuer %s was not sent; %s", say.Quoted(chain.Missing), mend(chain, leaf)).At("chain")
	case chain.Trusted():
		return rule.Passf("what was sent leads to a root")
	case certs.Unsupported(leaf) || len(chain.Trust) == 0:
		return rule.Inconclusive("the chain could not be verified, so that it is not known whether it is whole")
	case certs.Malformed(leaf):
		return rule.NotApplicable("it cannot be verified before it can be read: encryption.certmalformed says why")
	}
	return rule.NotApplicable("the chain leads to no known root: encryption.certuntrusted, certselfsigned or certadhoc says why")
}

// mend says who can help himself: desktop browsers and Windows follow the
// address in the certificate, libraries do not.
func mend(chain observe.Chain, leaf observe.Certificate) string {
	done := chain.Completed
	switch {
	case len(leaf.IssuerURLs) == 0:
		return "the certificate does not say where to fetch it, so that no client can mend this"
	case done == nil:
		return fmt.Sprintf("the certificate says where to fetch it (%s), which some browsers do and curl, Python and Go do not", say.Quoted(leaf.IssuerURLs[0]))
	case done.Mended:
		return fmt.Sprintf("it can be fetched from where the certificate says (%s) and completes the chain: browsers that do so see nothing wrong, and curl, Python and Go, which do not, fail", say.Quoted(leaf.IssuerURLs[0]))
	}
	return fmt.Sprintf("fetching it from where the certificate says (%s) does not mend the chain either: %s", say.Quoted(leaf.IssuerURLs[0]), say.Plain(done.Detail))
}
