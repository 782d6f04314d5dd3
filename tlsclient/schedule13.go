// The keys of TLS 1.3 (RFC 8446 section 7) and the records that they protect
// (section 5.2).

package tlsclient

import (
	"crypto/hkdf"
	"crypto/hmac"
	"fmt"
	"hash"

	"middlebrick/tlshello"
)

// secrets13 is what the key schedule has come to.
type secrets13 struct {
	protection tlshello.Protection
	early      []byte // the early secret
	client     []byte // client_handshake_traffic_secret
	server     []byte // the server's current traffic secret
	master     []byte
	resumption []byte // resumption_master_secret
}

// derive is Derive-Secret over a transcript.
func (s *secrets13) derive(secret []byte, label string, transcript []byte) []byte {
	return expandLabel(s.protection.Hash, secret, label, digest(s.protection.Hash, transcript), s.size())
}

func (s *secrets13) size() int { return s.protection.Hash().Size() }

// extract mixes key material into the secret that came before.
func (s *secrets13) extract(before, material []byte) []byte {
	if material == nil {
		material = make([]byte, s.size())
	}
	secret, err := hkdf.Extract(s.protection.Hash, material, before)
	if err != nil {
		panic("a secret cannot be extracted: " + err.Error())
	}
	return secret
}

func expandLabel(h func() hash.Hash, secret []byte, label string, context []byte, size int) []byte {
	out, err := tlshello.ExpandLabel(h, secret, label, context, size)
	if err != nil {
		panic("a secret cannot be expanded: " + err.Error())
	}
	return out
}

func digest(h func() hash.Hash, data []byte) []byte { return sum(h(), data) }

// finished13 is verify_data under a traffic secret or a binder key (section 4.4.4).
func (s *secrets13) finished13(secret, transcript []byte) []byte {
	key := expandLabel(s.protection.Hash, secret, "finished", nil, s.size())
	return sum(hmac.New(s.protection.Hash, key), digest(s.protection.Hash, transcript))
}

// keyed is a direction under a traffic secret.
func (s *secrets13) keyed(secret []byte) (*half, error) {
	key := expandLabel(s.protection.Hash, secret, "key", nil, s.protection.KeySize)
	aead, err := s.protection.AEAD(key)
	if err != nil {
		return nil, fmt.Errorf("making keys: %w", err)
	}
	return &half{version: tlshello.TLS13, aead: aead, iv: expandLabel(s.protection.Hash, secret, "iv", nil, nonceSize)}, nil
}

const nonceSize = 12

func (h *half) seal13(kind byte, plain []byte) []byte {
	head := header(ApplicationData, tlshello.TLS12, len(plain)+1+h.aead.Overhead())
	inner := append(append([]byte{}, plain...), kind)
	body := h.aead.Seal(nil, h.nonce(nil), inner, head)
	h.sequence++
	return append(head, body...)
}

// open13 opens a record. Noise, and an alert of a server that has no keys, come in
// the clear.
func (h *half) open13(head, body []byte) (byte, []byte, error) {
	switch head[0] {
	case ChangeCipherSpec, Alert:
		return head[0], body, nil
	case ApplicationData:
	default:
		return 0, nil, fmt.Errorf("%w: a record of type %d in the clear at TLS 1.3", ErrGarbled, head[0])
	}
	plain, err := h.aead.Open(nil, h.nonce(nil), body, head)
	if err != nil {
		return 0, nil, fmt.Errorf("%w: record %d does not open: %w", ErrGarbled, h.sequence, err)
	}
	h.sequence++
	for i := len(plain) - 1; i >= 0; i-- {
		if plain[i] != 0 {
			return plain[i], plain[:i], nil
		}
	}
	return 0, nil, fmt.Errorf("%w: record %d is empty", ErrGarbled, h.sequence)
}
