// Public keys: which, how long, and whether one of the known ways to break them
// without work applies.

package certread

import (
	"math/big"
)

// explicitCurve is the curve of a key that writes its parameters out.
const explicitCurve = "explicit"

// A key is a subject's public key.
type key struct {
	Algorithm string // "RSA", "ECDSA", "Ed25519", "DSA", …, "unknown"
	Bits      int    // modulus, prime, or order of the curve
	Curve     string // IANA name
	modulus   *big.Int
	exponent  *big.Int
}

// keyAlgorithms by object identifier, with the bits where the algorithm fixes
// them.
var keyAlgorithms = map[string]key{
	"1.2.840.113549.1.1.1":    {Algorithm: "RSA"},
	"1.2.840.113549.1.1.10":   {Algorithm: "RSA"}, // restricted to PSS
	"1.2.840.10045.2.1":       {Algorithm: "ECDSA"},
	"1.2.840.10040.4.1":       {Algorithm: "DSA"},
	"1.3.101.112":             {Algorithm: "Ed25519", Bits: 256},
	"1.3.101.113":             {Algorithm: "Ed448", Bits: 456},
	"2.16.840.1.101.3.4.3.17": {Algorithm: "ML-DSA-44", Bits: 10496},
	"2.16.840.1.101.3.4.3.18": {Algorithm: "ML-DSA-65", Bits: 15616},
	"2.16.840.1.101.3.4.3.19": {Algorithm: "ML-DSA-87", Bits: 20736},
}

// curves by object identifier: SEC 2, RFC 5639, GB/T 32918.
var curves = map[string]struct {
	name string
	bits int
}{
	"1.3.132.0.6":           {"secp112r1", 112},
	"1.3.132.0.28":          {"secp128r1", 128},
	"1.3.132.0.8":           {"secp160r1", 160},
	"1.3.132.0.9":           {"secp160k1", 160},
	"1.3.132.0.30":          {"secp160r2", 160},
	"1.3.132.0.31":          {"secp192k1", 192},
	"1.2.840.10045.3.1.1":   {"secp192r1", 192},
	"1.3.132.0.32":          {"secp224k1", 224},
	"1.3.132.0.33":          {"secp224r1", 224},
	"1.3.132.0.10":          {"secp256k1", 256},
	"1.2.840.10045.3.1.7":   {"secp256r1", 256},
	"1.3.132.0.34":          {"secp384r1", 384},
	"1.3.132.0.35":          {"secp521r1", 521},
	"1.3.132.0.1":           {"sect163k1", 163},
	"1.3.132.0.15":          {"sect163r2", 163},
	"1.3.132.0.26":          {"sect233k1", 233},
	"1.3.132.0.27":          {"sect233r1", 233},
	"1.3.132.0.16":          {"sect283k1", 283},
	"1.3.132.0.17":          {"sect283r1", 283},
	"1.3.132.0.36":          {"sect409k1", 409},
	"1.3.132.0.37":          {"sect409r1", 409},
	"1.3.132.0.38":          {"sect571k1", 571},
	"1.3.132.0.39":          {"sect571r1", 571},
	"1.3.36.3.3.2.8.1.1.1":  {"brainpoolP160r1", 160},
	"1.3.36.3.3.2.8.1.1.3":  {"brainpoolP192r1", 192},
	"1.3.36.3.3.2.8.1.1.5":  {"brainpoolP224r1", 224},
	"1.3.36.3.3.2.8.1.1.7":  {"brainpoolP256r1", 256},
	"1.3.36.3.3.2.8.1.1.9":  {"brainpoolP320r1", 320},
	"1.3.36.3.3.2.8.1.1.11": {"brainpoolP384r1", 384},
	"1.3.36.3.3.2.8.1.1.13": {"brainpoolP512r1", 512},
	"1.2.156.10197.1.301":   {"curveSM2", 256},
}

// readKey reads SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7).
func readKey(body []byte) key {
	parts := cursor(body)
	algorithm, ok := parts.take(tagSequence)
	if !ok {
		return key{Algorithm: unknown}
	}
	kind, parameters := algorithmOf(algorithm.body)
	k, known := keyAlgorithms[kind.String()]
	if !known {
		return key{Algorithm: unknown}
	}
	bits, _ := parts.take(tagBits)
	switch k.Algorithm {
	case "RSA":
		k.readRSA(bits.body)
	case "ECDSA":
		k.readCurve(parameters)
	case "DSA":
		primes := cursor(parameters.body)
		if p, ok := primes.take(tagInteger); ok {
			k.Bits = new(big.Int).SetBytes(p.body).BitLen()
		}
	}
	return k
}

// readRSA reads RSAPublicKey (RFC 8017 appendix A.1.1) from the bit string.
func (k *key) readRSA(bits []byte) {
	if len(bits) == 0 {
		return
	}
	numbers := cursor(inside(bits[1:], tagSequence))
	modulus, ok := numbers.take(tagInteger)
	if !ok {
		return
	}
	k.modulus = new(big.Int).SetBytes(modulus.body)
	k.Bits = k.modulus.BitLen()
	if exponent, ok := numbers.take(tagInteger); ok {
		k.exponent = new(big.Int).SetBytes(exponent.body)
	}
}

// readCurve reads the named curve, or of one that is written out the length of
// its field (RFC 5480 section 2.1.1, SEC 1 section C.2).
func (k *key) readCurve(parameters element) {
	if parameters.tag == tagOID {
		named := curves[oid(parameters.body).String()]
		k.Curve, k.Bits = named.name, named.bits
		if named.bits == 0 {
			k.Curve = unknown
		}
		return
	}
	k.Curve = explicitCurve
	parts := cursor(parameters.body)
	parts.take(tagInteger)
	field, _ := parts.take(tagSequence)
	kind := cursor(field.body)
	kind.take(tagOID)
	if prime, ok := kind.take(tagInteger); ok {
		k.Bits = new(big.Int).SetBytes(prime.body).BitLen()
	}
}
