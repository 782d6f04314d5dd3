// Revocation: OCSP answers to staple and certificate revocation lists.

package ca

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"fmt"
	"math/big"
	"time"

	"golang.org/x/crypto/ocsp"
)

// Status is what an OCSP answer says of a certificate (RFC 6960, section 2.2).
type Status int

// The three answers, with the numbers of golang.org/x/crypto/ocsp.
const (
	StatusGood    Status = ocsp.Good
	StatusRevoked Status = ocsp.Revoked
	StatusUnknown Status = ocsp.Unknown
)

// Staple is a signed OCSP answer of the intermediate about the pair's leaf,
// produced at the given age and good for seven days from then. An age of eight
// days thus makes one that has run out.
func (c *CA) Staple(pair Pair, status Status, age time.Duration) ([]byte, error) {
	leaf, err := x509.ParseCertificate(pair.Chain[0])
	if err != nil {
		return nil, fmt.Errorf("making an OCSP answer: %w", err)
	}
	issuer, err := x509.ParseCertificate(c.Intermediate)
	if err != nil {
		return nil, fmt.Errorf("making an OCSP answer: %w", err)
	}
	made := c.now.Add(-age)
	return ocsp.CreateResponse(issuer, issuer, ocsp.Response{
		Status: int(status), SerialNumber: leaf.SerialNumber, ThisUpdate: made, NextUpdate: made.Add(7 * day),
		RevokedAt: made.Add(-day), RevocationReason: ocsp.KeyCompromise, IssuerHash: crypto.SHA1,
	}, ecIssuing())
}

// CRL is a revocation list of the intermediate with the leaves of the pairs
// on it, good for seven days.
func (c *CA) CRL(revoked ...Pair) ([]byte, error) {
	issuer, err := x509.ParseCertificate(c.Intermediate)
	if err != nil {
		return nil, fmt.Errorf("making a revocation list: %w", err)
	}
	list := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: c.now.Add(-time.Hour), NextUpdate: c.now.Add(7 * day)}
	for _, pair := range revoked {
		leaf, err := x509.ParseCertificate(pair.Chain[0])
		if err != nil {
			return nil, fmt.Errorf("making a revocation list: %w", err)
		}
		list.RevokedCertificateEntries = append(list.RevokedCertificateEntries,
			x509.RevocationListEntry{SerialNumber: leaf.SerialNumber, RevocationTime: c.now.Add(-day), ReasonCode: ocsp.KeyCompromise})
	}
	return x509.CreateRevocationList(rand.Reader, list, issuer, ecIssuing())
}
