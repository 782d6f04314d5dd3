// Package ca makes, in memory, the certificates that tests serve: one good
// authority, and around it every way in which a certificate can be wrong.
//
// Keys, names, serials and signatures are the same on every run; only dates
// follow the clock. Nothing here is secret and nothing outside a test may
// trust it.
package ca

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"time"
)

const day = 24 * time.Hour

// CA is a root with one intermediate, both ECDSA P-256, and a second pair of
// authorities: an RSA root for signatures that ECDSA cannot show, and a root
// that no client here is told to trust.
type CA struct {
	now          time.Time
	Root         []byte // DER
	Intermediate []byte // DER, signed by Root
	RSARoot      []byte // DER, self-signed, trusted like Root
	OtherRoot    []byte // DER, self-signed, in no pool of ours
}

// Pair is a chain, leaf first, and the leaf's key.
type Pair struct {
	Chain [][]byte // DER
	Key   crypto.Signer
}

// New makes the authorities, valid around the present moment.
func New() *CA { return At(time.Now()) }

// At makes the authorities for tests that bring their own clock.
func At(now time.Time) *CA {
	now = now.UTC().Truncate(time.Second)
	c := &CA{now: now}
	c.Root = c.authority(nameRoot, ecRoot(), nameRoot, ecRoot(), 10*365*day)
	c.Intermediate = c.authority(nameIntermediate, ecIssuing(), nameRoot, ecRoot(), 5*365*day)
	c.RSARoot = c.authority(nameRSARoot, rsaRoot(), nameRSARoot, rsaRoot(), 10*365*day)
	c.OtherRoot = c.authority(nameOther, ecOtherRoot(), nameOther, ecOtherRoot(), 10*365*day)
	return c
}

const (
	nameRoot         = "middlebrick test root"
	nameIntermediate = "middlebrick test intermediate"
	nameRSARoot      = "middlebrick test RSA root"
	nameOther        = "middlebrick untrusted root"
)

// Good returns an ECDSA P-256 certificate for the hosts (names or IP address
// literals) with its intermediate.
func (c *CA) Good(hosts ...string) Pair {
	return Pair{Chain: [][]byte{c.leaf(hosts...).make(), c.Intermediate}, Key: ecLeaf()}
}

// GoodRSA returns an RSA-2048 certificate for the hosts, signed by RSARoot.
func (c *CA) GoodRSA(hosts ...string) Pair {
	t := c.leaf(hosts...)
	t.setKey(rsa2048())
	t.byRSARoot(crypto.SHA256)
	return Pair{Chain: [][]byte{t.make()}, Key: t.key}
}

// Pool holds the roots that a client of the good certificates trusts.
func (c *CA) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(c.RootPEM())
	return pool
}

// RootPEM is the trusted roots as a CA file.
func (c *CA) RootPEM() []byte { return certificatesPEM([][]byte{c.Root, c.RSARoot}) }

// PEM returns the chain and the key (PKCS #8) as files have them.
func (p Pair) PEM() (chain, key []byte) {
	der, err := x509.MarshalPKCS8PrivateKey(p.Key)
	if err != nil {
		panic("testbed: encoding a private key: " + err.Error())
	}
	return certificatesPEM(p.Chain), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

// TLS returns the pair as crypto/tls serves it. The leaf is not parsed, for
// many of the set cannot be.
func (p Pair) TLS() tls.Certificate {
	return tls.Certificate{Certificate: p.Chain, PrivateKey: p.Key}
}

// WritePEM writes cert.pem and key.pem into the folder and returns their
// paths.
func (p Pair) WritePEM(dir string) (certFile, keyFile string, err error) {
	chain, key := p.PEM()
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	if err := os.WriteFile(certFile, chain, 0o644); err != nil {
		return "", "", fmt.Errorf("writing certificate: %w", err)
	}
	if err := os.WriteFile(keyFile, key, 0o600); err != nil {
		return "", "", fmt.Errorf("writing key: %w", err)
	}
	return certFile, keyFile, nil
}

func certificatesPEM(chain [][]byte) []byte {
	var out bytes.Buffer
	for _, der := range chain {
		pem.Encode(&out, &pem.Block{Type: "CERTIFICATE", Bytes: der})
	}
	return out.Bytes()
}

func name(common string) []attribute { return []attribute{{oidCommonName, common}} }

// authority makes a CA certificate.
func (c *CA) authority(subject string, key crypto.Signer, issuer string, signer crypto.Signer, life time.Duration) []byte {
	t := template{
		version: 2, subject: name(subject), issuer: name(issuer), key: key, signer: signer,
		hash: crypto.SHA256, from: c.now.Add(-30 * day), to: c.now.Add(life),
		extensions: []extension{
			basicConstraintsCA(),
			// keyCertSign and cRLSign.
			{oid: oidKeyUsage, critical: true, value: []byte{0x03, 0x02, 0x01, 0x06}},
		},
	}
	t.identify()
	t.serial = serial("authority " + subject)
	return t.make()
}

// leaf is the template of a good server certificate: 90 days, of which 30 have
// passed, signed by the intermediate.
func (c *CA) leaf(hosts ...string) template {
	common := "middlebrick test"
	if len(hosts) > 0 && len(hosts[0]) <= 64 {
		common = hosts[0]
	}
	t := template{
		version: 2, serial: serial("leaf " + common), hash: crypto.SHA256,
		subject: name(common), issuer: name(nameIntermediate),
		key: ecLeaf(), signer: ecIssuing(),
		from: c.now.Add(-30 * day), to: c.now.Add(60 * day),
		extensions: []extension{keyUsage(ecLeaf().Public()), extKeyUsage(oidServerAuth)},
	}
	t.identify()
	if len(hosts) > 0 {
		t.setNames(hosts...)
	}
	return t
}

// serial is a positive number of 16 bytes from the label (RFC 5280, section
// 4.1.2.2 allows up to 20).
func serial(label string) *big.Int {
	sum := sha256.Sum256([]byte(label))
	sum[0] &= 0x7f
	sum[0] |= 0x40
	return new(big.Int).SetBytes(sum[:16])
}
