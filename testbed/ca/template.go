// Certificates assembled as DER by hand, because crypto/x509 refuses to make
// most of the wrong ones that a scanner has to judge.

package ca

import (
	"crypto"
	_ "crypto/md5" // MD5-signed certificates are part of the set
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha1" // SHA-1-signed certificates are part of the set
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"math/big"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// attribute is one attribute of a distinguished name, as UTF8String.
type attribute struct {
	oid   asn1.ObjectIdentifier
	value string
}

// extension is one certificate extension (RFC 5280, section 4.1) with its
// value as DER.
type extension struct {
	oid      asn1.ObjectIdentifier
	critical bool
	value    []byte
}

// template is what a certificate is to say. Its zero value for a field means
// the ordinary thing: version 3, a serial from the subject.
type template struct {
	version    int64 // as written: 2 means X.509 version 3
	serial     *big.Int
	subject    []attribute
	issuer     []attribute
	from, to   time.Time
	key        crypto.Signer
	signer     crypto.Signer
	hash       crypto.Hash
	extensions []extension
}

var (
	oidCommonName   = asn1.ObjectIdentifier{2, 5, 4, 3}
	oidOrganization = asn1.ObjectIdentifier{2, 5, 4, 10}

	oidSKI              = asn1.ObjectIdentifier{2, 5, 29, 14}
	oidKeyUsage         = asn1.ObjectIdentifier{2, 5, 29, 15}
	oidSAN              = asn1.ObjectIdentifier{2, 5, 29, 17}
	oidBasicConstraints = asn1.ObjectIdentifier{2, 5, 29, 19}
	oidAKI              = asn1.ObjectIdentifier{2, 5, 29, 35}
	oidExtKeyUsage      = asn1.ObjectIdentifier{2, 5, 29, 37}
	oidAIA              = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 1}
	oidTLSFeature       = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 24}
	oidServerAuth       = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 1}
	oidCAIssuers        = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 2}
	oidRSAEncryption    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
	rsaSignatureOIDs    = map[crypto.Hash]asn1.ObjectIdentifier{
		crypto.MD5:    {1, 2, 840, 113549, 1, 1, 4},
		crypto.SHA1:   {1, 2, 840, 113549, 1, 1, 5},
		crypto.SHA256: {1, 2, 840, 113549, 1, 1, 11},
	}
	ecdsaSignatureOIDs = map[crypto.Hash]asn1.ObjectIdentifier{
		crypto.SHA1:   {1, 2, 840, 10045, 4, 1},
		crypto.SHA256: {1, 2, 840, 10045, 4, 3, 2},
	}
)

// make builds and signs the certificate and returns its DER. It panics when
// the template cannot be encoded: that is a mistake in this package.
func (t template) make() []byte {
	tbs := cryptobyte.NewBuilder(nil)
	tbs.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.Tag(0).ContextSpecific().Constructed(), func(b *cryptobyte.Builder) {
			b.AddASN1Int64(t.version)
		})
		b.AddASN1BigInt(t.serial)
		t.addAlgorithm(b)
		addName(b, t.issuer)
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			addTime(b, t.from)
			addTime(b, t.to)
		})
		addName(b, t.subject)
		b.AddBytes(publicKeyInfo(t.key.Public()))
		t.addExtensions(b)
	})
	raw := tbs.BytesOrPanic()

	out := cryptobyte.NewBuilder(nil)
	out.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(raw)
		t.addAlgorithm(b)
		b.AddASN1BitString(t.sign(raw))
	})
	return out.BytesOrPanic()
}

func (t template) addAlgorithm(b *cryptobyte.Builder) {
	_, isRSA := t.signer.Public().(*rsa.PublicKey)
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		if isRSA {
			b.AddASN1ObjectIdentifier(rsaSignatureOIDs[t.hash])
			b.AddASN1NULL()
			return
		}
		b.AddASN1ObjectIdentifier(ecdsaSignatureOIDs[t.hash])
	})
}

func (t template) addExtensions(b *cryptobyte.Builder) {
	if len(t.extensions) == 0 {
		return
	}
	b.AddASN1(cbasn1.Tag(3).ContextSpecific().Constructed(), func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			for _, e := range t.extensions {
				addExtension(b, e)
			}
		})
	})
}

func addExtension(b *cryptobyte.Builder, e extension) {
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(e.oid)
		if e.critical {
			b.AddASN1Boolean(true)
		}
		b.AddASN1OctetString(e.value)
	})
}

// sign signs without chance: RSA by PKCS #1 v1.5, ECDSA by RFC 6979.
func (t template) sign(message []byte) []byte {
	digest := t.hash.New()
	digest.Write(message)
	source := rand.Reader
	if _, isRSA := t.signer.(*rsa.PrivateKey); !isRSA {
		source = nil
	}
	signature, err := t.signer.Sign(source, digest.Sum(nil), t.hash)
	if err != nil {
		panic("testbed: signing a certificate: " + err.Error())
	}
	return signature
}

func addName(b *cryptobyte.Builder, name []attribute) {
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		for _, a := range name {
			b.AddASN1(cbasn1.SET, func(b *cryptobyte.Builder) { addAttribute(b, a) })
		}
	})
}

func addAttribute(b *cryptobyte.Builder, a attribute) {
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(a.oid)
		b.AddASN1(cbasn1.UTF8String, func(b *cryptobyte.Builder) { b.AddBytes([]byte(a.value)) })
	})
}

// addTime writes UTCTime up to 2049 and GeneralizedTime from 2050 (RFC 5280,
// section 4.1.2.5).
func addTime(b *cryptobyte.Builder, t time.Time) {
	if t.UTC().Year() < 2050 {
		b.AddASN1UTCTime(t.UTC())
		return
	}
	b.AddASN1GeneralizedTime(t.UTC())
}

// publicKeyInfo writes the key as crypto/x509 does, but for RSA keys of any
// size.
func publicKeyInfo(public crypto.PublicKey) []byte {
	key, isRSA := public.(*rsa.PublicKey)
	if !isRSA {
		der, err := x509.MarshalPKIXPublicKey(public)
		if err != nil {
			panic("testbed: encoding a public key: " + err.Error())
		}
		return der
	}
	b := cryptobyte.NewBuilder(nil)
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(oidRSAEncryption)
			b.AddASN1NULL()
		})
		b.AddASN1BitString(x509.MarshalPKCS1PublicKey(key))
	})
	return b.BytesOrPanic()
}

// keyID is the identifier of a key after RFC 7093, section 2, method 1.
func keyID(public crypto.PublicKey) []byte {
	sum := sha256.Sum256(publicKeyInfo(public))
	return sum[:20]
}
