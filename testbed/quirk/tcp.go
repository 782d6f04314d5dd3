// Quirks of the connection itself.

package quirk

import "net"

var tcpQuirks = map[string]quirk{
	"none":          {"nothing is wrong: the twin of all others", (*conn).work},
	"silent":        {"accepts and never says a word", (*conn).hold},
	"close":         {"closes as soon as it has accepted", func(*conn) {}},
	"reset":         {"resets as soon as it has accepted", (*conn).reset},
	"close-after-1": {"closes after the client's first bytes", func(c *conn) { c.once() }},
	"reset-after-1": {"resets after the client's first bytes, such as its hello", func(c *conn) {
		c.once()
		c.reset()
	}},
	"drip": {"works, but sends one byte a tick", func(c *conn) {
		c.slow = true
		c.work()
	}},
	"never-reads": {"accepts and never reads, with the smallest receive buffer", func(c *conn) {
		if plain, ok := c.Conn.(*net.TCPConn); ok {
			plain.SetReadBuffer(1)
		}
		c.deaf()
	}},
	"throttled": {"works for Count connections, then accepts and stays silent", func(c *conn) {
		if c.number > c.options.Count {
			c.hold()
			return
		}
		c.work()
	}},
	"throttled-reset": {"works for Count connections, then resets after the client's first bytes", func(c *conn) {
		if c.number > c.options.Count {
			c.once()
			c.reset()
			return
		}
		c.work()
	}},
	"slowing": {"works for Count connections at once, and then only after a tick", func(c *conn) {
		tick, stop := c.ticks()
		defer stop()
		if c.number > c.options.Count && !c.wait(tick) {
			return
		}
		c.work()
	}},
	"one-at-a-time": {"serves one connection at a time; an idle one blocks all others", func(c *conn) {
		if !c.turn() {
			return
		}
		defer func() { <-c.server.turn }()
		c.work()
	}},
	"unstable": {"works, resets and stays silent by turns", func(c *conn) {
		[]func(*conn){(*conn).hold, (*conn).work, afterHello((*conn).reset)}[c.number%3](c)
	}},
	"second-only": {"resets every other connection, so that a second try works", func(c *conn) {
		if c.number%2 == 1 {
			c.once()
			c.reset()
			return
		}
		c.work()
	}},
	"ssh": {"greets as an SSH server", func(c *conn) {
		c.send([]byte("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u7\r\n"))
		c.hold()
	}},
	"smtp": {"greets as a mail server", func(c *conn) {
		c.send([]byte("220 mail.app.test ESMTP Postfix (Debian/GNU)\r\n"))
		c.hold()
	}},
	"echo": {"sends back what it gets", func(c *conn) {
		buffer := make([]byte, 4096)
		for {
			n, err := c.Read(buffer)
			if err != nil || !c.send(buffer[:n]) {
				return
			}
		}
	}},
	"plain-http": {"answers anything with a plain HTTP error, as a web server on the wrong port", func(c *conn) {
		c.once()
		c.send([]byte("HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request"))
	}},
}

// once waits for the client's first bytes.
func (c *conn) once() { c.Read(make([]byte, 64<<10)) }

// turn waits until every earlier connection has ended. It is false at the
// test's end.
func (c *conn) turn() bool {
	select {
	case c.server.turn <- struct{}{}:
		return true
	case <-c.server.ended:
		return false
	}
}
