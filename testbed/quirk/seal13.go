// The record layer of TLS 1.3, as far as a flood needs it.

package quirk

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/tls"
	"fmt"
	"hash"

	"golang.org/x/crypto/chacha20poly1305"
)

// protection is what a suite of TLS 1.3 derives keys with and seals by (RFC
// 8446, appendix B.4).
type protection struct {
	hash func() hash.Hash
	key  int // bytes
	aead func(key []byte) (cipher.AEAD, error)
}

var protections = map[uint16]protection{
	tls.TLS_AES_128_GCM_SHA256:       {sha256.New, 16, gcm},
	tls.TLS_AES_256_GCM_SHA384:       {sha512.New384, 32, gcm},
	tls.TLS_CHACHA20_POLY1305_SHA256: {sha256.New, 32, chacha20poly1305.New},
}

func gcm(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("making a record's key: %w", err)
	}
	return cipher.NewGCM(block)
}

// keyUpdate is the type of the message after which the key is another one.
const keyUpdate = 24

// sealed13 seals a handshake message under the server's traffic secret (RFC
// 8446, section 5.2), into as many records as asked for. After a KeyUpdate
// each record is under the next secret (section 7.2).
func (t taken) sealed13(message []byte, records int) (out []byte, err error) {
	p, ok := protections[t.suite]
	if !ok {
		return nil, fmt.Errorf("sealing a record: suite %#04x is none of TLS 1.3", t.suite)
	}
	secret, sequence := t.secrets["SERVER_TRAFFIC_SECRET_0"], uint64(0)
	for range records {
		one, err := p.seal(secret, sequence, message)
		if err != nil {
			return nil, err
		}
		out = append(out, one...)
		sequence++
		if message[0] != keyUpdate {
			continue
		}
		sequence = 0
		if secret, err = p.expand(secret, "traffic upd", len(secret)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// seal makes one record.
func (p protection) seal(secret []byte, sequence uint64, message []byte) ([]byte, error) {
	key, err := p.expand(secret, "key", p.key)
	if err != nil {
		return nil, err
	}
	nonce, err := p.expand(secret, "iv", 12)
	if err != nil {
		return nil, err
	}
	aead, err := p.aead(key)
	if err != nil {
		return nil, err
	}
	for i := range 8 {
		nonce[11-i] ^= byte(sequence >> (8 * i))
	}
	inner := append(bytes.Clone(message), handshakeRecord)
	head := []byte{23, 3, 3, byte((len(inner) + 16) >> 8), byte(len(inner) + 16)}
	return append(head, aead.Seal(nil, nonce, inner, head)...), nil
}

// expand is HKDF-Expand-Label without context (RFC 8446, section 7.1).
func (p protection) expand(secret []byte, label string, n int) ([]byte, error) {
	label = "tls13 " + label
	info := append([]byte{0, byte(n), byte(len(label))}, label...)
	key, err := hkdf.Expand(p.hash, secret, string(append(info, 0)), n)
	if err != nil {
		return nil, fmt.Errorf("deriving %s: %w", label, err)
	}
	return key, nil
}
