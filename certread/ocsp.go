// What an authority's responder says of a certificate (RFC 6960): the request,
// and the answer held to all that makes it count.

package certread

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/ocsp"

	"middlebrick/observe"
)

const (
	skew    = time.Hour      // by which our clock and an authority's may differ
	endless = 24 * time.Hour // how long an answer counts that does not say until when
)

// A Subject is the certificate that an answer must be about: its serial as an
// observation has it, and its issuer.
type Subject struct {
	serial *big.Int
	issuer *x509.Certificate
}

// NewSubject takes the serial in hex and the issuer's DER. It fails where either
// cannot be read, for then no answer can be held to them.
func NewSubject(serial string, issuer []byte) (Subject, error) {
	number, ok := new(big.Int).SetString(serial, 16)
	if !ok {
		return Subject{}, fmt.Errorf("reading serial number: %.60q is none", serial)
	}
	if len(issuer) == 0 {
		return Subject{}, errors.New("the issuer's certificate was not sent and is no root that is known")
	}
	parsed, err := x509.ParseCertificate(issuer)
	if err != nil {
		return Subject{}, fmt.Errorf("reading the issuer's certificate: %w", err)
	}
	return Subject{number, parsed}, nil
}

// OCSPRequest asks a responder about the certificate, without a nonce, so that an
// answer made beforehand will do (RFC 5019 section 2.1).
func (s Subject) OCSPRequest() ([]byte, error) {
	request, err := ocsp.CreateRequest(&x509.Certificate{SerialNumber: s.serial}, s.issuer, nil)
	if err != nil {
		return nil, fmt.Errorf("writing OCSP request: %w", err)
	}
	return request, nil
}

// ReadOCSP reads a responder's answer. Its Status is empty, and Fault says why,
// unless the answer is about this certificate, signed by its issuer or by one whom
// the issuer appointed (RFC 6960 section 4.2.2.2), and in force at that moment.
func ReadOCSP(raw []byte, about Subject, at time.Time) observe.Revocative {
	var seen observe.Revocative
	if long(raw) {
		seen.Fault = "it brings a certificate with a key that nobody should compute with"
		return seen
	}
	answer, err := ocsp.ParseResponseForCert(raw, &x509.Certificate{SerialNumber: about.serial}, nil)
	if err != nil {
		seen.Fault = refusedBy(err)
		return seen
	}
	seen.ThisUpdate, seen.NextUpdate = within(answer.ThisUpdate), until(answer.NextUpdate)
	seen.Responder, seen.Fault = signedBy(answer, about.issuer, at)
	if seen.Fault == "" && !about.named(answer) {
		seen.Fault = "it is about a certificate of another authority"
	}
	if seen.Fault == "" {
		seen.Fault = inForce(seen, at)
	}
	if seen.Fault != "" {
		return seen
	}
	seen.Timestamps = stapled(answer)
	switch answer.Status {
	case ocsp.Good:
		seen.Status = observe.StatusGood
	case ocsp.Unknown:
		seen.Status = observe.StatusUnknown
	default:
		seen.Status, seen.RevokedAt, seen.Reason = observe.StatusRevoked, within(answer.RevokedAt), reason(answer.RevocationReason)
	}
	return seen
}

// long is true when a certificate that the answer brings has a key so long that
// checking the signature would keep us busy (CVE-2023-29409).
func long(raw []byte) bool {
	response := cursor(inside(raw, tagSequence))
	response.take(tagEnumerated)
	wrapped, _ := response.take(tagVersion)
	typed := cursor(inside(wrapped.body, tagSequence))
	typed.take(tagOID)
	octets, _ := typed.take(tagOctets)
	for part := range elements(inside(octets.body, tagSequence)) {
		if part.tag != tagVersion {
			continue
		}
		for brought := range elements(inside(part.body, tagSequence)) {
			if readFacts(brought.whole).key.Bits > maxFactored {
				return true
			}
		}
	}
	return false
}

// refusedBy words why an answer could not be read. One that says no more than
// that the responder will not answer is signed by nobody (RFC 6960 section 2.3).
func refusedBy(err error) string {
	var refused ocsp.ResponseError
	if errors.As(err, &refused) {
		return "the responder answers " + strings.TrimPrefix(refused.Error(), "ocsp: error from server: ")
	}
	return cut("it cannot be read: "+words(err), 200)
}

