// Known faults of TLS implementations, as far as a client without the secret
// can see them, and for each the twin that behaves.

package quirk

import (
	"bytes"
	"crypto/rsa"
	"encoding/binary"
	"io"
	"math/big"
)

// heard is one record of the client.
type heard struct {
	kind    uint8
	payload []byte
}

// next reads a record.
func (c *conn) next() (r heard, ok bool) {
	head := make([]byte, 5)
	if _, err := io.ReadFull(c, head); err != nil {
		return r, false
	}
	r = heard{kind: head[0], payload: make([]byte, binary.BigEndian.Uint16(head[3:]))}
	_, err := io.ReadFull(c, r.payload)
	return r, err == nil
}

// Types of records (RFC 8446, section 5.1; RFC 6520) and of the one handshake
// message that counts here.
const (
	changeCipherSpec  = 20
	alertRecord       = 21
	handshakeRecord   = 22
	heartbeatRecord   = 24
	clientKeyExchange = 16
)

// faultQuirks come in pairs: the fault and its twin.
var faultQuirks = map[string]quirk{
	"heartbleed": {"answers a heartbeat with as many bytes as it claims (CVE-2014-0160); they are of the letter H", func(c *conn) {
		c.heartbeats(func(claimed, carried int) int { return claimed })
	}},
	"heartbeat": {"answers heartbeats that are true and drops those that claim too much (RFC 6520, section 4)", func(c *conn) {
		c.heartbeats(func(claimed, carried int) int {
			if claimed > carried {
				return -1
			}
			return claimed
		})
	}},
	"heartbeat-silent": {"agrees to heartbeats and answers none, as later OpenSSL does", func(c *conn) {
		c.heartbeats(func(int, int) int { return -1 })
	}},
	"ccs-injection": {"takes a change_cipher_spec before the key exchange (CVE-2014-0224)", func(c *conn) { c.earlyCCS(true) }},
	"ccs-refused":   {"answers a change_cipher_spec before the key exchange with unexpected_message", func(c *conn) { c.earlyCCS(false) }},
	"robot":         {"tells by another alert whether an RSA message begins with 0002 (ROBOT, the strong oracle)", func(c *conn) { c.bleichenbacher(begun, 47) }},
	"robot-weak":    {"tells by another alert whether an RSA message is wholly right (ROBOT, the weak oracle)", func(c *conn) { c.bleichenbacher(padded, 47) }},
	"robot-silent":  {"tells by silence whether an RSA message begins with 0002 (ROBOT)", func(c *conn) { c.bleichenbacher(begun, 0) }},
	"robot-refused": {"answers every RSA message alike", func(c *conn) { c.bleichenbacher(begun, 20) }},
}

// heartbeats agrees to the extension. The function turns the length that a
// request claims, and the one it has, into that of the answer; -1 is none.
// Every other record is answered with a fatal alert.
func (c *conn) heartbeats(answer func(claimed, carried int) int) {
	var version uint16
	ok := c.flight(func(h hello, f *flight) {
		version = f.version
		if h.has(extHeartbeat) {
			f.extensions = append(f.extensions, extension{extHeartbeat, []byte{1}})
		}
	})
	for ok {
		r, more := c.next()
		if !more {
			return
		}
		if r.kind != heartbeatRecord {
			c.end(10)
			return
		}
		if len(r.payload) < 3 || r.payload[0] != 1 {
			continue
		}
		claimed := int(binary.BigEndian.Uint16(r.payload[1:]))
		// The padding of 16 bytes is no part of what a request carries.
		length := answer(claimed, max(len(r.payload)-3-16, 0))
		if length < 0 {
			continue
		}
		body := append([]byte{2, byte(length >> 8), byte(length)}, bytes.Repeat([]byte{'H'}, length+16)...)
		for len(body) > 0 {
			part := body[:min(len(body), 1<<14)]
			body = body[len(part):]
			ok = c.send(record(heartbeatRecord, version, part))
		}
	}
}

// earlyCCS answers a change_cipher_spec that comes before the client's key:
// a server that takes it is silent, and cannot decrypt what follows.
func (c *conn) earlyCCS(takes bool) {
	ok := c.flight(unaltered)
	early := false
	for ok {
		r, more := c.next()
		switch {
		case !more || r.kind == alertRecord:
			return
		case r.kind == changeCipherSpec && !takes:
			c.end(10)
			return
		case early:
			c.end(20)
			return
		case r.kind != changeCipherSpec:
			c.end(10)
			return
		}
		early = true
	}
}

// bleichenbacher decrypts the client's premaster secret and, after the
// client's Finished, answers with bad_record_mac where the padding is right
// and with the wrong alert where not; 0 is silence.
func (c *conn) bleichenbacher(right func(plain []byte) bool, wrong uint8) {
	if len(c.options.Suites) == 0 {
		c.options.Suites = []uint16{0x002f, 0x0035, 0x009c, 0x000a}
	}
	if !c.flight(unaltered) {
		return
	}
	description, keyed := wrong, false
	for {
		r, more := c.next()
		if !more || r.kind == alertRecord {
			return
		}
		exchange := r.kind == handshakeRecord && len(r.payload) > 0 && r.payload[0] == clientKeyExchange
		if !keyed && !exchange {
			c.end(10)
			return
		}
		if keyed && r.kind == handshakeRecord {
			break // the encrypted Finished
		}
		if keyed = true; exchange && right(c.decrypt(r.payload)) {
			description = 20
		}
	}
	if description == 0 {
		c.hold()
		return
	}
	c.end(description)
}

// decrypt is the padded secret of a ClientKeyExchange message.
func (c *conn) decrypt(message []byte) []byte {
	key, ok := c.options.Pair.Key.(*rsa.PrivateKey)
	if !ok || len(message) < 6 {
		return make([]byte, 64)
	}
	number := new(big.Int).SetBytes(message[6:])
	return number.Exp(number, key.D, key.N).FillBytes(make([]byte, key.Size()))
}

// begun reports the first two bytes of RFC 8017, section 7.2.2.
func begun(plain []byte) bool { return plain[0] == 0 && plain[1] == 2 }

// padded reports a whole premaster secret of 48 bytes behind its padding.
func padded(plain []byte) bool {
	return begun(plain) && bytes.IndexByte(plain[2:], 0)+2 == len(plain)-49
}
