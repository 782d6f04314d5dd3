// Quirks behind a finished handshake: padding oracles, renegotiation, floods
// under encryption, and tickets that leak.

package quirk

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
)

var errClosed = errors.New("the client has left")

// fill reads the bytes and reports whether all came.
func (c *conn) fill(p []byte) bool {
	_, err := io.ReadFull(c, p)
	return err == nil
}

// silentEnd in a verdict closes without an alert; accepted takes the record.
const (
	silentEnd = -1
	accepted  = -2
)

// oracle is a server with AES-128-CBC under TLS 1.2 that judges each record by
// the function: an alert's number, silentEnd or accepted.
func oracle(note string, judge func(o opened) int) quirk {
	return quirk{note, func(c *conn) { c.judged(judge) }}
}

// badRecord is what a server does that gives nothing away (RFC 5246, section
// 6.2.3.2).
func badRecord(o opened) int {
	if o.badLength || o.badPadding || o.badMAC {
		return 20
	}
	return accepted
}

func (c *conn) judged(judge func(o opened) int) {
	t, ok := c.takeover(tls.VersionTLS12)
	if !ok {
		return
	}
	l, err := t.cbc()
	if err != nil {
		return
	}
	for {
		o, ok := l.open()
		if !ok {
			return
		}
		switch verdict := judge(o); {
		case verdict == silentEnd:
			return
		case verdict != accepted:
			l.seal(alertRecord, []byte{2, byte(verdict)})
			return
		}
		if !l.serve(o) {
			return
		}
	}
}

// serve answers a record that was accepted; it is false at the end.
func (l *cbc) serve(o opened) bool {
	switch o.kind {
	case 23:
		if !bytes.Contains(o.text, []byte("\r\n\r\n")) {
			return true
		}
		return l.seal(23, []byte(reply("200 OK", "Content-Type: application/json\r\n", `{"quirk":"none"}`)))
	case handshakeRecord: // a ClientHello: no_renegotiation
		return l.seal(alertRecord, []byte{1, 100})
	}
	return false
}

var behindQuirks = map[string]quirk{
	"cbc": oracle("answers every broken record of TLS 1.2 alike: the twin of the padding oracles, and refuses to renegotiate", badRecord),
	"poodle-tls": oracle("does not look at the padding's bytes (CVE-2014-8730)", func(o opened) int {
		o.badPadding = false
		return badRecord(o)
	}),
	"zombie-poodle": oracle("closes without an alert where padding is wrong and the MAC is right (CVE-2019-6593)", func(o opened) int {
		if o.badPadding && !o.badMAC && !o.badLength {
			return silentEnd
		}
		return badRecord(o)
	}),
	"golden-doodle": oracle("closes without an alert where padding is right and the MAC is wrong (GOLDENDOODLE)", func(o opened) int {
		if o.badMAC && !o.badPadding && !o.badLength {
			return silentEnd
		}
		return badRecord(o)
	}),
	"zero-length": oracle("closes without an alert where a wrong record is empty (CVE-2019-1559)", func(o opened) int {
		if !o.badLength && len(o.text) == 0 && badRecord(o) != accepted {
			return silentEnd
		}
		return badRecord(o)
	}),
	"padding-alert": oracle("answers wrong padding with decryption_failed, as before TLS 1.1 (Vaudenay)", func(o opened) int {
		if o.badLength || o.badPadding {
			return 21
		}
		return badRecord(o)
	}),
	"renegotiation-hangs": {"falls silent when a client asks to renegotiate", func(c *conn) {
		c.judged(func(o opened) int {
			if o.kind == handshakeRecord {
				c.hold()
				return silentEnd
			}
			return badRecord(o)
		})
	}},
	"renegotiation-asked": {"asks to renegotiate after the handshake, without end", func(c *conn) {
		t, ok := c.takeover(tls.VersionTLS12)
		if !ok {
			return
		}
		l, err := t.cbc()
		for range 1 << 16 {
			if err != nil || !l.seal(handshakeRecord, []byte{0, 0, 0, 0}) {
				return
			}
		}
		c.hold()
	}},
	"ticket-flood": {"sends session tickets of TLS 1.3 without end", func(c *conn) {
		ticket := append([]byte{4, 0, 0, 45, 0, 0, 0x1c, 0x20, 1, 2, 3, 4, 0, 0, 32}, make([]byte, 34)...)
		c.flood13(ticket)
	}},
	"key-update-flood": {"changes its key of TLS 1.3 without end", func(c *conn) {
		c.flood13([]byte{24, 0, 0, 1, 0})
	}},
	"h2-garbage": {"agrees to h2 and then sends frames of no kind", func(c *conn) {
		c.h2(bytes.Repeat([]byte{0, 0x40, 0, 0xfe, 0xff, 0x7f, 0xff, 0xff, 0xff}, 64))
	}},
	"h2-settings-flood": {"agrees to h2 and then sends SETTINGS without end (CVE-2019-9515)", func(c *conn) {
		c.h2([]byte{0, 0, 0, 4, 0, 0, 0, 0, 0})
	}},
	"ticketbleed": {"answers a ticket with a session id of 32 bytes, whatever it got (CVE-2016-9244); they are of the letter T", func(c *conn) {
		h, ok := c.readHello()
		if !ok || len(h.extensions[extTicket]) == 0 {
			c.options.Config = &tls.Config{Certificates: []tls.Certificate{c.options.Pair.TLS()}, MaxVersion: tls.VersionTLS12}
			c.workTLS()
			return
		}
		canned(func(h hello, f *flight) {
			f.session = append(bytes.Clone(h.session), bytes.Repeat([]byte{'T'}, 32-min(32, len(h.session)))...)
		})(c)
	}},
}

// flood13 finishes a handshake of TLS 1.3 and then sends the handshake message
// in many records.
func (c *conn) flood13(message []byte) {
	t, ok := c.takeover(tls.VersionTLS13)
	if !ok {
		return
	}
	records, err := t.sealed13(message, 1<<12)
	if err != nil {
		return
	}
	c.send(records)
	c.hold()
}

// h2 offers HTTP/2 alone and sends the frames without end.
func (c *conn) h2(frames []byte) {
	session := tls.Server(c, &tls.Config{Certificates: []tls.Certificate{c.options.Pair.TLS()}, NextProtos: []string{"h2"}})
	if session.Handshake() != nil {
		return
	}
	pour(session, string(frames))
}
