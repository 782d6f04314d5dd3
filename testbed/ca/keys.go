// Keys that are the same on every run: a certificate of a test then differs
// between two runs in its dates alone, and no RSA key costs more than once.

package ca

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/binary"
	"math/big"
	"sync"
)

// The keys of every authority and leaf. They are derived from published
// labels: whoever reads this file has them, so they protect nothing.
var (
	rsa2048     = sync.OnceValue(func() *rsa.PrivateKey { return rsaKey("rsa 2048", 2048) })
	rsa1024     = sync.OnceValue(func() *rsa.PrivateKey { return rsaKey("rsa 1024", 1024) })
	rsa512      = sync.OnceValue(func() *rsa.PrivateKey { return rsaKey("rsa 512", 512) })
	rsaROCA     = sync.OnceValue(func() *rsa.PrivateKey { return rocaKey() })
	rsaRoot     = sync.OnceValue(func() *rsa.PrivateKey { return rsaKey("rsa root", 2048) })
	ecLeaf      = sync.OnceValue(func() *ecdsa.PrivateKey { return ecKey("leaf", elliptic.P256()) })
	ecLeafP224  = sync.OnceValue(func() *ecdsa.PrivateKey { return ecKey("leaf", elliptic.P224()) })
	ecLeafP384  = sync.OnceValue(func() *ecdsa.PrivateKey { return ecKey("leaf", elliptic.P384()) })
	ecRoot      = sync.OnceValue(func() *ecdsa.PrivateKey { return ecKey("root", elliptic.P256()) })
	ecIssuing   = sync.OnceValue(func() *ecdsa.PrivateKey { return ecKey("intermediate", elliptic.P256()) })
	ecOtherRoot = sync.OnceValue(func() *ecdsa.PrivateKey { return ecKey("other root", elliptic.P256()) })
)

// stretch returns n bytes that depend on the label alone.
func stretch(label string, n int) []byte {
	var out []byte
	for i := uint32(0); len(out) < n; i++ {
		block := sha256.Sum256(binary.BigEndian.AppendUint32([]byte("middlebrick testbed "+label+" "), i))
		out = append(out, block[:]...)
	}
	return out[:n]
}

// ecKey derives a private key on the curve from the label.
func ecKey(label string, curve elliptic.Curve) *ecdsa.PrivateKey {
	size := (curve.Params().BitSize + 7) / 8
	scalar := stretch("ec "+label, size)
	scalar[0] = 0 // below the order of every curve used here
	key, err := ecdsa.ParseRawPrivateKey(curve, scalar)
	if err != nil {
		panic("testbed: deriving EC key " + label + ": " + err.Error())
	}
	return key
}

// known is how many steps from its start each prime lies. Without it every
// test process would search for a second; a wrong number costs time alone.
var known = map[string]int64{
	"roca p":     8,
	"roca q":     18,
	"rsa 1024 p": 66,
	"rsa 1024 q": 141,
	"rsa 2048 p": 1765,
	"rsa 2048 q": 85,
	"rsa 512 p":  58,
	"rsa 512 q":  43,
	"rsa root p": 277,
	"rsa root q": 107,
}

// rsaKey derives an RSA key with a modulus of exactly the given bits and the
// public exponent 65537 from the label.
func rsaKey(label string, bits int) *rsa.PrivateKey {
	two := big.NewInt(2)
	half := func(label string) *big.Int { return prime(label, odd(label, bits/2), two) }
	return fromPrimes(half(label+" p"), half(label+" q"))
}

// rocaKey derives a 2048-bit key as the library of CVE-2017-15361 made them
// (Nemec and others, "The Return of Coppersmith's Attack", section 2): its
// primes are k*M + (65537^a mod M), M being the product of the first 126
// primes. Such a modulus is a power of 65537 modulo every small prime, which
// is how it is recognised.
func rocaKey() *rsa.PrivateKey {
	m := big.NewInt(1)
	for n, found := int64(2), 0; found < 126; n++ {
		if candidate := big.NewInt(n); candidate.ProbablyPrime(0) {
			m.Mul(m, candidate)
			found++
		}
	}
	half := func(label string, a int64) *big.Int {
		residue := new(big.Int).Exp(big.NewInt(65537), big.NewInt(a), m)
		start := new(big.Int).Div(odd(label, 1024), m)
		return prime(label, start.Mul(start, m).Add(start, residue), m)
	}
	return fromPrimes(half("roca p", 1009), half("roca q", 2003))
}

// fromPrimes makes the key of two primes with the public exponent 65537.
func fromPrimes(p, q *big.Int) *rsa.PrivateKey {
	e, one := big.NewInt(65537), big.NewInt(1)
	phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
	key := &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: new(big.Int).Mul(p, q), E: 65537},
		D:         new(big.Int).ModInverse(e, phi),
		Primes:    []*big.Int{p, q},
	}
	key.Precompute()
	return key
}

// odd is an odd number of exactly the given bits from the label. Its two top
// bits are set, so that the product of two has full length.
func odd(label string, bits int) *big.Int {
	n := new(big.Int).SetBytes(stretch(label, bits/8))
	return n.SetBit(n, bits-1, 1).SetBit(n, bits-2, 1).SetBit(n, 0, 1)
}

// prime returns the first prime among n, n+step, n+2*step, … that fits the
// public exponent 65537, from the known number of steps on. ProbablyPrime(0)
// is the Baillie-PSW test, of which no counterexample is known.
func prime(label string, n, step *big.Int) *big.Int {
	e := big.NewInt(65537)
	n.Add(n, new(big.Int).Mul(step, big.NewInt(known[label])))
	for {
		rest := new(big.Int).Mod(new(big.Int).Sub(n, big.NewInt(1)), e)
		if rest.Sign() != 0 && n.ProbablyPrime(0) {
			return n
		}
		n.Add(n, step)
	}
}
