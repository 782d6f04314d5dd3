// Key shares: the half of a key agreement that a TLS 1.3 hello carries.

package tlshello

import (
	"crypto/ecdh"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/mlkem"
	"crypto/sha256"
	"fmt"
	"slices"
	"sync"
)

// KeyShare is a key offered for one group (RFC 8446, section 4.2.8).
type KeyShare struct {
	Group Group
	// Private is the seed that the key is made from, of any length. When
	// empty, a seed is that everybody can read here: enough to look at a
	// certificate, never enough to send a secret.
	Private []byte
}

// knownSeed makes the keys of hellos that keep nothing secret. It is the same for
// all of them, so that a process makes each of these keys once.
const knownSeed = "middlebrick: a key that everybody knows"

// once makes the key of the known seed once, and every other anew. Keys are not
// changed by use.
func once[K any](private func(seed []byte) (K, error)) func(seed []byte) (K, error) {
	known := sync.OnceValues(func() (K, error) { return private([]byte(knownSeed)) })
	return func(seed []byte) (K, error) {
		if string(seed) == knownSeed {
			return known()
		}
		return private(seed)
	}
}

// keyAgreement computes in one group. Both functions are pure: the same seed
// is the same key.
type keyAgreement struct {
	public func(seed []byte) ([]byte, error)
	shared func(seed, server []byte) ([]byte, error)
}

var keyAgreements = map[Group]keyAgreement{
	X25519:             curve(ecdh.X25519(), 32),
	Secp256r1:          nistCurve(ecdh.P256(), elliptic.P256().Params(), 32),
	Secp384r1:          nistCurve(ecdh.P384(), elliptic.P384().Params(), 48),
	Secp521r1:          nistCurve(ecdh.P521(), elliptic.P521().Params(), 66),
	MLKEM768:           mlkem768(),
	MLKEM1024:          mlkem1024(),
	X25519MLKEM768:     join(mlkem768(), mlkem.CiphertextSize768, curve(ecdh.X25519(), 32)),
	SecP256r1MLKEM768:  join(nistCurve(ecdh.P256(), elliptic.P256().Params(), 32), 65, mlkem768()),
	SecP384r1MLKEM1024: join(nistCurve(ecdh.P384(), elliptic.P384().Params(), 48), 97, mlkem1024()),
	FFDHE2048:          prime(2048),
	FFDHE3072:          prime(3072),
	FFDHE4096:          prime(4096),
	FFDHE6144:          prime(6144),
	FFDHE8192:          prime(8192),
}

// KeyShareGroups lists the groups whose keys this package can compute, and so
// in which it can read a TLS 1.3 certificate. In all others a server can still
// be asked, by EmptyKeyShare, whether it would take them.
func KeyShareGroups() []Group { return slices.Clone(keyShareGroups) }

var keyShareGroups = slices.DeleteFunc(Groups(), func(g Group) bool {
	_, ok := keyAgreements[g]
	return !ok
})

// shares is what key_share offers, the default filled in.
func (c Client) shares() []KeyShare {
	if c.EmptyKeyShare {
		return nil
	}
	if c.KeyShares != nil {
		return c.KeyShares
	}
	for _, g := range c.groups() {
		if _, ok := keyAgreements[g]; ok {
			return []KeyShare{{Group: g}}
		}
	}
	return nil
}

func (share KeyShare) seed() []byte {
	if len(share.Private) > 0 {
		return share.Private
	}
	return []byte(knownSeed)
}

// public is the key_exchange field of one share.
func (c Client) public(share KeyShare) ([]byte, error) {
	agreement, ok := keyAgreements[share.Group]
	if !ok {
		return nil, fmt.Errorf("making key share: no way to compute in group %s", share.Group)
	}
	key, err := agreement.public(share.seed())
	if err != nil {
		return nil, fmt.Errorf("making key share for group %s: %w", share.Group, err)
	}
	return key, nil
}

