// What suites are made of, as far as they can be computed here.

package tlsclient

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"hash"
	"slices"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"

	"middlebrick/tlshello"
)

// A bulk is a cipher of SSLv3 to TLS 1.2. One of block, stream and aead is set;
// none in NULL.
type bulk struct {
	key    int // bytes
	fixed  int // bytes of an AEAD's nonce that the key block holds
	block  func(key []byte) (cipher.Block, error)
	stream bool // RC4
	aead   func(key []byte) (cipher.AEAD, error)
}

var bulks = map[string]bulk{
	"NULL":              {},
	"RC4":               {key: 16, stream: true},
	"DES":               {key: 8, block: des.NewCipher},
	"3DES":              {key: 24, block: des.NewTripleDESCipher},
	"AES_128_CBC":       {key: 16, block: aes.NewCipher},
	"AES_256_CBC":       {key: 32, block: aes.NewCipher},
	"AES_128_GCM":       {key: 16, fixed: 4, aead: newGCM},
	"AES_256_GCM":       {key: 32, fixed: 4, aead: newGCM},
	"AES_128_CCM":       {key: 16, fixed: 4, aead: newCCM(16)},
	"AES_256_CCM":       {key: 32, fixed: 4, aead: newCCM(16)},
	"AES_128_CCM_8":     {key: 16, fixed: 4, aead: newCCM(8)},
	"AES_256_CCM_8":     {key: 32, fixed: 4, aead: newCCM(8)},
	"CHACHA20_POLY1305": {key: 32, fixed: 12, aead: chacha20poly1305.New},
}

var macs = map[string]func() hash.Hash{
	"MD5": md5.New, "SHA1": sha1.New, "SHA256": sha256.New, "SHA384": sha512.New384, "AEAD": nil,
}

func newGCM(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

func newCCM(tag int) func([]byte) (cipher.AEAD, error) {
	return func(key []byte) (cipher.AEAD, error) { return tlshello.NewCCM(key, tag) }
}

// A recipe is how a suite up to TLS 1.2 is computed.
type recipe struct {
	exchange string // RSA, DHE or ECDHE
	bulk     bulk
	mac      func() hash.Hash // nil of an AEAD
	prf      func() hash.Hash // at TLS 1.2
}

// recipeOf finds the recipe; EXPORT suites, shared secrets and rare ciphers have
// none here.
func recipeOf(suite tlshello.Suite) (recipe, bool) {
	info, known := suite.Info()
	b, cipherKnown := bulks[info.Cipher]
	mac, macKnown := macs[info.MAC]
	draft := strings.HasSuffix(info.Name, "_OLD") // ChaCha20 before RFC 7905
	if !known || !cipherKnown || !macKnown || info.Export || draft || (mac == nil) != (b.aead != nil) ||
		b.stream && info.Bits != 128 || !slices.Contains([]string{"RSA", "DHE", "ECDHE"}, info.KeyExchange) {
		return recipe{}, false
	}
	r := recipe{exchange: info.KeyExchange, bulk: b, mac: mac, prf: sha256.New}
	if strings.HasSuffix(info.Name, "_SHA384") {
		r.prf = sha512.New384
	}
	return r, true
}

// Suites are those of a version whose handshakes can be finished here, by number.
func Suites(v tlshello.Version) []tlshello.Suite {
	return slices.DeleteFunc(tlshello.Suites(v), func(suite tlshello.Suite) bool {
		if v >= tlshello.TLS13 {
			_, ok := suite.Protection13()
			return !ok
		}
		_, ok := recipeOf(suite)
		return !ok || v == tlshello.SSL2
	})
}

// Groups are those that can be computed here up to TLS 1.2, in the order of
// browsers.
func Groups() []tlshello.Group {
	return []tlshello.Group{tlshello.X25519, tlshello.Secp256r1, tlshello.Secp384r1, tlshello.Secp521r1}
}

func unsupported(suite tlshello.Suite) error { return fmt.Errorf("%w: %s", ErrUnsupported, suite) }
