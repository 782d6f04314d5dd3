// Package signaturesha1 finds targets that sign their handshakes with SHA-1 or MD5 at TLS
// 1.2 or 1.3. Older versions cannot do otherwise: the rules on them say so.
package signaturesha1

import (
	"middlebrick/checks/encryption/internal/offered"
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

// Rule is encryption.signaturesha1.
var Rule = rule.On2(rule.Meta{
	ID:       "encryption.signaturesha1",
	Title:    "Handshakes are signed with SHA-1 or MD5",
	Severity: rule.Medium,
	CWE:      []rule.CWE{328},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(9155, "4"), rule.RFC(8446, "4.2.3"), rule.Document("SLOTH"), rule.RFC(6194, "3")},
}, observe.TLSVersions, observe.TLSSignatures, offered.Signatures("with SHA-1 or MD5", broken))

func broken(scheme tlshello.SchemeInfo) bool { return scheme.Hash == "SHA1" || scheme.Hash == "MD5" }