// shared is the secret that the server's share and ours agree on.
func (c Client) shared(g Group, server []byte) ([]byte, error) {
	shares := c.shares()
	i := slices.IndexFunc(shares, func(share KeyShare) bool { return share.Group == g })
	if i < 0 {
		return nil, fmt.Errorf("agreeing on a key: no share of ours for group %s", g)
	}
	agreement, ok := keyAgreements[g]
	if !ok {
		return nil, fmt.Errorf("agreeing on a key: no way to compute in group %s", g)
	}
	secret, err := agreement.shared(shares[i].seed(), server)
	if err != nil {
		return nil, fmt.Errorf("agreeing on a key in group %s: %w", g, err)
	}
	return secret, nil
}

// expandSeed makes n bytes of key material for one use of a seed.
func expandSeed(seed []byte, use string, n int) ([]byte, error) {
	prk, err := hkdf.Extract(sha256.New, seed, nil)
	if err != nil {
		return nil, err
	}
	return hkdf.Expand(sha256.New, prk, "middlebrick "+use, n)
}

// curve agrees over an elliptic curve whose private keys have size bytes.
func curve(c ecdh.Curve, size int) keyAgreement {
	private := once(func(seed []byte) (*ecdh.PrivateKey, error) { return curveKey(c, size, seed) })
	return keyAgreement{
		public: func(seed []byte) ([]byte, error) {
			key, err := private(seed)
			if err != nil {
				return nil, err
			}
			return key.PublicKey().Bytes(), nil
		},
		shared: func(seed, server []byte) ([]byte, error) {
			key, err := private(seed)
			if err != nil {
				return nil, err
			}
			point, err := c.NewPublicKey(server)
			if err != nil {
				return nil, err
			}
			return key.ECDH(point)
		},
	}
}

// curveKey draws scalars from the seed until one is below the curve's order.
func curveKey(c ecdh.Curve, size int, seed []byte) (*ecdh.PrivateKey, error) {
	var last error
	for try := range 16 {
		scalar, err := expandSeed(seed, fmt.Sprintf("curve %d try %d", size, try), size)
		if err != nil {
			return nil, err
		}
		if size == 66 {
			scalar[0] &= 1 // P-521 scalars have 521 bits
		}
		key, err := c.NewPrivateKey(scalar)
		if err == nil {
			return key, nil
		}
		last = err
	}
	return nil, last
}

func mlkem768() keyAgreement {
	return encapsulated("mlkem768", mlkem.NewDecapsulationKey768,
		func(key *mlkem.DecapsulationKey768) []byte { return key.EncapsulationKey().Bytes() })
}

func mlkem1024() keyAgreement {
	return encapsulated("mlkem1024", mlkem.NewDecapsulationKey1024,
		func(key *mlkem.DecapsulationKey1024) []byte { return key.EncapsulationKey().Bytes() })
}

// encapsulated agrees by a key that the server encapsulates for (FIPS 203).
func encapsulated[K interface{ Decapsulate([]byte) ([]byte, error) }](label string, newKey func([]byte) (K, error), public func(K) []byte) keyAgreement {
	private := once(func(seed []byte) (K, error) {
		d, err := expandSeed(seed, label, mlkem.SeedSize)
		if err != nil {
			var none K
			return none, err
		}
		return newKey(d)
	})
	return keyAgreement{
		public: func(seed []byte) ([]byte, error) {
			key, err := private(seed)
			if err != nil {
				return nil, err
			}
			return public(key), nil
		},
		shared: func(seed, server []byte) ([]byte, error) {
			key, err := private(seed)
			if err != nil {
				return nil, err
			}
			return key.Decapsulate(server)
		},
	}
}

// join runs two agreements side by side; shares and secrets are laid end to
// end, and split is the length of the server's share for the first
// (draft-ietf-tls-ecdhe-mlkem, section 4).
func join(first keyAgreement, split int, second keyAgreement) keyAgreement {
	return keyAgreement{
		public: func(seed []byte) ([]byte, error) {
			a, err := first.public(seed)
			if err != nil {
				return nil, err
			}
			b, err := second.public(seed)
			return slices.Concat(a, b), err
		},
		shared: func(seed, server []byte) ([]byte, error) {
			if len(server) < split {
				return nil, fmt.Errorf("server's share has %d bytes", len(server))
			}
			a, err := first.shared(seed, server[:split])
			if err != nil {
				return nil, err
			}
			b, err := second.shared(seed, server[split:])
			return slices.Concat(a, b), err
		},
	}
}
