// Does the chain lead to a root? Asked of crypto/x509 first, and where that says
// no, again without the two things that have rules of their own: the dates and
// the age of the hash. One cause then makes one finding.

package certread

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	_ "crypto/md5" // to say that a path exists, though nobody should take it
	"crypto/rsa"
	_ "crypto/sha1" // likewise
	"crypto/x509"
	"strings"
	"time"

	"middlebrick/observe"
)

const (
	maxDepth  = 8   // certificates from the leaf to the root
	maxChecks = 100 // signatures that are checked in one search, as crypto/x509 has it
)

// verify says whether the chain leads to a root of the store at that moment.
//
// Trusted disregards dates of what was sent and weak hashes; where it holds and
// Reason is not empty, Reason is what a strict verifier objects to all the same.
func (s *Store) verify(chain []certificate, at time.Time) observe.Store {
	seen := observe.Store{Name: s.name, Version: s.version}
	leaf := chain[0]
	if leaf.parsed == nil {
		seen.Reason = cut("not verified, because it cannot be read: "+leaf.unparsed, maxText)
		return seen
	}
	strict := s.ask(leaf.parsed, usable(chain[1:], time.Time{}), at)
	if strict == nil {
		seen.Trusted = true
		return seen
	}
	sent := usable(chain, at)
	relaxed := s.ask(sent[0], sent[1:], at)
	if relaxed == nil {
		seen.Trusted, seen.Reason = true, words(strict)
		return seen
	}
	if weakHashes(sent) {
		search := search{store: s, sent: sent[1:], left: maxChecks}
		if search.leads([]*x509.Certificate{sent[0]}) {
			seen.Trusted, seen.Reason = true, words(relaxed)
			return seen
		}
	}
	seen.Reason = words(relaxed)
	return seen
}

// ask is crypto/x509's own answer. The moment must not be zero, for it would then
// look at the clock.
func (s *Store) ask(leaf *x509.Certificate, others []*x509.Certificate, at time.Time) error {
	intermediates := x509.NewCertPool()
	for _, other := range others {
		intermediates.AddCert(other)
	}
	_, err := leaf.Verify(x509.VerifyOptions{Roots: s.pool, Intermediates: intermediates, CurrentTime: at})
	return err
}

// usable are the certificates that verification may use: those that could be
// read and whose keys do not cost it dear (CVE-2023-29409). With a moment, each
// is a copy whose dates were stretched just so far as to hold it; the leaf is
// kept whatever its key, since it signs nothing.
func usable(chain []certificate, at time.Time) []*x509.Certificate {
	var kept []*x509.Certificate
	for i, c := range chain {
		if c.parsed == nil || c.key.Algorithm == "RSA" && c.key.Bits > maxFactored && (i > 0 || at.IsZero()) {
			continue
		}
		copied := *c.parsed
		if !at.IsZero() && at.Before(copied.NotBefore) {
			copied.NotBefore = at
		}
		if !at.IsZero() && at.After(copied.NotAfter) {
			copied.NotAfter = at
		}
		kept = append(kept, &copied)
	}
	return kept
}

func words(err error) string {
	return cut(spoken(plain(strings.TrimPrefix(err.Error(), "x509: "))), 300)
}

// weak are the signature algorithms that crypto/x509 will not check any more.
var weak = map[x509.SignatureAlgorithm]crypto.Hash{
	x509.MD5WithRSA:    crypto.MD5,
	x509.SHA1WithRSA:   crypto.SHA1,
	x509.ECDSAWithSHA1: crypto.SHA1,
}

func weakHashes(chain []*x509.Certificate) bool {
	for _, c := range chain {
		if weak[c.SignatureAlgorithm] != 0 {
			return true
		}
	}
	return false
}

// A search looks for a path to a root and takes weak hashes for good. It leaves
// out what crypto/x509 checks beyond signatures: purposes and name constraints.
type search struct {
	store *Store
	sent  []*x509.Certificate
	left  int
}

func (s *search) leads(path []*x509.Certificate) bool {
	last := path[len(path)-1]
	for _, root := range s.store.roots[string(last.RawIssuer)] {
		if s.signed(last, root.Certificate) && root.allows(append(path[:len(path):len(path)], root.Certificate)) == nil {
			return true
		}
	}
	if len(path) == maxDepth {
		return false
	}
	for _, parent := range s.sent {
		if parent.IsCA && !parent.Equal(last) && bytes.Equal(parent.RawSubject, last.RawIssuer) &&
			s.signed(last, parent) && s.leads(append(path[:len(path):len(path)], parent)) {
			return true
		}
	}
	return false
}

func (s *search) signed(child, parent *x509.Certificate) bool {
	if s.left--; s.left < 0 {
		return false
	}
	if weak[child.SignatureAlgorithm] == 0 {
		return child.CheckSignatureFrom(parent) == nil
	}
	return signedWeakly(child, parent.PublicKey)
}

func signedWeakly(child *x509.Certificate, public any) bool {
	hash := weak[child.SignatureAlgorithm]
	digest := hash.New()
	digest.Write(child.RawTBSCertificate)
	switch public := public.(type) {
	case *rsa.PublicKey:
		return rsa.VerifyPKCS1v15(public, hash, digest.Sum(nil), child.Signature) == nil
	case *ecdsa.PublicKey:
		return ecdsa.VerifyASN1(public, digest.Sum(nil), child.Signature)
	}
	return false
}

// selfSigned is true when the certificate's own key made its signature. Where
// that cannot be checked (a key or hash that the standard library will not
// touch, a certificate that it cannot read), equal names decide.
func (c certificate) selfSigned() bool {
	if !c.selfIssued() || len(c.keyID) > 0 && len(c.issuerID) > 0 && !bytes.Equal(c.keyID, c.issuerID) {
		return false
	}
	if c.parsed == nil || c.key.Algorithm == "RSA" && (c.key.Bits > maxFactored || c.key.Bits < 1024) {
		return true
	}
	if weak[c.parsed.SignatureAlgorithm] != 0 {
		return signedWeakly(c.parsed, c.parsed.PublicKey)
	}
	switch err := c.parsed.CheckSignature(c.parsed.SignatureAlgorithm, c.tbs, c.signed); err.(type) {
	case nil, x509.InsecureAlgorithmError:
		return true
	default:
		return err == x509.ErrUnsupportedAlgorithm
	}
}
