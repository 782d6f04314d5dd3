// Servers whose hello is canned: they pick a version and a suite, send a whole
// flight, and have no secret behind it.

package quirk

import (
	"bytes"
	"slices"
)

// fallbackSCSV and renegotiationSCSV are signals in the place of suites (RFC
// 7507, RFC 5746).
const (
	fallbackSCSV      = 0x5600
	renegotiationSCSV = 0x00ff
)

// usualSuites are picked from when the options name none.
var usualSuites = []uint16{0xc02f, 0xc030, 0x009e, 0xc013, 0xc014, 0x002f, 0x0035, 0x000a, 0x0005, 0x0004}

// compose makes the ordinary flight for the hello; ok is false where client
// and server have no version or suite in common.
func (c *conn) compose(h hello) (f flight, ok bool) {
	o := c.options
	suites := o.Suites
	if len(suites) == 0 {
		suites = usualSuites
	}
	version := min(h.version, o.Version)
	at := slices.IndexFunc(suites, func(suite uint16) bool { return h.offers(suite) && since(suite) <= version })
	if at < 0 || version < 0x0300 {
		return f, false
	}
	f = flight{version: version, suite: suites[at], random: bytes.Repeat([]byte{0x42}, 32),
		session: bytes.Repeat([]byte{0x17}, 32), chain: o.Pair.Chain}
	if h.has(extRenegotiation) || h.offers(renegotiationSCSV) {
		f.extensions = append(f.extensions, extension{extRenegotiation, []byte{0}})
	}
	if kind := exchangeOf(f.suite); kind == anonymousDH || kind == anonymousECDH {
		f.chain = nil
	}
	return f, true
}

// canned answers a hello with the ordinary flight, altered by the function,
// and then refuses whatever comes. Where nothing fits it answers with
// handshake_failure.
func canned(alter func(h hello, f *flight)) func(*conn) {
	return func(c *conn) {
		if c.flight(alter) {
			c.refuseAll()
		}
	}
}

// flight reads the hello and sends the flight. It is false where there was
// nothing to send, or nobody to send it to.
func (c *conn) flight(alter func(h hello, f *flight)) bool {
	h, ok := c.readHello()
	c.drain()
	if !ok || h.sslv2 {
		return false
	}
	f, ok := c.compose(h)
	if !ok {
		c.end(40)
		return false
	}
	alter(h, &f)
	f.exchange = keyExchange(h, f, c.options.Pair.Key)
	return c.send(f.bytes())
}

// drain forgets what was put back: the server has read its hello.
func (c *conn) drain() { c.back = nil }

// end sends a fatal alert and waits for the client to leave.
func (c *conn) end(description uint8) {
	c.drain()
	c.send(alert(2, description))
	c.hold()
}

// refuseAll answers the client's next record with bad_record_mac (20), as a
// server does that could not decrypt it.
func (c *conn) refuseAll() {
	c.once()
	c.end(20)
}

func unaltered(hello, *flight) {}

