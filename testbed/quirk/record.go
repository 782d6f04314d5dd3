// Quirks of the TLS record layer and of message lengths.

package quirk

import "bytes"

// afterHello waits for the client's first bytes and then does the rest.
func afterHello(rest func(c *conn)) func(*conn) {
	return func(c *conn) {
		c.once()
		rest(c)
	}
}

// zeros is a full record's worth of nothing.
var zeros = make([]byte, 1<<14)

var recordQuirks = map[string]quirk{
	"record-length": {"announces a record of 0xFFFF bytes and sends it", afterHello(func(c *conn) {
		c.send([]byte{22, 3, 3, 0xff, 0xff})
		c.send(make([]byte, 0xffff))
		c.hold()
	})},
	"handshake-length": {"announces a ServerHello of 16 MiB and keeps sending it", afterHello(func(c *conn) {
		c.send(record(22, 0x0303, append([]byte{2, 0xff, 0xff, 0xff}, zeros[4:]...)))
		for range 1 << 10 {
			if !c.send(record(22, 0x0303, zeros)) {
				return
			}
		}
		c.hold()
	})},
	"warning-flood": {"sends warning alerts without end", afterHello(func(c *conn) {
		c.flood(bytes.Repeat(alert(1, 90), 512))
	})},
	"warning-then-works": {"sends one unrecognized_name warning before its flight, as old servers do", func(c *conn) {
		if _, ok := c.readHello(); ok {
			c.send(alert(1, 112))
		}
		canned(unaltered)(c)
	}},
	"empty-record-flood": {"sends empty handshake records without end", afterHello(func(c *conn) {
		c.flood(bytes.Repeat(record(22, 0x0303, nil), 512))
	})},
	"ccs-flood": {"sends change_cipher_spec records without end (RFC 8446, appendix D.4 allows one)", afterHello(func(c *conn) {
		c.flood(bytes.Repeat(record(20, 0x0303, []byte{1}), 512))
	})},
	"fragmented":         {"sends its ServerHello in records of one byte", func(c *conn) { c.fragmented(1<<10, false) }},
	"fragmented-flight":  {"sends its whole flight in records of one byte", func(c *conn) { c.fragmented(1<<20, false) }},
	"fragmented-stalled": {"sends half of its ServerHello in records of one byte and falls silent", func(c *conn) { c.fragmented(40, true) }},
	"half-hello": {"closes in the middle of its ServerHello", func(c *conn) {
		if whole, ok := c.wholeFlight(); ok {
			c.send(whole[:30])
		}
	}},
	"half-flight": {"closes in the middle of its certificate", func(c *conn) {
		if whole, ok := c.wholeFlight(); ok {
			c.send(whole[:len(whole)/2])
		}
	}},
	"garbage": {"answers with bytes of no protocol", afterHello(func(c *conn) {
		c.send(bytes.Repeat([]byte{0xde, 0xad, 0xbe, 0xef}, 256))
		c.hold()
	})},
	"wrong-type": {"answers a hello with application data", afterHello(func(c *conn) {
		c.send(record(23, 0x0303, zeros[:64]))
		c.hold()
	})},
	"hello-request-flood": {"asks for a new handshake before any was made, without end", afterHello(func(c *conn) {
		c.flood(bytes.Repeat(record(22, 0x0303, []byte{0, 0, 0, 0}), 512))
	})},
	"certificate-empty": {"sends a certificate message without a certificate", canned(func(_ hello, f *flight) {
		f.chain = [][]byte{{}}
	})},
	"certificate-huge": {"sends a chain of 2 MiB", canned(func(_ hello, f *flight) {
		for range 128 {
			f.chain = append(f.chain, zeros)
		}
	})},
}

// wholeFlight reads the hello and is the ordinary answer to it.
func (c *conn) wholeFlight() ([]byte, bool) {
	h, ok := c.readHello()
	c.drain()
	if !ok || h.sslv2 {
		return nil, false
	}
	f, ok := c.compose(h)
	f.exchange = keyExchange(h, f, c.options.Pair.Key)
	return f.bytes(), ok
}

// fragmented sends the flight's messages in records of one byte, no more of
// them than most; what is left follows in whole records, or never.
func (c *conn) fragmented(most int, stall bool) {
	h, ok := c.readHello()
	c.drain()
	if !ok || h.sslv2 {
		return
	}
	f, ok := c.compose(h)
	if !ok {
		c.end(40)
		return
	}
	f.exchange = keyExchange(h, f, c.options.Pair.Key)
	whole, first := f.bytes(), f.serverHello()
	payload := first
	if most > len(first) && most > 1<<10 {
		payload = handshakeOf(whole)
	}
	var out []byte
	for _, b := range payload[:min(len(payload), most)] {
		out = append(out, record(22, f.version, []byte{b})...)
	}
	if len(payload) == len(first) && !stall {
		out = append(out, whole[5+len(first):]...)
	}
	c.send(out)
	if stall {
		c.hold()
		return
	}
	c.refuseAll()
}

// handshakeOf is the payload of the records, joined.
func handshakeOf(records []byte) (out []byte) {
	for len(records) >= 5 {
		end := 5 + int(records[3])<<8 + int(records[4])
		out = append(out, records[5:end]...)
		records = records[end:]
	}
	return out
}
