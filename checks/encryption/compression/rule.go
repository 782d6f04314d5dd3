// Package compression finds targets that compress what they encrypt (CRIME).
package compression

import (
	"middlebrick/checks/encryption/internal/features"
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

// Rule is encryption.compression.
var Rule = rule.On2(rule.Meta{
	ID:       "encryption.compression",
	Title:    "TLS compression is on",
	Severity: rule.High,
	CWE:      []rule.CWE{310},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(9325, "3.3"), rule.RFC(3749, ""), rule.RFC(7457, "2.6"), rule.Document("CRIME")},
}, observe.TLSVersions, observe.TLSFeatures, question.Judge)

var question = features.Question{
	From: tlshello.SSL3, To: tlshello.TLS12,
	Bad:    func(_ tlshello.Version, f observe.HelloFeatures) bool { return f.Compression != 0 },
	Saw:    "chose a method of compression at %s",
	Where:  "compression",
	Passes: "compression was offered and not taken",
	Beyond: "no version before TLS 1.3 is accepted, and TLS 1.3 has no compression",
}
