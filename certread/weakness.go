// RSA keys that can be broken without work, told from the public half alone.
// What needs a list of keys (Debian's of 2008, some 300,000 of them) is not
// here: no compact test for it exists.

package certread

import (
	"math/big"
	"slices"
)

const (
	maxFactored  = 8192 // bits of the longest modulus that is looked into
	minROCA      = 512  // bits of the shortest key that the broken library made
	fermatRounds = 100  // CA/Browser Forum Baseline Requirements section 6.1.1.3
)

// weakness names what is wrong with the key, and is empty when nothing is known:
// "exponent 1", "exponent 3" and "exponent even" of the public exponent; "roca"
// (CVE-2017-15361); "fermat" for primes that lie too close together
// (CVE-2022-26320); "factor" for a modulus with a small divisor.
func (k key) weakness() string {
	if k.modulus == nil || k.exponent == nil || k.modulus.Sign() == 0 {
		return ""
	}
	switch {
	case k.exponent.Cmp(big.NewInt(1)) <= 0:
		return "exponent 1"
	case k.exponent.Bit(0) == 0:
		return "exponent even"
	case k.Bits > maxFactored:
		return ""
	case smallFactor(k.modulus):
		return "factor"
	case k.Bits >= minROCA && roca(k.modulus):
		return "roca"
	case fermat(k.modulus):
		return "fermat"
	case k.exponent.Cmp(big.NewInt(3)) == 0:
		return "exponent 3"
	}
	return ""
}

// rocaPrimes are the odd primes of the product of the first 39 primes, on which
// the broken library built its shortest keys; longer keys are built on multiples
// of it (Nemec et al., "The Return of Coppersmith's Attack", 2017, section 2).
var rocaPrimes = []int64{
	3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83,
	89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
}

// roca is true when the modulus has a discrete logarithm to base 65537 modulo
// every one of those primes. Both primes of an affected key are
// k·M + (65537^a mod M), so their product always has; of other moduli one in
// more than 10^8 does.
func roca(modulus *big.Int) bool {
	for _, p := range rocaPrimes {
		if !generated(65537%p, new(big.Int).Mod(modulus, big.NewInt(p)).Int64(), p) {
			return false
		}
	}
	return true
}

// generated is true when value is a power of base modulo p.
func generated(base, value, p int64) bool {
	for power, i := int64(1), int64(0); i < p; i++ {
		if power == value {
			return true
		}
		power = power * base % p
	}
	return false
}

// smallPrimes are the primes below 752, the bound of Baseline Requirements
// section 6.1.6.
var smallPrimes = primesBelow(752)

func primesBelow(n int64) []int64 {
	var primes []int64
	for candidate := int64(2); candidate < n; candidate++ {
		if !slices.ContainsFunc(primes, func(p int64) bool { return candidate%p == 0 }) {
			primes = append(primes, candidate)
		}
	}
	return primes
}

func smallFactor(modulus *big.Int) bool {
	rest, p := new(big.Int), new(big.Int)
	for _, prime := range smallPrimes {
		if rest.Mod(modulus, p.SetInt64(prime)).Sign() == 0 {
			return true
		}
	}
	return false
}

// fermat is true when Fermat's method finds the factors in 100 rounds: when the
// modulus is a² − b² with an a just above its square root.
func fermat(modulus *big.Int) bool {
	one := big.NewInt(1)
	a := new(big.Int).Sqrt(modulus)
	square := new(big.Int)
	if square.Mul(a, a).Cmp(modulus) < 0 {
		a.Add(a, one)
	}
	for range fermatRounds {
		square.Mul(a, a)
		if isSquare(square.Sub(square, modulus)) {
			return true
		}
		a.Add(a, one)
	}
	return false
}

// isSquare looks at the remainders that a square cannot leave before it takes a
// root, which spares 99 roots of 100.
func isSquare(n *big.Int) bool {
	if n.Sign() == 0 {
		return true
	}
	low := n.Bits()[0] & 15
	if low != 0 && low != 1 && low != 4 && low != 9 {
		return false
	}
	const odds = 3 * 5 * 7 * 11 * 13
	rest := new(big.Int).Mod(n, big.NewInt(odds)).Int64()
	for _, p := range []int64{3, 5, 7, 11, 13} {
		if !quadratic(rest%p, p) {
			return false
		}
	}
	root := new(big.Int).Sqrt(n)
	return root.Mul(root, root).Cmp(n) == 0
}

// quadratic is true when some number's square leaves that rest modulo p.
func quadratic(rest, p int64) bool {
	for i := range p {
		if i*i%p == rest {
			return true
		}
	}
	return false
}
