// Package certsignature finds certificates that are signed with a broken hash.
package certsignature

import (
	"slices"

	"middlebrick/checks/encryption/internal/certs"
	"middlebrick/checks/encryption/internal/say"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.certsignature.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.certsignature",
	Title:    "The certificate is signed with a broken hash",
	Severity: rule.High,
	CWE:      []rule.CWE{328},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(8446, "4.4.2.4"), rule.RFC(6151, "2"), rule.Document("SP800131A"), rule.Document("BaselineReq")},
}, observe.Certificates, certs.Judged(judge))

// broken are the hashes for which two texts with one value have been made.
var broken = []string{"MD2", "MD4", "MD5", "SHA-1"}

func judge(chain observe.Chain, leaf observe.Certificate) rule.Verdict {
	if leaf.SelfSigned {
		return rule.Passf("the certificate is self-signed: its signature proves nothing, whatever the hash")
	}
	var verdicts []rule.Verdict
	for _, link := range certs.Path(chain) {
		verdicts = append(verdicts, judgeHash(link.Certificate).At(link.Where))
	}
	return rule.All(verdicts...)
}

func judgeHash(c observe.Certificate) rule.Verdict {
	switch {
	case slices.Contains(broken, c.SignatureOf):
		return rule.Failf("the certificate of %s is signed with %s (%s)", say.Quoted(c.Subject), c.SignatureOf, c.Signature)
	case c.SignatureOf == "" || c.SignatureOf == "unknown":
		return certs.Unread(c, "hash")
	}
	return rule.Passf("signed with %s", c.Signature)
}
