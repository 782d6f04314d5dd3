// Revocation: OCSP answers to staple and certificate revocation lists.

package ca

import (
	"crypto"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/big"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
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

// Who signs an answer.
const (
	ByIssuer   = ""         // the intermediate itself
	ByDelegate = "delegate" // a responder that the intermediate appointed
	ByOther    = "other"    // a certificate of the intermediate that may not sign answers
	ByStranger = "stranger" // a responder that another authority appointed
	ByNobody   = "nobody"   // the intermediate's name over another key
	ByExpired  = "expired"  // a responder whose certificate ended yesterday
)

// An Answer is what a responder is to say.
type Answer struct {
	Status     Status
	Age        time.Duration // since it was made; answers are good for seven days
	By         string
	Timestamps [][]byte // that it carries
	Endless    bool     // it does not say until when it is good
}

// Staple is a signed OCSP answer of the intermediate about the pair's leaf,
// produced at the given age and good for seven days from then. An age of eight
// days thus makes one that has run out.
func (c *CA) Staple(pair Pair, status Status, age time.Duration) ([]byte, error) {
	return c.Answer(pair, Answer{Status: status, Age: age})
}

// Answer is an OCSP answer about the pair's leaf.
func (c *CA) Answer(pair Pair, a Answer) ([]byte, error) {
	leaf, err := x509.ParseCertificate(pair.Chain[0])
	if err != nil {
		return nil, fmt.Errorf("making an OCSP answer: %w", err)
	}
	issuer, err := x509.ParseCertificate(c.Intermediate)
	if err != nil {
		return nil, fmt.Errorf("making an OCSP answer: %w", err)
	}
	made := c.now.Add(-a.Age)
	says := ocsp.Response{
		Status: int(a.Status), SerialNumber: leaf.SerialNumber, ThisUpdate: made, NextUpdate: made.Add(7 * day),
		RevokedAt: made.Add(-day), RevocationReason: ocsp.KeyCompromise, IssuerHash: crypto.SHA1,
	}
	if a.Endless {
		says.NextUpdate = time.Time{}
	}
	if len(a.Timestamps) > 0 {
		says.ExtraExtensions = []pkix.Extension{{Id: oidAnswerTimestamps, Value: octets(TimestampList(a.Timestamps...))}}
	}
	responder, key := issuer, crypto.Signer(ecIssuing())
	if a.By != ByIssuer {
		responder, key = c.responder(a.By)
	}
	if a.By != ByIssuer && a.By != ByNobody {
		says.Certificate = responder
	}
	return ocsp.CreateResponse(issuer, responder, says, key)
}

var (
	oidOCSPSigning      = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 9}
	oidAnswerTimestamps = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 5}
)

// responder is the certificate, and its key, of one who signs answers.
func (c *CA) responder(by string) (*x509.Certificate, crypto.Signer) {
	t := c.leaf()
	t.subject, t.key, t.serial = name("middlebrick test responder "+by), ecKey("responder", elliptic.P256()), serial("responder "+by)
	t.set(extKeyUsage(oidOCSPSigning))
	switch by {
	case ByOther:
		t.set(extKeyUsage(oidServerAuth))
	case ByStranger:
		t.issuer, t.signer = name(nameOther), ecOtherRoot()
	case ByNobody:
		t.subject, t.key = name(nameIntermediate), ecOtherRoot()
	case ByExpired:
		t.life(c.now.Add(-80*day), c.now.Add(-day))
	}
	t.identify()
	made, err := x509.ParseCertificate(t.make())
	if err != nil {
		panic("testbed: reading a responder's certificate: " + err.Error())
	}
	return made, t.key
}

// Addresses are where the authority is to be asked, as the leaf says it; what is
// empty does not stand there.
type Addresses struct{ OCSP, CRL, Issuer string }

// WithAddresses is a good certificate that names its authority's addresses.
func (c *CA) WithAddresses(at Addresses, hosts ...string) Pair {
	t := c.leaf(hosts...)
	t.serial = serial("leaf of " + at.OCSP + at.CRL + at.Issuer)
	var access []described
	if at.OCSP != "" {
		access = append(access, described{oidOCSP, at.OCSP})
	}
	if at.Issuer != "" {
		access = append(access, described{oidCAIssuers, at.Issuer})
	}
	if len(access) > 0 {
		t.set(accessTo(access...))
	}
	if at.CRL != "" {
		t.set(der(oidCRLPoints, false, func(b *cryptobyte.Builder) { addPoint(b, at.CRL) }))
	}
	return Pair{Chain: [][]byte{t.make(), c.Intermediate}, Key: t.key}
}

var (
	oidOCSP      = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1}
	oidCRLPoints = asn1.ObjectIdentifier{2, 5, 29, 31}
)

// addPoint writes CRLDistributionPoints with one full name (RFC 5280, section
// 4.2.1.13).
func addPoint(b *cryptobyte.Builder, url string) {
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { addFullName(b, url) })
	})
}

