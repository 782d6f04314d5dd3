// The client's side of the key exchanges up to TLS 1.2.

package tlsclient

import (
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"middlebrick/tlshello"
)

// mostPrime bounds the arithmetic that a hostile server can make us do (bits).
const mostPrime = 16384

// premaster computes the premaster secret and what ClientKeyExchange says.
func (s *Session) premaster() (secret, message []byte, err error) {
	switch s.recipe.exchange {
	case "RSA":
		return s.transport()
	case "DHE":
		return s.finiteField()
	}
	if s.Answer.Group == 0 || len(s.Answer.Public) == 0 {
		return nil, nil, fmt.Errorf("%w: no ECDHE parameters", ErrGarbled)
	}
	share := tlshello.KeyShare{Group: s.Answer.Group} // of a key that everybody knows, made once a process
	if s.secret {
		share.Private = s.chance("key", 32)
	}
	public, secret, err := share.Agree(s.Answer.Public)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrUnsupported, err)
	}
	return secret, append([]byte{byte(len(public))}, public...), nil
}

// transport encrypts a secret of ours for the key in the certificate, with the
// padding of PKCS #1 v1.5 (RFC 5246 section 7.4.7.1). SSLv3 puts no length before
// it.
func (s *Session) transport() (secret, message []byte, err error) {
	modulus, exponent, err := RSAKey(s.Answer)
	if err != nil {
		return nil, nil, err
	}
	size := (modulus.BitLen() + 7) / 8
	if size < masterSize+11 || modulus.BitLen() > mostPrime || exponent.BitLen() > 64 {
		return nil, nil, fmt.Errorf("%w: an RSA key of %d bits", ErrUnsupported, modulus.BitLen())
	}
	version := min(s.Hello.Version, tlshello.TLS12)
	if s.Hello.LegacyVersion != 0 {
		version = s.Hello.LegacyVersion
	}
	secret = append([]byte{byte(version >> 8), byte(version)}, s.chance("premaster", masterSize-2)...)
	block := append([]byte{0, 2}, nonZero(s.chance("padding", size-masterSize-3))...)
	block = append(append(block, 0), secret...)
	sealed := new(big.Int).Exp(new(big.Int).SetBytes(block), exponent, modulus).FillBytes(make([]byte, size))
	if s.Version <= tlshello.SSL3 {
		return secret, sealed, nil
	}
	return secret, append([]byte{byte(size >> 8), byte(size)}, sealed...), nil
}

func nonZero(data []byte) []byte {
	for i := range data {
		data[i] |= 1
	}
	return data
}

// RSAKey is the key that an RSA key exchange encrypts for: that of the first
// certificate, read without a judgement on the rest of it.
func RSAKey(a tlshello.Answer) (modulus, exponent *big.Int, err error) {
	if len(a.Certificates) == 0 {
		return nil, nil, fmt.Errorf("%w: no certificate for the key exchange", ErrGarbled)
	}
	key, ok := publicKey(a.Certificates[0])
	if !ok {
		return nil, nil, fmt.Errorf("%w: the certificate holds no key that can be read", ErrGarbled)
	}
	var pair cryptobyte.String
	modulus, exponent = new(big.Int), new(big.Int)
	if !key.ReadASN1(&pair, asn1.SEQUENCE) || !pair.ReadASN1Integer(modulus) || !pair.ReadASN1Integer(exponent) ||
		modulus.Sign() <= 0 || exponent.Sign() <= 0 {
		return nil, nil, fmt.Errorf("%w: the certificate holds no RSA key", ErrGarbled)
	}
	return modulus, exponent, nil
}

// publicKey is the content of subjectPublicKey (RFC 5280 section 4.1).
func publicKey(der []byte) (cryptobyte.String, bool) {
	in := cryptobyte.String(der)
	var certificate, body, spki, bits cryptobyte.String
	context := asn1.Tag(0).Constructed().ContextSpecific()
	ok := in.ReadASN1(&certificate, asn1.SEQUENCE) && certificate.ReadASN1(&body, asn1.SEQUENCE) &&
		body.SkipOptionalASN1(context) && body.SkipASN1(asn1.INTEGER)
	for range 4 { // signature, issuer, validity, subject
		ok = ok && body.SkipASN1(asn1.SEQUENCE)
	}
	ok = ok && body.ReadASN1(&spki, asn1.SEQUENCE) && spki.SkipASN1(asn1.SEQUENCE) && spki.ReadASN1(&bits, asn1.BIT_STRING)
	if !ok || len(bits) < 1 || bits[0] != 0 {
		return nil, false
	}
	return bits[1:], true
}

// finiteField agrees over the server's prime. Zeros at the front of the secret are
// left out (RFC 5246 section 8.1.2).
func (s *Session) finiteField() (secret, message []byte, err error) {
	dh := s.Answer.DH
	if dh == nil {
		return nil, nil, fmt.Errorf("%w: no DHE parameters", ErrGarbled)
	}
	p, g, theirs := new(big.Int).SetBytes(dh.P), new(big.Int).SetBytes(dh.G), new(big.Int).SetBytes(dh.Y)
	if p.BitLen() < 3 || p.Bit(0) == 0 || p.BitLen() > mostPrime {
		return nil, nil, fmt.Errorf("%w: a prime of %d bits", ErrUnsupported, p.BitLen())
	}
	ours := new(big.Int).SetBytes(s.chance("key", min(32, (p.BitLen()-1)/8+1)))
	ours.Mod(ours, new(big.Int).Sub(p, big.NewInt(2))).Add(ours, big.NewInt(1))
	public := new(big.Int).Exp(g, ours, p).FillBytes(make([]byte, len(dh.P)))
	secret = new(big.Int).Exp(theirs, ours, p).Bytes()
	return secret, append([]byte{byte(len(public) >> 8), byte(len(public))}, public...), nil
}

// chance is as many bytes as asked for, made from the seed for one use.
func (s *Session) chance(use string, size int) []byte {
	const most = 255 * sha256.Size
	out := []byte{}
	for n := 0; len(out) < size; n++ {
		part, err := hkdf.Key(sha256.New, s.seed, s.Answer.Random[:], fmt.Sprintf("middlebrick tlsclient %s %d", use, n), min(size-len(out), most))
		if err != nil {
			panic("a seed cannot be expanded: " + err.Error())
		}
		out = append(out, part...)
	}
	return out
}