// signedBy names whose signature the answer bears; fault says why that is worth
// nothing. ParseResponse has held the answer to the certificate that it brings;
// who that belongs to is held here.
func signedBy(answer *ocsp.Response, issuer *x509.Certificate, at time.Time) (responder, fault string) {
	brought := answer.Certificate
	switch {
	case brought == nil:
		if answer.CheckSignatureFrom(issuer) != nil {
			return "", "it is not signed by the certificate's issuer"
		}
		return "issuer", ""
	case brought.Equal(issuer):
		return "issuer", ""
	case bytes.Equal(brought.RawSubjectPublicKeyInfo, issuer.RawSubjectPublicKeyInfo):
		return "issuer", "" // another certificate for the same key
	}
	name := cut(spoken(plain(brought.Subject.String())), maxLabel)
	switch {
	case issuer.CheckSignature(brought.SignatureAlgorithm, brought.RawTBSCertificate, brought.Signature) != nil:
		return name, "it is signed by somebody whom the certificate's issuer did not appoint"
	case !slices.Contains(brought.ExtKeyUsage, x509.ExtKeyUsageOCSPSigning):
		return name, "it is signed by a certificate that may not sign OCSP answers"
	case at.Before(brought.NotBefore.Add(-skew)) || at.After(brought.NotAfter.Add(skew)):
		return name, "it is signed by a certificate that is not in force"
	}
	return name, ""
}

// inForce is empty where the answer's time holds (RFC 6960 section 4.2.2.1).
func inForce(seen observe.Revocative, at time.Time) string {
	end := seen.NextUpdate
	if end.IsZero() {
		end = seen.ThisUpdate.Add(endless)
	}
	switch {
	case at.Before(seen.ThisUpdate.Add(-skew)):
		return "it is from the future: " + seen.ThisUpdate.Format(time.RFC3339)
	case at.After(end.Add(skew)):
		return "it ran out on " + end.Format(time.RFC3339)
	}
	return ""
}

func until(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return within(t)
}

// named holds the answer's certificate id to the issuer: two authorities may give
// out one serial, and one responder may serve them both.
func (s Subject) named(answer *ocsp.Response) bool {
	hash := answer.IssuerHash
	if !hash.Available() {
		return false
	}
	key := inside(cursorPast(s.issuer.RawSubjectPublicKeyInfo), tagBits)
	if len(key) < 2 {
		return false
	}
	name, keyID := digest(hash, s.issuer.RawSubject), digest(hash, key[1:])
	id := certIDOf(answer.TBSResponseData, s.serial)
	return bytes.Equal(id.name, name) && bytes.Equal(id.key, keyID)
}

func digest(hash crypto.Hash, of []byte) []byte {
	sum := hash.New()
	sum.Write(of)
	return sum.Sum(nil)
}

// cursorPast is what follows the algorithm in a SubjectPublicKeyInfo.
func cursorPast(info []byte) []byte {
	parts := cursor(inside(info, tagSequence))
	parts.take(tagSequence)
	return parts
}

// A certID is what an answer is about (RFC 6960 section 4.1.1).
type certID struct {
	name, key []byte
	serial    *big.Int
}

// certIDOf is that of the first SingleResponse with the serial, which is the one
// that ParseResponseForCert takes.
func certIDOf(data []byte, serial *big.Int) certID {
	for part := range elements(inside(data, tagSequence)) {
		if part.tag != tagSequence {
			continue
		}
		for single := range elements(part.body) {
			if id := readCertID(inside(single.body, tagSequence)); id.serial.Cmp(serial) == 0 {
				return id
			}
		}
		break
	}
	return certID{}
}

func readCertID(body []byte) certID {
	parts := cursor(body)
	parts.take(tagSequence)
	name, _ := parts.take(tagOctets)
	key, _ := parts.take(tagOctets)
	serial, _ := parts.take(tagInteger)
	return certID{name.body, key.body, new(big.Int).SetBytes(serial.body)}
}

// oidStapledSCTs is the extension of a SingleResponse (RFC 6962 section 3.3).
var oidStapledSCTs = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 5}

func stapled(answer *ocsp.Response) [][]byte {
	for _, extension := range answer.Extensions {
		if extension.Id.Equal(oidStapledSCTs) {
			return splitTimestamps(inside(extension.Value, tagOctets))
		}
	}
	return nil
}

// reasons by number (RFC 5280 section 5.3.1).
var reasons = map[int]string{
	0: "unspecified", 1: "keyCompromise", 2: "cACompromise", 3: "affiliationChanged", 4: "superseded",
	5: "cessationOfOperation", 6: "certificateHold", 8: "removeFromCRL", 9: "privilegeWithdrawn", 10: "aACompromise",
}

func reason(code int) string {
	if name, known := reasons[code]; known {
		return name
	}
	return fmt.Sprintf("reason %d", code)
}

// SubjectOf is the certificate that a chain begins with, as answers are held to it.
func SubjectOf(chain observe.Chain) (Subject, error) {
	leaf, ok := chain.Leaf()
	if !ok {
		return Subject{}, errors.New("no certificate was seen")
	}
	return NewSubject(leaf.Serial, chain.IssuerRaw)
}
