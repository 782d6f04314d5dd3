// The premaster secrets, padded rightly and wrongly, and encrypted.

package robot

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math/big"

	"middlebrick/observe"
	"middlebrick/probes/internal/reaction"
	"middlebrick/tlsclient"
	"middlebrick/tlshello"
)

// Bounds of a key that is worked on, in bytes: less has no room for a padded
// secret, and more is no key but an attack on us.
const (
	leastKey = 11 + 48
	mostKey  = 2048
)

// keyExchange is a ClientKeyExchange record of RSA (RFC 5246 section 7.4.7.1). At
// SSLv3 the secret goes without a length before it.
func keyExchange(flight tlshello.Answer, version tlshello.Version, form string) ([]byte, error) {
	modulus, exponent, err := tlsclient.RSAKey(flight)
	if err != nil {
		return nil, err
	}
	size := (modulus.BitLen() + 7) / 8
	if size < leastKey || size > mostKey || exponent.BitLen() > 64 {
		return nil, fmt.Errorf("an RSA key of %d bits", modulus.BitLen())
	}
	block := new(big.Int).SetBytes(padded(form, size, version))
	body := block.Exp(block, exponent, modulus).FillBytes(make([]byte, size))
	if version > tlshello.SSL3 {
		body = append([]byte{byte(size >> 8), byte(size)}, body...)
	}
	const clientKeyExchange = 16
	message := append([]byte{clientKeyExchange, 0, byte(len(body) >> 8), byte(len(body))}, body...)
	return reaction.Record(reaction.Handshake, version, message), nil
}

// padded is a block of PKCS #1 v1.5 (RFC 8017 section 7.2.1) of that size around a
// secret of 48 bytes, with what the form has wrong. No byte of padding or secret
// is zero but where the form says so.
func padded(form string, size int, version tlshello.Version) []byte {
	secret := append([]byte{byte(version >> 8), byte(version)}, filler("secret", 46)...)
	block := append([]byte{0, 2}, filler("padding", size-51)...)
	block = append(append(block, 0), secret...)
	divider := size - 49
	switch form {
	case observe.RSAPrefix:
		copy(block, []byte{0x41, 0x17})
	case observe.RSASeparator:
		block[divider], block[size-2] = 0x11, 0
	case observe.RSAUnseparated:
		block[divider] = 0x11
	case observe.RSAVersion:
		block[divider+1], block[divider+2] = 2, 2
	}
	return block
}

// filler is that many bytes, none of them zero and the same in every scan.
func filler(label string, size int) []byte {
	var out []byte
	for i := byte(0); len(out) < size; i++ {
		sum := sha256.Sum256(append([]byte("middlebrick "+label), i))
		out = append(out, bytes.ReplaceAll(sum[:], []byte{0}, []byte{0x5a})...)
	}
	return out[:size]
}
