// Faults behind a finished handshake. crypto/tls makes the handshake; then the
// quirk takes the connection over with the keys, which it knows from the key
// log, and misbehaves below the encryption.

package quirk

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// wiretap reads no further than one record, so that nothing of the client is
// lost in a buffer of crypto/tls, and keeps the server's first record.
type wiretap struct {
	*conn
	left  int // bytes of the current record
	first []byte
}

func (w *wiretap) Read(p []byte) (int, error) {
	if w.left == 0 {
		head := make([]byte, 5)
		if !w.fill(head) {
			return 0, errClosed
		}
		w.back = append(head, w.back...)
		w.left = 5 + int(binary.BigEndian.Uint16(head[3:]))
	}
	n, err := w.conn.Read(p[:min(len(p), w.left)])
	w.left -= n
	return n, err
}

func (w *wiretap) Write(p []byte) (int, error) {
	if w.first == nil {
		w.first = bytes.Clone(p)
	}
	return w.conn.Write(p)
}

// taken is a connection after its handshake, with its secrets by the labels
// of the key log (RFC 9850): the second and third field of each line.
type taken struct {
	*conn
	random  []byte // the client's
	answer  []byte // the server's random
	suite   uint16
	secrets map[string][]byte
}

// takeover makes the handshake with the version, in TLS 1.2 with AES-128-CBC. Tickets
// are off, so that no record but the Finished has been sent.
func (c *conn) takeover(version uint16) (t taken, ok bool) {
	var log bytes.Buffer
	tap := &wiretap{conn: c}
	session := tls.Server(tap, &tls.Config{
		Certificates: []tls.Certificate{c.options.Pair.TLS()}, KeyLogWriter: &log, SessionTicketsDisabled: true,
		MinVersion: version, MaxVersion: version,
		CipherSuites: []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, tls.TLS_RSA_WITH_AES_128_CBC_SHA},
	})
	if session.Handshake() != nil || len(tap.first) < 43 {
		return t, false
	}
	t = taken{conn: c, answer: tap.first[11:43], suite: session.ConnectionState().CipherSuite, secrets: map[string][]byte{}}
	for line := range strings.Lines(log.String()) {
		var label string
		var random, secret []byte
		if _, err := fmt.Sscanf(line, "%s %x %x", &label, &random, &secret); err != nil {
			return t, false
		}
		t.random, t.secrets[label] = random, secret
	}
	return t, true
}

// cbc is the record layer of TLS 1.2 with AES-128-CBC and HMAC-SHA-1 (RFC
// 5246, section 6.2.3.2).
type cbc struct {
	taken
	readMAC, writeMAC []byte
	read, write       cipher.Block
	got, sent         uint64 // records so far, the Finished included
}

func (t taken) cbc() (*cbc, error) {
	block := prf(t.secrets["CLIENT_RANDOM"], "key expansion", slices.Concat(t.answer, t.random), 20+20+16+16)
	read, err := aes.NewCipher(block[40:56])
	if err != nil {
		return nil, fmt.Errorf("taking over a connection: %w", err)
	}
	write, err := aes.NewCipher(block[56:72])
	if err != nil {
		return nil, fmt.Errorf("taking over a connection: %w", err)
	}
	return &cbc{taken: t, readMAC: block[:20], writeMAC: block[20:40], read: read, write: write, got: 1, sent: 1}, nil
}

// prf is P_SHA256 (RFC 5246, section 5).
func prf(secret []byte, label string, seed []byte, n int) []byte {
	sign := func(text []byte) []byte {
		mac := hmac.New(sha256.New, secret)
		mac.Write(text)
		return mac.Sum(nil)
	}
	seed = append([]byte(label), seed...)
	var out []byte
	for a := sign(seed); len(out) < n; a = sign(a) {
		out = append(out, sign(slices.Concat(a, seed))...)
	}
	return out[:n]
}

// opened is a record of the client and what was wrong with it.
type opened struct {
	kind       uint8
	text       []byte
	badLength  bool // no whole blocks, or more padding than there is room
	badPadding bool // a padding byte is not the padding's length
	badMAC     bool
}

// open decrypts the client's next record.
func (l *cbc) open() (o opened, ok bool) {
	r, ok := l.next()
	if !ok {
		return o, false
	}
	o.kind = r.kind
	sequence := l.got
	l.got++
	if len(r.payload) < 32 || len(r.payload)%16 != 0 {
		o.badLength = true
		return o, true
	}
	plain := make([]byte, len(r.payload)-16)
	cipher.NewCBCDecrypter(l.read, r.payload[:16]).CryptBlocks(plain, r.payload[16:])
	pad := int(plain[len(plain)-1])
	if pad+1+20 > len(plain) {
		o.badLength = true
		return o, true
	}
	content := len(plain) - pad - 1 - 20
	o.badPadding = !bytes.Equal(plain[content+20:], bytes.Repeat([]byte{byte(pad)}, pad+1))
	o.text = plain[:content]
	o.badMAC = !hmac.Equal(mac(l.readMAC, sequence, r.kind, o.text), plain[content:content+20])
	return o, true
}

// seal sends a record.
func (l *cbc) seal(kind uint8, text []byte) bool {
	plain := slices.Concat(text, mac(l.writeMAC, l.sent, kind, text))
	pad := 15 - len(plain)%16
	plain = append(plain, bytes.Repeat([]byte{byte(pad)}, pad+1)...)
	l.sent++
	out := bytes.Repeat([]byte{0x5a}, 16) // the IV need not be secret, and here not even new
	out = append(out, make([]byte, len(plain))...)
	cipher.NewCBCEncrypter(l.write, out[:16]).CryptBlocks(out[16:], plain)
	return l.send(record(kind, 0x0303, out))
}

func mac(key []byte, sequence uint64, kind uint8, text []byte) []byte {
	head := binary.BigEndian.AppendUint64(nil, sequence)
	head = append(head, kind, 3, 3, byte(len(text)>>8), byte(len(text)))
	state := hmac.New(sha1.New, key)
	state.Write(head)
	state.Write(text)
	return state.Sum(nil)
}
