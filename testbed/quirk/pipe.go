// Quirks without a network: for tests that run inside of testing/synctest, where
// an hour of silence takes no time and every bound is exact.

package quirk

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	"middlebrick/testbed/ca"
)

// Pipe serves the named quirk over net.Pipe: every call of the function that it
// gives is one connection. What the quirk does to its socket (buffers, resets)
// has no effect there; a reset is a close.
func Pipe(tb testing.TB, name string, o Options) (*Server, func(context.Context, string, string) (net.Conn, error)) {
	tb.Helper()
	chosen, ok := all()[name]
	if !ok {
		tb.Fatalf("no quirk is called %q; there are %v", name, Names())
	}
	if o.Pair.Key == nil {
		o.Pair = ca.New().GoodRSA("app.test", "localhost", "127.0.0.1")
	}
	s := newServer(o)
	tb.Cleanup(s.stop)
	return s, func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		near, far := s.buffered(ours), s.buffered(theirs)
		number := int(s.accepted.Add(1))
		if !s.keep(far) {
			return nil, fmt.Errorf("the quirk %s has ended", name)
		}
		s.running.Go(func() {
			defer s.forget(far)
			chosen.serve(&conn{Conn: far, server: s, options: s.options, number: number})
		})
		return near, nil
	}
}

// A buffer is one end of a pipe that holds what is written until it is read, as a
// socket does: both sides may write at once. It closes behind what it holds, and a
// deadline is one for what is not held yet.
type buffer struct {
	net.Conn
	queue   chan []byte
	closing chan struct{}
	once    sync.Once

	mu    sync.Mutex
	late  chan struct{} // closed when the deadline for writes has passed; nil without one
	timer *time.Timer
}

// held is how many writes a buffer holds, of part bytes at most each.
const (
	held = 16
	part = 4096
)

func (s *Server) buffered(plain net.Conn) *buffer {
	b := &buffer{Conn: plain, queue: make(chan []byte, held), closing: make(chan struct{})}
	done := make(chan struct{})
	s.running.Go(func() {
		defer close(done)
		b.pump()
	})
	s.running.Go(func() {
		select {
		case <-done:
		case <-s.ended:
		}
		_ = plain.Close()
	})
	return b
}

// pump hands on what was written until the end of it, or of the reader.
func (b *buffer) pump() {
	for data, more := b.next(); more; data, more = b.next() {
		if _, err := b.Conn.Write(data); err != nil {
			_ = b.Close()
			return
		}
	}
}

// next is what was written first; more is false behind the last of it.
func (b *buffer) next() (data []byte, more bool) {
	select {
	case data = <-b.queue:
		return data, true
	case <-b.closing:
	}
	select {
	case data = <-b.queue:
		return data, true
	default:
		return nil, false
	}
}

func (b *buffer) Write(p []byte) (int, error) {
	for n := 0; n < len(p); n += part {
		select {
		case <-b.closing:
			return n, net.ErrClosed
		case <-b.tooLate():
			return n, os.ErrDeadlineExceeded
		case b.queue <- bytes.Clone(p[n:min(n+part, len(p))]):
		}
	}
	return len(p), nil
}

func (b *buffer) tooLate() chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.late
}

func (b *buffer) SetDeadline(at time.Time) error {
	_ = b.SetWriteDeadline(at)
	return b.SetReadDeadline(at)
}

// SetWriteDeadline leaves alone what is held.
func (b *buffer) SetWriteDeadline(at time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.timer != nil {
		b.timer.Stop()
	}
	b.late, b.timer = nil, nil
	if at.IsZero() {
		return nil
	}
	late := make(chan struct{})
	b.late, b.timer = late, time.AfterFunc(time.Until(at), func() { close(late) })
	return nil
}

func (b *buffer) Close() error {
	_ = b.SetDeadline(time.Time{})
	b.once.Do(func() { close(b.closing) })
	_ = b.Conn.SetReadDeadline(time.Unix(1, 0))
	return nil
}
