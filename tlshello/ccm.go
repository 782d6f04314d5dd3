// AES-CCM, which the standard library lacks (NIST SP 800-38C; RFC 6655).

package tlshello

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
	"errors"
)

// ccm handles messages of up to 2^24-1 bytes under nonces of 12 bytes.
type ccm struct {
	block cipher.Block
	tag   int
}

func newCCM(key []byte, tag int) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return &ccm{block, tag}, nil
}

func (c *ccm) NonceSize() int { return 12 }

func (c *ccm) Overhead() int { return c.tag }

// Seal encrypts plaintext and appends the tag.
func (c *ccm) Seal(dst, nonce, plaintext, data []byte) []byte {
	tag := c.authenticate(nonce, plaintext, data)
	out := make([]byte, len(plaintext), len(plaintext)+c.tag)
	mask := c.crypt(out, plaintext, nonce)
	subtle.XORBytes(tag, tag, mask)
	return append(dst, append(out, tag[:c.tag]...)...)
}

// Open decrypts and checks the tag.
func (c *ccm) Open(dst, nonce, ciphertext, data []byte) ([]byte, error) {
	if len(ciphertext) < c.tag || len(nonce) != 12 {
		return nil, errors.New("message shorter than its tag")
	}
	sealed, given := ciphertext[:len(ciphertext)-c.tag], ciphertext[len(ciphertext)-c.tag:]
	plain := make([]byte, len(sealed))
	mask := c.crypt(plain, sealed, nonce)
	tag := c.authenticate(nonce, plain, data)
	subtle.XORBytes(tag, tag, mask)
	if subtle.ConstantTimeCompare(tag[:c.tag], given) != 1 {
		return nil, errors.New("message authentication failed")
	}
	return append(dst, plain...), nil
}

// crypt runs the counter mode from block 1 and returns block 0, which masks
// the tag.
func (c *ccm) crypt(dst, src, nonce []byte) []byte {
	counter := append([]byte{2}, nonce...) // a counter of 3 bytes
	counter = append(counter, 0, 0, 0)
	mask := make([]byte, aes.BlockSize)
	c.block.Encrypt(mask, counter)
	counter[15] = 1
	cipher.NewCTR(c.block, counter).XORKeyStream(dst, src)
	return mask
}

// authenticate is the CBC-MAC over length, nonce, data and plaintext.
func (c *ccm) authenticate(nonce, plaintext, data []byte) []byte {
	first := append([]byte{byte(c.tag-2)/2<<3 | 2}, nonce...)
	first = append(first, byte(len(plaintext)>>16), byte(len(plaintext)>>8), byte(len(plaintext)))
	if len(data) > 0 {
		first[0] |= 0x40
		first = binary.BigEndian.AppendUint16(first, uint16(len(data)))
		first = padBlock(append(first, data...))
	}
	mac := make([]byte, aes.BlockSize)
	for _, part := range [][]byte{first, padBlock(plaintext)} {
		for ; len(part) > 0; part = part[aes.BlockSize:] {
			subtle.XORBytes(mac, mac, part)
			c.block.Encrypt(mac, mac)
		}
	}
	return mac
}

// padBlock fills up with zeros to whole blocks, in a copy where needed.
func padBlock(data []byte) []byte {
	over := len(data) % aes.BlockSize
	if over == 0 {
		return data
	}
	return append(data[:len(data):len(data)], make([]byte, aes.BlockSize-over)...)
}
