// Package renegotiationclient finds targets that do a new handshake whenever a
// client asks for one in the middle of a connection.
package renegotiationclient

import (
	"middlebrick/checks/encryption/internal/features"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.renegotiationclient. It is low: a new connection costs a
// server nearly as much as a renegotiation, and is counted by more defences.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.renegotiationclient",
	Title:    "Clients can renegotiate at will",
	Severity: rule.Low,
	CWE:      []rule.CWE{400},
	OWASP:    rule.API4,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.Document("ClientRenegotiation"), rule.RFC(9325, "3.5")},
}, observe.TLSRenegotiation, judge)

func judge(seen observe.Renegotiation) rule.Verdict {
	switch {
	case seen.Absent:
		return rule.NotApplicable("the port does not speak TLS")
	case seen.Spared != "":
		return rule.NotApplicable(seen.Spared)
	case seen.Answer.Accepted():
		return rule.Failf("began a new handshake at %s when a client asked for one inside of a connection", seen.Version).
			At(seen.Version.String()).Citing(seen.Answer.Ref)
	case seen.Answer.Refused():
		return rule.Passf("refused to renegotiate at %s: %s", seen.Version, seen.Answer.Detail).Citing(seen.Answer.Ref)
	}
	return features.Unclear("a renegotiation", seen.Answer)
}
