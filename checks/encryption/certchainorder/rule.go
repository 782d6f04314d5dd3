// Package certchainorder finds chains whose certificates do not follow one
// another.
package certchainorder

import (
	"middlebrick/certread"
	"middlebrick/checks/encryption/internal/certs"
	"middlebrick/checks/encryption/internal/say"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.certchainorder.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.certchainorder",
	Title:    "The certificates are sent in the wrong order or with others among them",
	Severity: rule.Low,
	CWE:      []rule.CWE{296},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(5246, "7.4.2"), rule.RFC(8446, "4.4.2")},
}, observe.Certificates, certs.Judged(judge))

// most is how many certificates a chain may have: as many as are read. A public
// chain has two to four.
const most = 16

func judge(chain observe.Chain, _ observe.Certificate) rule.Verdict {
	var places say.Places
	if chain.Sent > most {
		places.Add("length", "more certificates are sent than a client has reason to read: each is paid for in every handshake", "")
	}
	switch chain.Order {
	case certread.Single, certread.Right:
	case certread.Wrong:
		places.Add("order", "the certificates do not follow one another: each must be issued by the next", "")
	case certread.Unrelated:
		places.Add("unrelated", "at least one certificate has no part in the way from the leaf to a root", rule.Info)
	default:
		return rule.Inconclusive("the order of the chain was not told")
	}
	if failure, failed := places.Failed(); failed {
		return failure
	}
	return rule.Passf("%d sent, in order", chain.Sent)
}
