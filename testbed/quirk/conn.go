// One connection to a quirk: counted, and easy to misuse.

package quirk

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// conn counts what passes and knows the server that it belongs to.
type conn struct {
	net.Conn
	server  *Server
	options Options // the server's; a quirk may change its copy
	number  int     // 1 for the first connection of the server
	slow    bool    // send one byte a tick
	back    []byte  // read, and to be read again
}

func (c *conn) Read(p []byte) (int, error) {
	if len(c.back) > 0 {
		n := copy(p, c.back)
		c.back = c.back[n:]
		return n, nil
	}
	n, err := c.Conn.Read(p)
	c.server.received.Add(int64(n))
	return n, err
}

func (c *conn) Write(p []byte) (int, error) {
	if c.slow {
		return c.drip(p)
	}
	n, err := c.Conn.Write(p)
	c.server.sent.Add(int64(n))
	return n, err
}

// ticks is the test's clock, or the real one, and how to stop it.
func (c *conn) ticks() (<-chan time.Time, func()) {
	if c.options.Tick != nil {
		return c.options.Tick, func() {}
	}
	ticker := time.NewTicker(250 * time.Millisecond)
	return ticker.C, ticker.Stop
}

// wait waits for a tick; it is false at the test's end.
func (c *conn) wait(tick <-chan time.Time) bool {
	select {
	case <-tick:
		return true
	case <-c.server.ended:
		return false
	}
}

// drip sends the bytes singly, each after a tick.
func (c *conn) drip(p []byte) (int, error) {
	tick, stop := c.ticks()
	defer stop()
	for i := range p {
		if !c.wait(tick) {
			return i, net.ErrClosed
		}
		if _, err := c.Conn.Write(p[i : i+1]); err != nil {
			return i, err
		}
		c.server.sent.Add(1)
	}
	return len(p), nil
}

// send writes the bytes and reports whether the peer still takes any.
func (c *conn) send(p []byte) bool {
	_, err := c.Write(p)
	return err == nil
}

// flood sends the bytes again and again, up to a bound no client should let
// it reach.
func (c *conn) flood(p []byte) {
	const most = 64 << 20
	for sent := 0; sent < most && c.send(p); sent += len(p) {
	}
}

// hold keeps the connection open, reading and saying nothing, until the peer
// closes it or the test ends.
func (c *conn) hold() { io.Copy(io.Discard, struct{ io.Reader }{c}) }

// deaf keeps the connection open without reading, until the test ends.
func (c *conn) deaf() { <-c.server.ended }

// reset closes with RST instead of FIN.
func (c *conn) reset() {
	if plain, ok := c.Conn.(*net.TCPConn); ok {
		plain.SetLinger(0)
	}
	c.Close()
}

// secured is the connection after a TLS handshake where the options ask for
// one; ok is false when the handshake failed.
func (c *conn) secured() (io.ReadWriter, bool) {
	o := c.options
	if !o.Secure {
		return c, true
	}
	config := o.Config
	if config == nil {
		config = &tls.Config{Certificates: []tls.Certificate{o.Pair.TLS()}}
	}
	session := tls.Server(c, config)
	return session, session.Handshake() == nil
}

// work is a server that has nothing wrong: it answers requests with a small
// JSON document until the client leaves.
func (c *conn) work() {
	c.answer(func(*http.Request) string {
		return reply("200 OK", "Content-Type: application/json\r\n", `{"quirk":"none"}`)
	})
}

// workTLS is work over TLS, whatever the options say.
func (c *conn) workTLS() {
	c.options.Secure = true
	c.work()
}

// answer reads requests and writes what the function makes of each.
func (c *conn) answer(answer func(*http.Request) string) {
	session, ok := c.secured()
	if !ok {
		return
	}
	in := bufio.NewReader(session)
	for {
		request, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		io.Copy(io.Discard, request.Body)
		if _, err := io.WriteString(session, answer(request)); err != nil || request.Close {
			finish(session)
			return
		}
	}
}

// http reads one request and hands the connection to the function. What the
// client sends later is never read.
func (c *conn) http(serve func(w io.Writer, r *http.Request)) {
	session, ok := c.secured()
	if !ok {
		return
	}
	request, err := http.ReadRequest(bufio.NewReader(session))
	if err != nil {
		return
	}
	serve(session, request)
	finish(session)
}

// finish says goodbye as TLS asks for, so that a cut is not a second quirk.
func finish(session io.ReadWriter) {
	if secure, ok := session.(*tls.Conn); ok {
		secure.CloseWrite()
	}
}

// reply is a whole, correct response. The headers end in CRLF each.
func reply(status, headers, body string) string {
	return fmt.Sprintf("HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n%s", status, headers, len(body), body)
}
