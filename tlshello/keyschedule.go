// The key schedule of TLS 1.3, as far as the server's handshake keys, and the
// records that they open (RFC 8446, sections 5.2 and 7.1).

package tlshello

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"fmt"
	"hash"

	"golang.org/x/crypto/chacha20poly1305"
	"golang.org/x/crypto/cryptobyte"
)

// ErrCannotDecrypt is in the error of a TLS 1.3 answer that is well-formed but
// in a suite or group that this package does not compute, or whose records do
// not open with the keys agreed on.
var ErrCannotDecrypt = errors.New("cannot decrypt")

// protection is the hash and the cipher of a TLS 1.3 suite.
type protection struct {
	hash    func() hash.Hash
	keySize int
	aead    func(key []byte) (cipher.AEAD, error)
}

var protections = map[Suite]protection{
	0x1301: {sha256.New, 16, newGCM},
	0x1302: {sha512.New384, 32, newGCM},
	0x1303: {sha256.New, chacha20poly1305.KeySize, chacha20poly1305.New},
	0x1304: {sha256.New, 16, func(key []byte) (cipher.AEAD, error) { return newCCM(key, 16) }},
	0x1305: {sha256.New, 16, func(key []byte) (cipher.AEAD, error) { return newCCM(key, 8) }},
}

func newGCM(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// opener opens the server's handshake records.
type opener struct {
	aead     cipher.AEAD
	iv       []byte
	sequence uint64
}

// newOpener derives the server's handshake keys from the transcript so far.
func (s *session) newOpener() (*opener, error) {
	suite, ok := protections[s.answer.Suite]
	if !ok {
		return nil, fmt.Errorf("%w: suite %s", ErrCannotDecrypt, s.answer.Suite)
	}
	secret, err := s.client.shared(s.answer.Group, s.answer.Public)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCannotDecrypt, err)
	}
	traffic, err := suite.serverHandshakeSecret(secret, s.past)
	if err != nil {
		return nil, err
	}
	key, err := expandLabel(suite.hash, traffic, "key", nil, suite.keySize)
	if err != nil {
		return nil, err
	}
	iv, err := expandLabel(suite.hash, traffic, "iv", nil, 12)
	if err != nil {
		return nil, err
	}
	aead, err := suite.aead(key)
	return &opener{aead: aead, iv: iv}, err
}

// serverHandshakeSecret is server_handshake_traffic_secret (section 7.1).
func (p protection) serverHandshakeSecret(shared, transcript []byte) ([]byte, error) {
	size := p.hash().Size()
	early, err := hkdf.Extract(p.hash, make([]byte, size), nil)
	if err != nil {
		return nil, err
	}
	derived, err := expandLabel(p.hash, early, "derived", digest(p.hash, nil), size)
	if err != nil {
		return nil, err
	}
	secret, err := hkdf.Extract(p.hash, shared, derived)
	if err != nil {
		return nil, err
	}
	return expandLabel(p.hash, secret, "s hs traffic", digest(p.hash, transcript), size)
}

// expandLabel is HKDF-Expand-Label (section 7.1).
func expandLabel(h func() hash.Hash, secret []byte, label string, context []byte, size int) ([]byte, error) {
	var b cryptobyte.Builder
	b.AddUint16(uint16(size))
	vector8(&b, []byte("tls13 "+label))
	vector8(&b, context)
	info, err := b.Bytes()
	if err != nil {
		return nil, err
	}
	return hkdf.Expand(h, secret, string(info), size)
}

func digest(h func() hash.Hash, data []byte) []byte {
	d := h()
	d.Write(data)
	return d.Sum(nil)
}

// open decrypts one record and says what it really is (section 5.2).
func (s *session) open(header, body []byte) (byte, []byte, error) {
	o := s.hidden
	if o == nil {
		return 0, nil, garbledf("application data in the middle of a handshake")
	}
	nonce := make([]byte, len(o.iv))
	copy(nonce, o.iv)
	for i := range 8 {
		nonce[len(nonce)-1-i] ^= byte(o.sequence >> (8 * i))
	}
	o.sequence++
	plain, err := o.aead.Open(body[:0], nonce, body, header)
	if err != nil {
		return 0, nil, fmt.Errorf("%w: record %d: %w", ErrCannotDecrypt, o.sequence, err)
	}
	for i := len(plain) - 1; i >= 0; i-- {
		if plain[i] != 0 {
			return plain[i], plain[:i], nil
		}
	}
	return 0, nil, garbledf("an encrypted record without content")
}
