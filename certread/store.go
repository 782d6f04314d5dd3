// Root stores: who is trusted, under which name, and on which condition.

package certread

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
)

// A Store is one set of roots. It is filled once and may then be used by many at
// a time.
type Store struct {
	name, version string
	pool          *x509.CertPool
	roots         map[string][]root // by raw subject
	count         int
}

// A root may be trusted on a condition only, as Mozilla's distrust dates are.
type root struct {
	*x509.Certificate
	allows func([]*x509.Certificate) error
}

// NewStore makes an empty store: Mozilla with the bundle's date as its version,
// CAFile, or any other name, such as "system".
func NewStore(name, version string) *Store {
	return &Store{name: name, version: version, pool: x509.NewCertPool(), roots: map[string][]root{}}
}

// Add trusts a root; allows, where it is not nil, is asked about each chain that
// ends there (x509.CertPool.AddCertWithConstraint).
func (s *Store) Add(certificate *x509.Certificate, allows func([]*x509.Certificate) error) {
	if allows == nil {
		allows = func([]*x509.Certificate) error { return nil }
	}
	s.pool.AddCertWithConstraint(certificate, allows)
	subject := string(certificate.RawSubject)
	s.roots[subject] = append(s.roots[subject], root{certificate, allows})
	s.count++
}

// AddPEM trusts every certificate of a PEM file, leaving out what crypto/x509
// cannot read. It fails when the file holds no certificate that it can.
func (s *Store) AddPEM(file []byte) error {
	before, last := s.count, error(nil)
	for block, rest := pem.Decode(file); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			last = err
			continue
		}
		s.Add(certificate, nil)
	}
	switch {
	case s.count > before:
		return nil
	case last != nil:
		return fmt.Errorf("reading root certificates: none could be read: %w", last)
	}
	return fmt.Errorf("reading root certificates: the file holds no PEM block of type CERTIFICATE")
}

// Roots is how many roots the store holds.
func (s *Store) Roots() int { return s.count }

// has is true when the store holds a root of that name.
func (s *Store) has(subject []byte) bool { return len(s.roots[string(subject)]) > 0 }
