// What a client that finishes handshakes needs of this package.

package tlshello

import (
	"crypto/cipher"
	"fmt"
	"hash"
)

// Message is the hello as a handshake message, header and all, without records:
// what transcripts count. The error is that of Marshal.
func (c Client) Message() ([]byte, error) {
	if c.Version == 0 || c.writesSSL2() {
		return nil, fmt.Errorf("writing client hello: %s has no handshake message for it", c.Version)
	}
	return c.hello()
}

// Agree gives our public key for the group, which the seed makes, and the secret
// that it agrees on with the server's.
func (k KeyShare) Agree(server []byte) (public, secret []byte, err error) {
	agreement, ok := keyAgreements[k.Group]
	if !ok {
		return nil, nil, fmt.Errorf("agreeing on a key: no way to compute in group %s", k.Group)
	}
	if public, err = agreement.public(k.seed()); err == nil {
		secret, err = agreement.shared(k.seed(), server)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("agreeing on a key in group %s: %w", k.Group, err)
	}
	return public, secret, nil
}

// Shared is the secret that the hello's key share for a group agrees on with the
// server's.
func (c Client) Shared(g Group, server []byte) ([]byte, error) { return c.shared(g, server) }

// A Protection is the hash and the cipher of a TLS 1.3 suite.
type Protection struct {
	Hash    func() hash.Hash
	KeySize int // bytes
	AEAD    func(key []byte) (cipher.AEAD, error)
}

// Protection13 is what a TLS 1.3 suite protects with; false where this package
// cannot compute it.
func (s Suite) Protection13() (Protection, bool) {
	p, ok := protections[s]
	return Protection{p.hash, p.keySize, p.aead}, ok
}

// ExpandLabel is HKDF-Expand-Label (RFC 8446, section 7.1).
func ExpandLabel(h func() hash.Hash, secret []byte, label string, context []byte, size int) ([]byte, error) {
	return expandLabel(h, secret, label, context, size)
}

// NewCCM is AES-CCM with a tag of so many bytes, under nonces of 12 (RFC 6655).
func NewCCM(key []byte, tag int) (cipher.AEAD, error) { return newCCM(key, tag) }
