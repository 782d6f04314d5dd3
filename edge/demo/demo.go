// Package demo is a deliberately weak, Flask-like API on loopback: something to
// scan for a first look without a network. It answers as Werkzeug's development
// server does, with the faults that such deployments have.
package demo

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"
)

// Host is the name under which the API is meant to be scanned. No such name can
// exist outside of tests (RFC 6761 section 6.2): its addresses are given with
// the scan.
const Host = "api.demo.test"

// Path is what is meant to be scanned: JSON, behind a route with a slash at its
// end.
const Path = "/v1/users/"

// A Server is the running API; it listens on loopback alone.
type Server struct {
	HTTPS, HTTP netip.AddrPort

	listeners []net.Listener
	app       app
	mu        sync.Mutex
	open      map[net.Conn]bool
	closed    bool
	running   sync.WaitGroup
}

// Start listens on two free ports of 127.0.0.1, one for each form. The server
// ends with Close or with the context.
func Start(ctx context.Context, now time.Time) (*Server, error) {
	certificate, err := adhoc(now)
	if err != nil {
		return nil, fmt.Errorf("making certificate: %w", err)
	}
	s := &Server{app: app{now: now}, open: map[net.Conn]bool{}}
	for _, form := range []struct {
		at     *netip.AddrPort
		config *tls.Config
	}{
		{&s.HTTPS, &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS10, CipherSuites: suites()}},
		{&s.HTTP, nil},
	} {
		var listen net.ListenConfig
		listener, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			s.Close()
			return nil, fmt.Errorf("listening on loopback: %w", err)
		}
		*form.at = listener.Addr().(*net.TCPAddr).AddrPort()
		s.listeners = append(s.listeners, listener)
		s.running.Add(1)
		go s.accept(listener, form.config)
	}
	context.AfterFunc(ctx, s.Close)
	return s, nil
}

// suites are all that crypto/tls has, those of old included.
func suites() []uint16 {
	var all []uint16
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		all = append(all, suite.ID)
	}
	return all
}

func (s *Server) accept(listener net.Listener, config *tls.Config) {
	defer s.running.Done()
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		if !s.hold(conn) {
			conn.Close()
			return
		}
		s.running.Add(1)
		go func() {
			defer s.running.Done()
			defer s.release(conn)
			if config == nil {
				s.app.serve(conn, "http")
				return
			}
			s.app.serve(tls.Server(conn, config), "https")
		}()
	}
}

func (s *Server) hold(conn net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.open[conn] = true
	}
	return !s.closed
}

func (s *Server) release(conn net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, conn)
	conn.Close()
}

// Close ends the server and every connection to it. Closing twice is closing
// once.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	for _, listener := range s.listeners {
		listener.Close()
	}
	for conn := range s.open {
		conn.Close()
	}
	s.mu.Unlock()
	s.running.Wait()
}
