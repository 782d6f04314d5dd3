// The key that everybody knows, on the curves of NIST: chosen so that agreeing on
// a secret with it costs next to nothing.

package tlshello

import (
	"crypto/ecdh"
	"crypto/elliptic"
	"math/big"
)

// nistCurve agrees over a curve of NIST whose private keys have size bytes. The
// key that everybody knows is the number two: any secret that it agrees on is the
// server's point, doubled. A multiplication by a large number is a tenth of the
// CPU of reading what a TLS 1.3 server says in the groups of P-384 and P-521, and
// would hide nothing.
func nistCurve(c ecdh.Curve, params *elliptic.CurveParams, size int) keyAgreement {
	usual := curve(c, size)
	two := make([]byte, size)
	two[size-1] = 2
	known := once(func([]byte) (*ecdh.PrivateKey, error) { return c.NewPrivateKey(two) })
	return keyAgreement{
		public: func(seed []byte) ([]byte, error) {
			if string(seed) != knownSeed {
				return usual.public(seed)
			}
			key, err := known(seed)
			if err != nil {
				return nil, err
			}
			return key.PublicKey().Bytes(), nil
		},
		shared: func(seed, server []byte) ([]byte, error) {
			if string(seed) != knownSeed {
				return usual.shared(seed, server)
			}
			if _, err := c.NewPublicKey(server); err != nil { // not a point of the curve
				return nil, err
			}
			return doubled(params.P, server[1:1+size], server[1+size:]).FillBytes(make([]byte, size)), nil
		},
	}
}

// doubled is the first coordinate of twice the point, on a curve y² = x³ - 3x + b
// over the numbers up to p (SEC 1, section 2.2.1).
func doubled(p *big.Int, xBytes, yBytes []byte) *big.Int {
	x, y := new(big.Int).SetBytes(xBytes), new(big.Int).SetBytes(yBytes)
	slope := new(big.Int).Mul(x, x)
	slope.Mul(slope, big.NewInt(3)).Sub(slope, big.NewInt(3))
	y.Lsh(y, 1).ModInverse(y, p)
	slope.Mul(slope, y).Mod(slope, p)
	slope.Mul(slope, slope).Sub(slope, x.Lsh(x, 1))
	return slope.Mod(slope, p)
}