// addFullName writes a DistributionPointName.
func addFullName(b *cryptobyte.Builder, url string) {
	constructed := cbasn1.Tag(0).ContextSpecific().Constructed()
	b.AddASN1(constructed, func(b *cryptobyte.Builder) {
		b.AddASN1(constructed, func(b *cryptobyte.Builder) {
			b.AddASN1(cbasn1.Tag(6).ContextSpecific(), func(b *cryptobyte.Builder) { b.AddBytes([]byte(url)) })
		})
	})
}

// CRL is a revocation list of the intermediate with the leaves of the pairs
// on it, good for seven days.
func (c *CA) CRL(revoked ...Pair) ([]byte, error) {
	issuer, err := x509.ParseCertificate(c.Intermediate)
	if err != nil {
		return nil, fmt.Errorf("making a revocation list: %w", err)
	}
	list := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: c.now.Add(-time.Hour), NextUpdate: c.now.Add(7 * day)}
	return c.list(list, revoked, issuer, ecIssuing())
}

// A Part is what a list is about, beside what it holds.
type Part struct {
	Address  string        // of this part of the list; empty for the whole
	Critical bool          // with a critical extension that nobody knows
	Delta    bool          // changes alone
	Forged   bool          // signed by another key
	Age      time.Duration // since it was made; lists are good for seven days
}

// PartCRL is a revocation list of the intermediate that is not as others are.
func (c *CA) PartCRL(part Part, revoked ...Pair) ([]byte, error) {
	issuer, err := x509.ParseCertificate(c.Intermediate)
	if err != nil {
		return nil, fmt.Errorf("making a revocation list: %w", err)
	}
	made := c.now.Add(-part.Age)
	list := &x509.RevocationList{Number: big.NewInt(2), ThisUpdate: made, NextUpdate: made.Add(7 * day)}
	if part.Address != "" {
		point := der(asn1.ObjectIdentifier{2, 5, 29, 28}, true, func(b *cryptobyte.Builder) {
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { addFullName(b, part.Address) })
		})
		list.ExtraExtensions = append(list.ExtraExtensions, pkix.Extension{Id: point.oid, Critical: true, Value: point.value})
	}
	if part.Delta {
		list.ExtraExtensions = append(list.ExtraExtensions, pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 27}, Critical: true, Value: []byte{2, 1, 1}})
	}
	if part.Critical {
		list.ExtraExtensions = append(list.ExtraExtensions, pkix.Extension{Id: asn1.ObjectIdentifier{1, 2, 3, 4}, Critical: true, Value: []byte{5, 0}})
	}
	key := ecIssuing()
	if part.Forged {
		key = ecOtherRoot()
		forged := *issuer
		forged.PublicKey = key.Public()
		issuer = &forged
	}
	return c.list(list, revoked, issuer, key)
}

func (c *CA) list(list *x509.RevocationList, revoked []Pair, issuer *x509.Certificate, key crypto.Signer) ([]byte, error) {
	for _, pair := range revoked {
		leaf, err := x509.ParseCertificate(pair.Chain[0])
		if err != nil {
			return nil, fmt.Errorf("making a revocation list: %w", err)
		}
		list.RevokedCertificateEntries = append(list.RevokedCertificateEntries,
			x509.RevocationListEntry{SerialNumber: leaf.SerialNumber, RevocationTime: c.now.Add(-day), ReasonCode: ocsp.KeyCompromise})
	}
	return x509.CreateRevocationList(rand.Reader, list, issuer, key)
}

// Renamed is a certificate for the same key under the name that stands in it now,
// signed by the untrusted root.
func Renamed(c *x509.Certificate) []byte {
	t := template{
		version: 2, serial: serial("renamed"), hash: crypto.SHA256, subject: name(c.Subject.CommonName), issuer: name(nameOther),
		key: ecIssuing(), signer: ecOtherRoot(), from: c.NotBefore, to: c.NotAfter, extensions: []extension{basicConstraintsCA()},
	}
	t.identify()
	return t.make()
}

// CertsOnly wraps certificates as authorities hand them out too: a CMS message
// that signs nothing (RFC 5280, section 4.2.2.1).
func CertsOnly(certificates ...[]byte) []byte {
	constructed := cbasn1.Tag(0).ContextSpecific().Constructed()
	b := cryptobyte.NewBuilder(nil)
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2})
		b.AddASN1(constructed, func(b *cryptobyte.Builder) {
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { addSignedData(b, certificates) })
		})
	})
	return b.BytesOrPanic()
}

func addSignedData(b *cryptobyte.Builder, certificates [][]byte) {
	b.AddASN1Int64(1)
	b.AddASN1(cbasn1.SET, func(*cryptobyte.Builder) {})
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1})
	})
	b.AddASN1(cbasn1.Tag(0).ContextSpecific().Constructed(), func(b *cryptobyte.Builder) {
		for _, one := range certificates {
			b.AddBytes(one)
		}
	})
	b.AddASN1(cbasn1.SET, func(*cryptobyte.Builder) {})
}

// SignerPEM is the certificate and the key of one who signs answers.
func (c *CA) SignerPEM(by string) (certificate, key []byte) {
	pair := Pair{Chain: [][]byte{c.Intermediate}, Key: ecIssuing()}
	if by != ByIssuer {
		made, signer := c.responder(by)
		pair = Pair{Chain: [][]byte{made.Raw}, Key: signer}
	}
	return pair.PEM()
}
