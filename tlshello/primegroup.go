// The finite field groups of RFC 7919, computed from their definition.

package tlshello

import (
	"errors"
	"math/big"
)

// ffdheOffset is the number X that makes the prime of each size a safe prime
// (RFC 7919, appendix A).
var ffdheOffset = map[int]int64{
	2048: 560316,
	3072: 2625351,
	4096: 5736041,
	6144: 15705020,
	8192: 10965728,
}

// ffdhePrime is 2^b - 2^(b-64) + ([2^(b-130) e] + X) 2^64 - 1.
func ffdhePrime(bits int) *big.Int {
	power := func(n int) *big.Int { return new(big.Int).Lsh(big.NewInt(1), uint(n)) }
	middle := scaledE(bits - 130)
	middle.Add(middle, big.NewInt(ffdheOffset[bits]))
	middle.Lsh(middle, 64)
	p := power(bits)
	p.Sub(p, power(bits-64))
	p.Add(p, middle)
	return p.Sub(p, big.NewInt(1))
}

// scaledE is the whole part of 2^bits times Euler's e, from its series with 64
// bits to spare.
func scaledE(bits int) *big.Int {
	const spare = 64
	term := new(big.Int).Lsh(big.NewInt(1), uint(bits+spare))
	sum := new(big.Int)
	for k := int64(1); term.Sign() > 0; k++ {
		sum.Add(sum, term)
		term.Quo(term, big.NewInt(k))
	}
	return sum.Rsh(sum, spare)
}

// prime agrees in the group of the given size with generator 2. The exponent
// has 512 bits, more than twice the strength of the largest group.
func prime(bits int) keyAgreement {
	exponent := func(seed []byte) (*big.Int, error) {
		raw, err := expandSeed(seed, "ffdhe", 64)
		return new(big.Int).SetBytes(raw), err
	}
	power := once(func(seed []byte) (*big.Int, error) {
		x, err := exponent(seed)
		if err != nil {
			return nil, err
		}
		return new(big.Int).Exp(big.NewInt(2), x, ffdhePrime(bits)), nil
	})
	return keyAgreement{
		public: func(seed []byte) ([]byte, error) {
			y, err := power(seed)
			if err != nil {
				return nil, err
			}
			return y.FillBytes(make([]byte, bits/8)), nil
		},
		shared: func(seed, server []byte) ([]byte, error) {
			x, err := exponent(seed)
			if err != nil {
				return nil, err
			}
			p := ffdhePrime(bits)
			y := new(big.Int).SetBytes(server)
			high := new(big.Int).Sub(p, big.NewInt(1))
			if len(server) != bits/8 || y.Cmp(big.NewInt(1)) <= 0 || y.Cmp(high) >= 0 {
				return nil, errors.New("server's share is not in the group")
			}
			return y.Exp(y, x, p).FillBytes(make([]byte, bits/8)), nil
		},
	}
}
