// Package extendedmastersecret finds targets whose keys do not depend on the whole
// handshake that made them.
package extendedmastersecret

import (
	"middlebrick/checks/encryption/internal/features"
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

// Rule is encryption.extendedmastersecret.
var Rule = rule.On2(rule.Meta{
	ID:       "encryption.extendedmastersecret",
	Title:    "The extended master secret is not supported",
	Severity: rule.Low,
	CWE:      []rule.CWE{300},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(7627, "1"), rule.RFC(7627, "5.2"), rule.RFC(8446, "D")},
}, observe.TLSVersions, observe.TLSFeatures, question.Judge)

// SSLv3 has no extensions.
var question = features.Question{
	From: tlshello.TLS10, To: tlshello.TLS12,
	Bad:    func(_ tlshello.Version, f observe.HelloFeatures) bool { return !f.ExtendedMasterSecret },
	Saw:    "answered at %s without extended_master_secret, which was offered",
	Where:  "extended_master_secret",
	Passes: "every answer carried extended_master_secret",
	Beyond: "no version from TLS 1.0 to 1.2 is accepted; TLS 1.3 always ties its keys to the handshake",
}
