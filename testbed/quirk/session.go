// Quirks of sessions that are taken up again, and of handshakes inside of them.

package quirk

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"slices"
	"strings"
)

// leaked is what stands for a server's memory.
var leaked = bytes.Repeat([]byte("L"), 32)

var sessionQuirks = map[string]quirk{
	"ticketbleed-resumes": {"takes up a session, and fills a session id that comes with a ticket up to 32 bytes (CVE-2016-9244); they are of the letter L", func(c *conn) {
		c.tickets(func(id []byte) []byte { return append(slices.Clone(id), leaked[len(id):]...) })
	}},
	"ticket-echo": {"echoes a session id that comes with a ticket as it came (RFC 5077, section 3.4)", func(c *conn) {
		c.tickets(slices.Clone[[]byte])
	}},
	"renegotiation-ignored": {"reads past a hello inside of a session, and past what follows, and says nothing", func(c *conn) {
		h, ok := c.readHello()
		t, taken := c.takeover(tls.VersionTLS12)
		if !ok || !taken || h.sslv2 {
			return
		}
		if l, err := t.cbc(); err == nil {
			for _, more := l.open(); more; _, more = l.open() {
			}
		}
		c.hold()
	}},
}

// tickets serves TLS 1.2 with tickets that hold nothing but the master secret, in
// clear, and takes them up itself.
func (c *conn) tickets(echo func(id []byte) []byte) {
	h, ok := c.readHello()
	if !ok {
		return
	}
	if master := h.extensions[extTicket]; len(master) == 48 {
		c.resume(h, master, echo)
		return
	}
	var log bytes.Buffer
	c.options.Config = &tls.Config{
		Certificates: []tls.Certificate{c.options.Pair.TLS()}, KeyLogWriter: &log,
		MinVersion: tls.VersionTLS12, MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA},
		WrapSession: func(tls.ConnectionState, *tls.SessionState) ([]byte, error) {
			words := strings.Fields(log.String())
			return hex.DecodeString(words[len(words)-1])
		},
		UnwrapSession: func([]byte, tls.ConnectionState) (*tls.SessionState, error) { return nil, nil },
	}
	c.workTLS()
}

// resume makes the short handshake of RFC 5077, section 3.1, and refuses to
// renegotiate.
func (c *conn) resume(h hello, master []byte, echo func(id []byte) []byte) {
	asked, ok := c.next()
	if !ok {
		return
	}
	random := bytes.Repeat([]byte{0x52}, 32)
	answer := serverHello(random, echo(h.session), h.has(extMasterSecret))
	t := taken{conn: c, random: h.random, answer: random, secrets: map[string][]byte{"CLIENT_RANDOM": master}}
	l, err := t.cbc()
	if err != nil || !c.send(record(handshakeRecord, 0x0303, answer)) || !c.send(record(changeCipherSpec, 0x0303, []byte{1})) {
		return
	}
	l.got, l.sent = 0, 0
	transcript := sha256.Sum256(append(asked.payload, answer...))
	finished := append([]byte{20, 0, 0, 12}, prf(master, "server finished", transcript[:], 12)...)
	if !l.seal(handshakeRecord, finished) {
		return
	}
	if r, ok := c.next(); !ok || r.kind != changeCipherSpec {
		return
	}
	for o, ok := l.open(); ok && o.kind != alertRecord; o, ok = l.open() {
		if o.kind == handshakeRecord && o.text[0] == 1 && !l.seal(alertRecord, []byte{1, 100}) {
			return
		}
	}
	l.seal(alertRecord, []byte{1, 0})
}

// serverHello takes up a session of TLS 1.2 with AES-128-CBC.
func serverHello(random, session []byte, bound bool) []byte {
	extensions := []byte{0xff, 1, 0, 1, 0}
	if bound {
		extensions = append(extensions, 0, extMasterSecret, 0, 0)
	}
	body := slices.Concat([]byte{3, 3}, random, []byte{byte(len(session))}, session, []byte{0xc0, 0x13, 0},
		[]byte{0, byte(len(extensions))}, extensions)
	return append([]byte{2, 0, 0, byte(len(body))}, body...)
}
