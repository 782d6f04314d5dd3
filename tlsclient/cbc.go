// Records of CBC suites, and how a caller alters them.

package tlsclient

import (
	"bytes"
	"crypto/cipher"
	"crypto/subtle"
	"fmt"

	"middlebrick/tlshello"
)

// A CBCRecord is a record of a CBC suite before it is encrypted, in its parts as
// they follow each other. Padding ends with the byte that holds its length. With
// encrypt-then-MAC the MAC is computed over what was encrypted, and is nil here.
type CBCRecord struct {
	Plaintext []byte
	MAC       []byte
	Padding   []byte
}

// CBC tells whether the session's records are those of a CBC suite.
func (s *Session) CBC() bool { return s.write != nil && s.write.block != nil }

// EncryptThenMAC tells whether the session's CBC records are authenticated as
// encrypted (RFC 7366), which leaves nothing to see to who alters them.
func (s *Session) EncryptThenMAC() bool { return s.CBC() && s.write.thenMAC }

// SealCBC is a record as it goes onto the wire, altered by mutate before it is
// encrypted; nil alters nothing. The parts together must be whole blocks. It is
// for sessions of which CBC is true, and counts as sent.
func (s *Session) SealCBC(contentType byte, plaintext []byte, mutate func(*CBCRecord)) []byte {
	if !s.CBC() {
		panic(fmt.Sprintf("a CBC record in a session of %s", s.Suite))
	}
	return s.write.seal(contentType, s.Version, plaintext, mutate)
}

// padded is the record with its MAC and the least padding.
func (h *half) padded(kind byte, plain []byte) CBCRecord {
	record := CBCRecord{Plaintext: bytes.Clone(plain)}
	if !h.thenMAC {
		record.MAC = h.mac(kind, plain)
	}
	size := h.block.BlockSize()
	fill := size - (len(record.Plaintext)+len(record.MAC))%size
	record.Padding = bytes.Repeat([]byte{byte(fill - 1)}, fill)
	return record
}

func (h *half) sealCBC(kind byte, plain []byte, mutate func(*CBCRecord)) []byte {
	record := h.padded(kind, plain)
	if mutate != nil {
		mutate(&record)
	}
	data := append(append(append([]byte{}, record.Plaintext...), record.MAC...), record.Padding...)
	size := h.block.BlockSize()
	if len(data)%size != 0 {
		panic(fmt.Sprintf("an altered record of %d bytes is no number of whole blocks of %d", len(data), size))
	}
	iv, body := h.iv, []byte{}
	if h.version > tlshello.TLS10 {
		iv = h.chance(h.sequence, size)
		body = bytes.Clone(iv)
	}
	if len(data) > 0 {
		cipher.NewCBCEncrypter(h.block, iv).CryptBlocks(data, data)
		h.iv = bytes.Clone(data[len(data)-size:])
	}
	body = append(body, data...)
	if h.thenMAC {
		body = append(body, h.mac(kind, body)...)
	}
	return body
}

func (h *half) openCBC(kind byte, body []byte) ([]byte, error) {
	if h.thenMAC {
		var err error
		if body, err = h.checkMAC(kind, body); err != nil {
			return nil, err
		}
	}
	size, iv := h.block.BlockSize(), h.iv
	if h.version > tlshello.TLS10 && len(body) >= size {
		iv, body = body[:size], body[size:]
	}
	if len(body) == 0 || len(body)%size != 0 {
		return nil, fmt.Errorf("%w: record %d has %d bytes", ErrGarbled, h.sequence, len(body))
	}
	h.iv = bytes.Clone(body[len(body)-size:])
	plain := make([]byte, len(body))
	cipher.NewCBCDecrypter(h.block, iv).CryptBlocks(plain, body)
	plain, ok := h.unpad(plain)
	if !ok {
		return nil, fmt.Errorf("%w: record %d has wrong padding", ErrGarbled, h.sequence)
	}
	if h.thenMAC {
		return plain, nil
	}
	return h.checkMAC(kind, plain)
}

// unpad takes the padding off. SSLv3 says only how long it is.
func (h *half) unpad(plain []byte) ([]byte, bool) {
	fill := int(plain[len(plain)-1]) + 1
	if fill > len(plain) {
		return nil, false
	}
	rest, padding := plain[:len(plain)-fill], plain[len(plain)-fill:]
	if h.version <= tlshello.SSL3 {
		return rest, fill <= h.block.BlockSize()
	}
	return rest, subtle.ConstantTimeCompare(padding, bytes.Repeat([]byte{byte(fill - 1)}, fill)) == 1
}
