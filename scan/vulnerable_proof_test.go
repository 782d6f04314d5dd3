// That Node 0.10 takes an early change_cipher_spec, which nmap and testssl.sh do not
// see, is shown here by what it is good for: keys that everybody knows.

package scan_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"errors"
	"net"
	"os"
	"slices"
	"testing"
	"time"

	"middlebrick/testbed/lab"
	"middlebrick/tlsclient"
	"middlebrick/tlshello"
)

// After an early change_cipher_spec the server goes on from a key exchange that is
// encrypted with keys made of an empty secret, and closes on one with other keys.
func TestEarlyChangeCipherSpecGivesKeysThatEverybodyKnows(t *testing.T) {
	server := lab.StartNode(t, lab.Node{})
	for secret, goesOn := range map[string]bool{"": true, "another": false} {
		if waits, err := goesOnUnder(t, server, secret); waits != goesOn {
			t.Errorf("with keys of the secret %q the server goes on: %v (%v), want %v", secret, waits, err, goesOn)
		}
	}
}

// goesOnUnder is true where the server, after an early change_cipher_spec, takes a key
// exchange that is encrypted with keys of that master secret, and waits for more. The
// error is what it did instead.
func goesOnUnder(t *testing.T, server *lab.Server, secret string) (bool, error) {
	t.Helper()
	conn, err := net.Dial("tcp", server.TLS)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	hello := tlshello.Client{Version: tlshello.TLS12, Suites: []tlshello.Suite{0x002f}}
	raw, err := hello.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	conn.Write(raw)
	answer, err := tlshello.ReadAnswer(conn, hello, tlshello.UntilDone)
	if err != nil {
		t.Fatal(err)
	}
	conn.Write([]byte{20, 3, 3, 0, 1, 1})
	conn.Write(keyExchangeUnder(t, []byte(secret), hello, answer))
	conn.SetReadDeadline(time.Now().Add(2 * time.Second))
	_, err = conn.Read(make([]byte, 1))
	return errors.Is(err, os.ErrDeadlineExceeded), err
}

// keyExchangeUnder is a ClientKeyExchange as the first record of AES-128-CBC with
// SHA-1 at TLS 1.2, with keys of that master secret (RFC 5246 sections 6.2.3.2, 6.3).
func keyExchangeUnder(t *testing.T, secret []byte, hello tlshello.Client, answer tlshello.Answer) []byte {
	t.Helper()
	modulus, _, err := tlsclient.RSAKey(answer)
	if err != nil {
		t.Fatal(err)
	}
	size := (modulus.BitLen() + 7) / 8
	message := slices.Concat([]byte{16, 0, byte((size + 2) >> 8), byte(size + 2), byte(size >> 8), byte(size)}, make([]byte, size-1), []byte{2})
	sign := func(key []byte, parts ...[]byte) []byte {
		mac := hmac.New(sha256.New, key)
		mac.Write(slices.Concat(parts...))
		return mac.Sum(nil)
	}
	seed := slices.Concat([]byte("key expansion"), answer.Random[:], hello.Random[:])
	var block []byte
	for a := sign(secret, seed); len(block) < 72; a = sign(secret, a) {
		block = append(block, sign(secret, a, seed)...)
	}
	mac := hmac.New(sha1.New, block[:20])
	mac.Write(slices.Concat(make([]byte, 8), []byte{22, 3, 3, byte(len(message) >> 8), byte(len(message))}, message))
	plain := mac.Sum(message)
	fill := 16 - len(plain)%16
	plain = append(plain, bytes.Repeat([]byte{byte(fill - 1)}, fill)...)
	key, err := aes.NewCipher(block[40:56])
	if err != nil {
		t.Fatal(err)
	}
	iv := make([]byte, 16)
	cipher.NewCBCEncrypter(key, iv).CryptBlocks(plain, plain)
	body := append(iv, plain...)
	return append([]byte{22, 3, 3, byte(len(body) >> 8), byte(len(body))}, body...)
}
