// Known faults that need more than one of the other parts: SSLv2 beside TLS, a
// record without room for its MAC, and TLS in the middle of plain HTTP.

package quirk

import (
	"io"
	"net/http"
	"strings"

	"middlebrick/testbed/ca"
)

var vulnerableQuirks = map[string]quirk{
	"drown": {"speaks SSLv2 and TLS with one key (CVE-2016-0800); refuses master keys in clear", func(c *conn) {
		c.sslv2Beside(c.options.Pair, []byte{0x80, 3, 0, 0, 0})
	}},
	"special-drown": {"speaks SSLv2 and TLS with one key, and takes master keys that are partly in clear (CVE-2016-0703)", func(c *conn) {
		c.sslv2Beside(c.options.Pair, append([]byte{0x80, 33}, make([]byte, 33)...))
	}},
	"drown-other-key": {"speaks SSLv2 with another key than TLS", func(c *conn) {
		c.sslv2Beside(ca.New().Case("rsa1024", "old.test").Pair, []byte{0x80, 3, 0, 0, 0})
	}},
	"lucky-minus-20": oracle("answers a record without room for its MAC with record_overflow (CVE-2016-2107)", func(o opened) int {
		if o.badLength {
			return 22
		}
		return badRecord(o)
	}),
	"robot-wavers": {"tells RSA messages apart when it sees them for the first time, and never again", func(c *conn) {
		c.bleichenbacher(func(plain []byte) bool {
			_, again := c.server.known.LoadOrStore(string(plain), true)
			return again || begun(plain)
		}, 47)
	}},
	"mute-after-flight": {"agrees to heartbeats, sends its flight, and never says another word", func(c *conn) {
		if c.flight(func(h hello, f *flight) {
			if h.has(extHeartbeat) {
				f.extensions = append(f.extensions, extension{extHeartbeat, []byte{1}})
			}
		}) {
			c.hold()
		}
	}},
	"upgrade-tls": {"goes on with TLS when plain HTTP asks for it (CVE-2025-49812)", func(c *conn) {
		c.answer(func(r *http.Request) string {
			if strings.Contains(r.Header.Get("Upgrade"), "TLS/1.0") {
				return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: TLS/1.0, HTTP/1.1\r\nConnection: Upgrade\r\n\r\n"
			}
			return reply("200 OK", "Content-Type: application/json\r\n", `{"quirk":"upgrade-tls"}`)
		})
	}},
}

// sslv2Beside answers an SSLv2 hello with the pair's certificate, and the master
// key that follows with the bytes; every other hello is answered by TLS.
func (c *conn) sslv2Beside(pair ca.Pair, verify []byte) {
	h, ok := c.readHello()
	if !ok {
		return
	}
	if !h.sslv2 {
		canned(unaltered)(c)
		return
	}
	c.options.Pair = pair
	c.sslv2Hello()
	head := make([]byte, 2)
	if !c.fill(head) {
		return
	}
	if _, err := io.CopyN(io.Discard, struct{ io.Reader }{c}, int64(head[0]&0x7f)<<8|int64(head[1])); err != nil {
		return
	}
	c.send(verify)
	c.hold()
}