// helloQuirks are servers with something wrong, or old, in the hello itself.
var helloQuirks = map[string]quirk{
	"canned": {"answers with a correct flight of Version with the first of Suites that is offered", canned(unaltered)},
	"sslv2":  {"speaks SSLv2 and nothing else", (*conn).sslv2},
	"sslv3": {"speaks SSL 3.0 and nothing newer", func(c *conn) {
		c.options.Version = 0x0300
		canned(unaltered)(c)
	}},
	"unoffered-suite": {"picks a suite that was not offered", canned(func(h hello, f *flight) {
		for f.suite = 0x0004; h.offers(f.suite); f.suite++ {
		}
	})},
	"unoffered-version":     {"answers with version 0x0305", canned(func(_ hello, f *flight) { f.version = 0x0305 })},
	"lower-version":         {"answers with SSL 3.0 to every hello", canned(func(_ hello, f *flight) { f.version = 0x0300 })},
	"unoffered-extension":   {"sends an extension that was not offered", canned(func(_ hello, f *flight) { f.extensions = append(f.extensions, extension{0x1234, []byte("no")}) })},
	"duplicate-extension":   {"sends one extension twice", canned(func(_ hello, f *flight) { f.extensions = append(f.extensions, f.extensions...) })},
	"unoffered-compression": {"picks a compression that was not offered", canned(func(_ hello, f *flight) { f.compression = 0x40 })},
	"compression": {"compresses with DEFLATE where the client offers it (CRIME)", canned(func(h hello, f *flight) {
		if slices.Contains(h.compression, 1) {
			f.compression = 1
		}
	})},
	"insecure-renegotiation": {"has never heard of RFC 5746", canned(func(_ hello, f *flight) {
		f.extensions = slices.DeleteFunc(f.extensions, func(e extension) bool { return e.kind == extRenegotiation })
	})},
	"master-secret": {"knows the extended master secret (RFC 7627), which \"canned\" does not", canned(func(h hello, f *flight) {
		if h.has(extMasterSecret) {
			f.extensions = append(f.extensions, extension{extMasterSecret, nil})
		}
	})},
	"fallback-scsv": {"refuses a fallback (RFC 7507), which \"canned\" does not", func(c *conn) {
		h, ok := c.readHello()
		if ok && h.offers(fallbackSCSV) && h.version < c.options.Version {
			c.end(86)
			return
		}
		canned(unaltered)(c)
	}},
	"signature-sha1": {"signs its key exchange with SHA-1 although the client knows better", canned(func(h hello, f *flight) {
		f.sha1 = true
	})},
	"any-alpn": {"accepts whatever ALPN name is offered", canned(func(h hello, f *flight) {
		if list := h.extensions[extALPN]; len(list) > 2 {
			name := list[2 : 3+int(list[2])]
			f.extensions = append(f.extensions, extension{extALPN, append([]byte{0, byte(len(name))}, name...)})
		}
	})},
	"no-downgrade-sentinel": {"speaks TLS 1.3, but signs lower answers without the mark of RFC 8446, section 4.1.3", func(c *conn) {
		if h, ok := c.readHello(); ok && h.offersTLS13() {
			c.workTLS()
			return
		}
		canned(unaltered)(c)
	}},
	"hrr-loop":      {"asks for another key share again and again", func(c *conn) { c.retry(0x0018, 64) }},
	"hrr-unoffered": {"asks for a group that was not offered", func(c *conn) { c.retry(0x7777, 1) }},
	"sni-required":  {"answers a hello without a name with unrecognized_name, else works", byHello(112, func(h hello) bool { return h.has(extServerName) })},
	"version-intolerant": {"resets on a hello that offers TLS 1.3, else works", byHello(0, func(h hello) bool {
		return !h.offersTLS13()
	})},
	"long-intolerant": {"resets on a hello of 256 bytes and more, else works", byHello(0, func(h hello) bool { return h.length < 256 })},
	"long-silent":     {"falls silent on a hello of 256 to 511 bytes, else works", (*conn).longSilent},
	"grease-intolerant": {"resets on a suite or extension of RFC 8701, else works", byHello(0, func(h hello) bool {
		return !h.greased()
	})},
	"extension-intolerant": {"resets on any extension, else works", byHello(0, func(h hello) bool { return len(h.order) == 0 })},
	"refuse-all":           {"answers every hello with handshake_failure", byHello(40, func(hello) bool { return false })},
	"refuse-version":       {"answers every hello with protocol_version", byHello(70, func(hello) bool { return false })},
}

// byHello works with hellos that the function accepts. Others get the fatal
// alert, or a reset where the alert is 0.
func byHello(description uint8, accepts func(hello) bool) func(*conn) {
	return func(c *conn) {
		h, ok := c.readHello()
		switch {
		case ok && accepts(h):
			c.workOrCanned(h)
		case description == 0:
			c.reset()
		default:
			c.end(description)
		}
	}
}

// workOrCanned goes on as a real TLS server where crypto/tls can, and as a
// canned one where the hello is too old for it.
func (c *conn) workOrCanned(h hello) {
	if len(h.order) == 0 {
		canned(unaltered)(c)
		return
	}
	c.workTLS()
}

func (c *conn) longSilent() {
	h, ok := c.readHello()
	if ok && h.length >= 256 && h.length < 512 {
		c.drain()
		c.hold()
		return
	}
	c.workOrCanned(h)
}

// retry answers hellos with a HelloRetryRequest (RFC 8446, section 4.1.4) for
// the group.
func (c *conn) retry(group uint16, times int) {
	for range times {
		h, ok := c.readHello()
		if !ok {
			return
		}
		c.drain()
		f := flight{version: 0x0303, random: retryRandom, session: h.session, suite: 0x1301, extensions: []extension{
			{extVersions, []byte{3, 4}}, {extKeyShare, []byte{byte(group >> 8), byte(group)}}}}
		if !c.send(record(22, 0x0303, f.serverHello())) {
			return
		}
	}
	c.hold()
}

// retryRandom marks a ServerHello as a HelloRetryRequest.
var retryRandom = hexInt("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c").Bytes()

// sslv2 answers an SSLv2 CLIENT-HELLO with a SERVER-HELLO (Hickman, "The SSL
// Protocol", 1995, section 2.6) that lists RC4-128 and DES-CBC3, its EXPORT
// kinds, and the certificate.
func (c *conn) sslv2() {
	h, ok := c.readHello()
	c.drain()
	if !ok || !h.sslv2 {
		c.reset()
		return
	}
	c.sslv2Hello()
	c.hold()
}

// sslv2Hello sends the SERVER-HELLO.
func (c *conn) sslv2Hello() {
	c.drain()
	kinds := []byte{1, 0, 0x80, 7, 0, 0xc0, 2, 0, 0x80, 4, 0, 0x80}
	var certificate []byte
	if chain := c.options.Pair.Chain; len(chain) > 0 {
		certificate = chain[0]
	}
	body := []byte{4, 0, 1, 0, 2, byte(len(certificate) >> 8), byte(len(certificate)), 0, byte(len(kinds)), 0, 16}
	body = slices.Concat(body, certificate, kinds, bytes.Repeat([]byte{0x33}, 16))
	c.send(append([]byte{0x80 | byte(len(body)>>8), byte(len(body))}, body...))
}
