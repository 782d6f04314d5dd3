// Trust in the certificate, and what an A+ needs.

package ssllabs

import (
	"fmt"
	"slices"

	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

// certificate judges the chain: an M or a T replaces the letter.
func (a *assessment) certificate() {
	if a.Chain.Gap != nil {
		a.doubted("T", why("the certificate", a.Chain.Gap))
		return
	}
	chain := a.Chain.Value
	leaf, sent := chain.Leaf()
	if !sent {
		a.cap("T", "encryption.suiteanonymous", "no certificate is sent")
		return
	}
	if !chain.NameMatches {
		a.cap("M", "encryption.certname", "the certificate is for another name")
	}
	if chain.Incomplete {
		a.cap("B", "encryption.certchainincomplete", "the chain is incomplete")
	}
	switch {
	case chain.At.After(leaf.NotAfter):
		a.cap("T", "encryption.certexpired", "the certificate has expired")
	case chain.At.Before(leaf.NotBefore):
		a.cap("T", "encryption.certnotyet", "the certificate is not valid yet")
	case leaf.SelfSigned && !chain.Trusted():
		a.cap("T", "encryption.certselfsigned", "the certificate is self-signed")
	case chain.Trusted():
	case chain.Incomplete && chain.Completed != nil && chain.Completed.Mended:
	case chain.Incomplete && chain.Completed == nil:
		a.doubted("T", "whether the chain would be trusted if it were complete")
	case len(chain.Trust) == 0:
		a.doubted("T", "whether the chain is trusted")
	default:
		a.cap("T", "encryption.certuntrusted", "no root store vouches for the chain")
	}
	a.signatures(chain)
	a.weakKey(leaf)
	a.revoked()
}

// signatures looks at every certificate that proves something: a root's own
// signature proves nothing.
func (a *assessment) signatures(chain observe.Chain) {
	for i, c := range chain.Certificates {
		if i > 0 && c.SelfSigned {
			continue
		}
		switch c.SignatureOf {
		case "MD5", "MD2", "MD4":
			a.cap("F", "encryption.certsignature", fmt.Sprintf("a certificate is signed with %s", c.SignatureOf))
		case "SHA-1":
			a.cap("T", "encryption.certsignature", "a certificate is signed with SHA-1")
		}
	}
}

// harmlessWeaknesses are told of a key and do not open it.
var harmlessWeaknesses = []string{"", "exponent 3"}

func (a *assessment) weakKey(leaf observe.Certificate) {
	if slices.Contains(harmlessWeaknesses, leaf.KeyWeakness) {
		return
	}
	a.cap("F", "encryption.certkey", "the certificate's key is known to be weak ("+leaf.KeyWeakness+")")
	zero := 0
	a.keys = &zero
}

// revoked counts only where it was asked and found: SSL Labs asks the authority,
// and whether we may is the user's to say.
func (a *assessment) revoked() {
	if a.Verdicts["encryption.certrevoked"].Outcome == rule.Failed {
		a.cap("T", "encryption.certrevoked", "the certificate is revoked")
	}
}

// longEnough is 180 days in seconds, the least max-age of an A+.
const longEnough = 180 * 24 * 60 * 60

// plus is what an A+ needs beyond an A without warnings.
func (a *assessment) plus() {
	a.strictTransport()
	a.fallback()
}

func (a *assessment) strictTransport() {
	if a.HSTS.Gap != nil {
		a.doubted("A", why("whether HSTS is sent", a.HSTS.Gap))
		return
	}
	h := a.HSTS.Value
	if len(h.Responses) == 0 {
		a.lacks = append(a.lacks, "HSTS is missing")
		return
	}
	answer := h.Responses[0]
	if i := slices.IndexFunc(h.Responses, func(r observe.HSTSResponse) bool { return r.Purpose == "target" }); i >= 0 {
		answer = h.Responses[i]
	}
	switch {
	case h.Literal:
		a.lacks = append(a.lacks, "HSTS does not apply to an address")
	case !answer.HSTS.Present:
		a.lacks = append(a.lacks, "HSTS is missing")
	case !answer.HSTS.Valid:
		a.lacks = append(a.lacks, "HSTS is not valid")
	case answer.HSTS.MaxAgeSeconds < longEnough:
		a.lacks = append(a.lacks, "HSTS ends after less than 180 days")
	}
}

// fallback: RFC 7507 protects where there is a version below TLS 1.2 to fall back
// to.
func (a *assessment) fallback() {
	if !a.accepts(tlshello.SSL3, tlshello.TLS10, tlshello.TLS11) || len(a.accepted()) < 2 {
		return
	}
	answer := a.Fallback.Value.Answer
	switch {
	case a.Fallback.Gap != nil:
		a.doubted("A", why("whether TLS_FALLBACK_SCSV is heeded", a.Fallback.Gap))
	case a.Fallback.Value.Single || answer.Refused():
	case answer.Accepted():
		a.lacks = append(a.lacks, "TLS_FALLBACK_SCSV is not heeded")
	default:
		a.doubted("A", "whether TLS_FALLBACK_SCSV is heeded")
	}
}
