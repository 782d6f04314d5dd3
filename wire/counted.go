// Connections that count what crosses them, and one that ends when it has borne
// enough.

package wire

import (
	"errors"
	"net"
	"sync/atomic"
	"time"
)

// A counted connection counts what crosses it.
type counted struct {
	net.Conn
	sent, received int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.received += int64(n)
	return n, err
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.sent += int64(n)
	return n, err
}

// errTooMuch is an answer of more bytes than were bargained for.
var errTooMuch = errors.New("the answer is larger than may be read")

// A bounded connection receives so many bytes and no more, and ends at its moment
// whatever deadline is asked of it.
type bounded struct {
	net.Conn
	ends time.Time
	left atomic.Int64
}

func bind(raw net.Conn, ends time.Time, most int64) *bounded {
	c := &bounded{Conn: raw, ends: ends}
	c.left.Store(most)
	_ = raw.SetDeadline(ends)
	return c
}

func (c *bounded) Read(p []byte) (int, error) {
	left := c.left.Load()
	if left <= 0 {
		return 0, errTooMuch
	}
	n, err := c.Conn.Read(p[:min(int64(len(p)), left)])
	c.left.Add(-int64(n))
	return n, err
}

func (c *bounded) sooner(t time.Time) time.Time {
	if t.IsZero() || t.After(c.ends) {
		return c.ends
	}
	return t
}

func (c *bounded) SetDeadline(t time.Time) error      { return c.Conn.SetDeadline(c.sooner(t)) }
func (c *bounded) SetReadDeadline(t time.Time) error  { return c.Conn.SetReadDeadline(c.sooner(t)) }
func (c *bounded) SetWriteDeadline(t time.Time) error { return c.Conn.SetWriteDeadline(c.sooner(t)) }
