// One direction of a connection: sealing and opening records.

package tlsclient

import (
	"bytes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rc4"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"hash"

	"middlebrick/tlshello"
)

// half is the protection of one direction. Of stream, block and aead at most one
// is set.
type half struct {
	version  tlshello.Version
	sequence uint64
	hash     func() hash.Hash // of the MAC; nil of an AEAD
	macKey   []byte
	stream   cipher.Stream
	block    cipher.Block
	iv       []byte // CBC: of the next record up to TLS 1.0; AEAD: the fixed part of the nonce
	aead     cipher.AEAD
	thenMAC  bool // encrypt-then-MAC (RFC 7366)
	chance   func(sequence uint64, size int) []byte
}

func (s *Session) newHalf(macKey, key, iv []byte) (h *half, err error) {
	h = &half{version: s.Version, hash: s.recipe.mac, macKey: macKey, iv: iv}
	h.chance = func(sequence uint64, size int) []byte { return s.chance(fmt.Sprintf("iv %d", sequence), size) }
	switch b := s.recipe.bulk; {
	case b.aead != nil:
		h.aead, err = b.aead(key)
	case b.block != nil:
		h.block, err = b.block(key)
		h.thenMAC = s.Answer.EncryptThenMAC() && s.Version > tlshello.SSL3
	case b.stream:
		h.stream, err = rc4.NewCipher(key)
	}
	return h, err
}

// header is that of a record.
func header(kind byte, version tlshello.Version, size int) []byte {
	return []byte{kind, byte(version >> 8), byte(version), byte(size >> 8), byte(size)}
}

// seal is the record as it goes onto the wire; nil is in the clear.
func (h *half) seal(kind byte, version tlshello.Version, plain []byte, mutate func(*CBCRecord)) []byte {
	body := plain
	switch {
	case h == nil:
		version = min(version, tlshello.TLS12)
	case h.version >= tlshello.TLS13:
		return h.seal13(kind, plain)
	case h.aead != nil:
		body = h.sealAEAD(kind, plain)
	case h.block != nil:
		body = h.sealCBC(kind, plain, mutate)
	default:
		body = append(bytes.Clone(plain), h.mac(kind, plain)...)
		if h.stream != nil {
			h.stream.XORKeyStream(body, body)
		}
	}
	if h != nil {
		h.sequence++
	}
	return append(header(kind, version, len(body)), body...)
}

// open is what a record says; nil is in the clear.
func (h *half) open(kind byte, body []byte) (plain []byte, err error) {
	switch {
	case h == nil:
		return body, nil
	case h.aead != nil:
		plain, err = h.openAEAD(kind, body)
	case h.block != nil:
		plain, err = h.openCBC(kind, body)
	default:
		plain = bytes.Clone(body)
		if h.stream != nil {
			h.stream.XORKeyStream(plain, plain)
		}
		plain, err = h.checkMAC(kind, plain)
	}
	h.sequence++
	return plain, err
}

// mac is the MAC over one record (RFC 5246 section 6.2.3.1); SSLv3 has its own,
// without the version (RFC 6101 section 5.2.3.1).
func (h *half) mac(kind byte, data []byte) []byte {
	if h.version > tlshello.SSL3 {
		return sum(hmac.New(h.hash, h.macKey), h.counted(kind, len(data)), data)
	}
	pad := 48
	if h.hash().Size() == sha1.Size {
		pad = 40
	}
	about := binary.BigEndian.AppendUint64(nil, h.sequence)
	about = append(about, kind, byte(len(data)>>8), byte(len(data)))
	inner := sum(h.hash(), h.macKey, bytes.Repeat([]byte{0x36}, pad), about, data)
	return sum(h.hash(), h.macKey, bytes.Repeat([]byte{0x5c}, pad), inner)
}

// counted is what MACs and AEADs authenticate beside the data.
func (h *half) counted(kind byte, size int) []byte {
	return append(binary.BigEndian.AppendUint64(nil, h.sequence), header(kind, h.version, size)...)
}

// checkMAC takes the MAC off.
func (h *half) checkMAC(kind byte, data []byte) ([]byte, error) {
	at := len(data) - h.hash().Size()
	if at < 0 {
		return nil, fmt.Errorf("%w: record %d is shorter than its MAC", ErrGarbled, h.sequence)
	}
	if subtle.ConstantTimeCompare(h.mac(kind, data[:at]), data[at:]) != 1 {
		return nil, fmt.Errorf("%w: record %d has a wrong MAC", ErrGarbled, h.sequence)
	}
	return data[:at], nil
}

// explicit is how many bytes of the nonce stand in the record (RFC 5288 section 3;
// none in RFC 7905).
func (h *half) explicit() int { return 12 - len(h.iv) }

func (h *half) nonce(explicit []byte) []byte {
	if len(explicit) > 0 {
		return append(bytes.Clone(h.iv), explicit...)
	}
	nonce := bytes.Clone(h.iv)
	for i := range 8 {
		nonce[len(nonce)-1-i] ^= byte(h.sequence >> (8 * i))
	}
	return nonce
}

func (h *half) sealAEAD(kind byte, plain []byte) []byte {
	explicit := binary.BigEndian.AppendUint64(nil, h.sequence)[:h.explicit()]
	return h.aead.Seal(bytes.Clone(explicit), h.nonce(explicit), plain, h.counted(kind, len(plain)))
}

func (h *half) openAEAD(kind byte, body []byte) ([]byte, error) {
	n := h.explicit()
	if len(body) < n+h.aead.Overhead() {
		return nil, fmt.Errorf("%w: record %d is shorter than its tag", ErrGarbled, h.sequence)
	}
	plain, err := h.aead.Open(nil, h.nonce(body[:n]), body[n:], h.counted(kind, len(body)-n-h.aead.Overhead()))
	if err != nil {
		return nil, fmt.Errorf("%w: record %d does not open: %w", ErrGarbled, h.sequence, err)
	}
	return plain, nil
}
