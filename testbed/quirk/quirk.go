// Package quirk holds servers that misbehave on purpose, each under a name:
// tests point a probe at one and prove that it neither hangs, nor swells, nor
// takes a fault of the network for an answer.
//
// A server runs in the test's process on loopback and ends with the test. It
// sends a bounded amount and waits for nothing but its peer, the clock that
// the test passes, and the test's end. What is sent is written out here byte
// by byte and shares no code with the parsers that read it.
package quirk

import (
	"crypto/tls"
	"maps"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"middlebrick/testbed/ca"
)

// Options fit a quirk to a test. The zero value serves plain text.
type Options struct {
	Secure   bool             // speak TLS below the quirk, where the quirk is above it
	Pair     ca.Pair          // for Secure and canned hellos; the zero pair: a good one for app.test, localhost, 127.0.0.1
	Config   *tls.Config      // for Secure, instead of Pair
	Count    int              // how many connections are served first, where the quirk counts them; 0: 20
	Tick     <-chan time.Time // a slow quirk sends one byte for each; nil: every 250 ms
	Version  uint16           // the highest version of a canned hello; 0: TLS 1.2
	Suites   []uint16         // what a canned hello may pick, best first
	Location string           // where a redirecting quirk sends to, instead of what its name says
}

// Server is a running quirk.
type Server struct {
	Addr string // "127.0.0.1:port"

	options  Options
	listener net.Listener
	ended    chan struct{} // closed at the test's end
	turn     chan struct{} // holds one token while a connection has its turn
	running  sync.WaitGroup

	mu    sync.Mutex
	conns map[net.Conn]bool
	most  int

	accepted, received, sent atomic.Int64
	known                    sync.Map // what a quirk has seen before
}

// Accepted is how many connections have been opened.
func (s *Server) Accepted() int { return int(s.accepted.Load()) }

// AtOnce is how many connections were open at the same time, at most.
func (s *Server) AtOnce() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.most
}

// Received is how many bytes all clients have sent.
func (s *Server) Received() int64 { return s.received.Load() }

// Sent is how many bytes the server has sent.
func (s *Server) Sent() int64 { return s.sent.Load() }

// quirk is one way to misbehave.
type quirk struct {
	note  string
	serve func(c *conn)
}

// all is the table of every quirk by its name.
func all() map[string]quirk {
	out := map[string]quirk{}
	for _, part := range []map[string]quirk{tcpQuirks, recordQuirks, helloQuirks, faultQuirks, behindQuirks, vulnerableQuirks, sessionQuirks,
		headQuirks, bodyQuirks, redirectQuirks} {
		maps.Copy(out, part)
	}
	return out
}

// Names lists all quirks, sorted.
func Names() []string { return slices.Sorted(maps.Keys(all())) }

// Note says in a sentence what the named quirk does; empty for none such.
func Note(name string) string { return all()[name].note }

// Start serves the named quirk until the test's end.
func Start(tb testing.TB, name string, o Options) *Server {
	tb.Helper()
	chosen, ok := all()[name]
	if !ok {
		tb.Fatalf("no quirk is called %q; there are %v", name, Names())
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatalf("listening on loopback: %v", err)
	}
	if o.Pair.Key == nil {
		o.Pair = ca.New().GoodRSA("app.test", "localhost", "127.0.0.1")
	}
	s := newServer(o)
	s.Addr, s.listener = listener.Addr().String(), listener
	s.running.Go(func() { s.accept(chosen) })
	tb.Cleanup(s.stop)
	return s
}

func newServer(o Options) *Server {
	if o.Count == 0 {
		o.Count = 20
	}
	if o.Version == 0 {
		o.Version = tls.VersionTLS12
	}
	return &Server{options: o, ended: make(chan struct{}), turn: make(chan struct{}, 1), conns: map[net.Conn]bool{}}
}

// accept takes connections until the listener closes.
func (s *Server) accept(chosen quirk) {
	for {
		raw, err := s.listener.Accept()
		if err != nil {
			return
		}
		number := int(s.accepted.Add(1))
		if !s.keep(raw) {
			raw.Close()
			return
		}
		s.running.Go(func() {
			defer s.forget(raw)
			chosen.serve(&conn{Conn: raw, server: s, options: s.options, number: number})
		})
	}
}

// keep remembers the connection, unless the test has ended.
func (s *Server) keep(raw net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.ended:
		return false
	default:
	}
	s.conns[raw] = true
	s.most = max(s.most, len(s.conns))
	return true
}

func (s *Server) forget(raw net.Conn) {
	raw.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, raw)
}

// stop closes everything and waits until no goroutine of the server is left.
func (s *Server) stop() {
	s.mu.Lock()
	close(s.ended)
	for raw := range s.conns {
		raw.Close()
	}
	s.mu.Unlock()
	if s.listener != nil {
		s.listener.Close()
	}
	s.running.Wait()
}
