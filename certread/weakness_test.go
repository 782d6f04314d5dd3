// Weak RSA keys, made for the purpose: every test has its twin that is strong.

package certread

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"testing"
	"time"
)

// number is a fixed odd number of that many bits, drawn from a short recurrence.
func number(seed uint64, bits int) *big.Int {
	n := new(big.Int)
	for n.BitLen() < bits+64 {
		seed = seed*6364136223846793005 + 1442695040888963407
		n.Lsh(n, 32).Or(n, new(big.Int).SetUint64(seed>>32))
	}
	n.Rsh(n, uint(n.BitLen()-bits))
	return n.SetBit(n, 0, 1)
}

// primeFrom is the first prime at or above n in steps.
func primeFrom(n, step *big.Int) *big.Int {
	for !n.ProbablyPrime(10) {
		n = new(big.Int).Add(n, step)
	}
	return n
}

func ordinary(seed uint64, bits int) *big.Int { return primeFrom(number(seed, bits), big.NewInt(2)) }

// rocaPrime is k·M + (65537^a mod M) for the library's M of 512-bit keys.
func rocaPrime(seed int64, bits int) *big.Int {
	m := big.NewInt(2)
	for _, p := range rocaPrimes {
		m.Mul(m, big.NewInt(p))
	}
	power := new(big.Int).Exp(big.NewInt(65537), big.NewInt(seed), m)
	k := new(big.Int).Rsh(number(uint64(seed), bits), uint(m.BitLen()))
	return primeFrom(power.Add(power, k.Mul(k, m)), m)
}

func TestWeakKeysAreKnown(t *testing.T) {
	strong := new(big.Int).Mul(ordinary(1, 512), ordinary(2, 512))
	close1 := ordinary(3, 512)
	close2 := primeFrom(new(big.Int).Add(close1, big.NewInt(1<<20)), big.NewInt(2))
	apart := primeFrom(new(big.Int).Add(close1, new(big.Int).Lsh(big.NewInt(1), 300)), big.NewInt(2))
	for _, row := range []struct {
		name     string
		modulus  *big.Int
		exponent int64
		want     string
	}{
		{"ordinary", strong, 65537, ""},
		{"exponent 1", strong, 1, "exponent 1"},
		{"exponent 0", strong, 0, "exponent 1"},
		{"exponent 2", strong, 2, "exponent even"},
		{"exponent 3", strong, 3, "exponent 3"},
		{"exponent 17", strong, 17, ""},
		{"roca", new(big.Int).Mul(rocaPrime(1001, 260), rocaPrime(2002, 260)), 65537, "roca"},
		{"one prime of roca", new(big.Int).Mul(rocaPrime(1001, 260), ordinary(4, 260)), 65537, ""},
		{"close primes", new(big.Int).Mul(close1, close2), 65537, "fermat"},
		{"primes apart", new(big.Int).Mul(close1, apart), 65537, ""},
		{"square of a prime", new(big.Int).Mul(close1, close1), 65537, "fermat"},
		{"divisible by 7", new(big.Int).Mul(strong, big.NewInt(7)), 65537, "factor"},
		{"divisible by 751", new(big.Int).Mul(strong, big.NewInt(751)), 65537, "factor"},
		{"divisible by 757", new(big.Int).Mul(strong, big.NewInt(757)), 65537, ""},
		{"even", new(big.Int).Lsh(strong, 1), 65537, "factor"},
		{"no modulus", new(big.Int), 65537, ""},
		{"longer than is looked into", new(big.Int).Lsh(big.NewInt(1), maxFactored), 65537, ""},
	} {
		k := key{Algorithm: "RSA", modulus: row.modulus, exponent: big.NewInt(row.exponent), Bits: row.modulus.BitLen()}
		if got := k.weakness(); got != row.want {
			t.Errorf("%s: %q, want %q", row.name, got, row.want)
		}
	}
}

// The share of all moduli that pass by chance is the product of the shares of
// the subgroups that 65537 makes.
func TestRocaSeldomErrs(t *testing.T) {
	share := 1.0
	for _, p := range rocaPrimes {
		members := 0
		for value := int64(1); value < p; value++ {
			if generated(65537%p, value, p) {
				members++
			}
		}
		share *= float64(members) / float64(p-1)
	}
	if share > 1e-8 {
		t.Errorf("one in %.3g", 1/share)
	}
}

func TestEnormousKeyIsNotWorkedOn(t *testing.T) {
	body := make([]byte, 200_000)
	body[0], body[len(body)-1] = 0x7f, 1
	c := certificate{facts: readFacts(nil)}
	c.key = key{Algorithm: "RSA", modulus: new(big.Int).SetBytes(body), exponent: big.NewInt(65537), Bits: 1_599_999}
	if got := c.observed(); got.KeyBits != 1_599_999 || got.KeyWeakness != "" {
		t.Errorf("%d bits, %q", got.KeyBits, got.KeyWeakness)
	}
	c.parsed = &x509.Certificate{}
	if kept := usable([]certificate{{}, c}, time.Time{}); len(kept) != 0 {
		t.Errorf("%d certificates with such a key would be verified with", len(kept))
	}
}

// A self-issued certificate that another key signed (a root's key rollover) is
// not self-signed.
func TestSelfIssuedIsNotSelfSigned(t *testing.T) {
	one, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	other, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "root"}}
	for name, row := range map[string]struct {
		signer *ecdsa.PrivateKey
		want   bool
	}{"own key": {one, true}, "another key": {other, false}} {
		der, err := x509.CreateCertificate(rand.Reader, template, template, &one.PublicKey, row.signer)
		if err != nil {
			t.Fatal(err)
		}
		if got := Read(der).SelfSigned; got != row.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
