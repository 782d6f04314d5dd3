// Package renegotiationinsecure finds targets that do not tie a renegotiation to
// the connection that it renews.
package renegotiationinsecure

import (
	"middlebrick/checks/encryption/internal/features"
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

// Rule is encryption.renegotiationinsecure.
var Rule = rule.On2(rule.Meta{
	ID:       "encryption.renegotiationinsecure",
	Title:    "Secure renegotiation is not supported",
	Severity: rule.High,
	CWE:      []rule.CWE{300},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(5746, "3.6"), rule.RFC(9325, "3.5"), rule.Document("Renegotiation")},
}, observe.TLSVersions, observe.TLSFeatures, question.Judge)

var question = features.Question{
	From: tlshello.SSL3, To: tlshello.TLS12,
	Bad:    func(_ tlshello.Version, f observe.HelloFeatures) bool { return !f.SecureRenegotiation },
	Saw:    "answered at %s without renegotiation_info, which was offered",
	Where:  "renegotiation_info",
	Passes: "every answer carried renegotiation_info",
	Beyond: "no version before TLS 1.3 is accepted, and TLS 1.3 has no renegotiation",
}
