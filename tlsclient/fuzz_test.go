// The reading side against bytes that nobody thought of. A client whose seed is
// fixed reads the bytes of a recorded server as it did when they were new.

package tlsclient

import (
	"bytes"
	"crypto/tls"
	"io"
	"testing"

	"middlebrick/testbed/ca"
	"middlebrick/tlshello"
)

// replay is a server that says what it was recorded to say, whatever is asked.
type replay struct {
	io.Reader
	read, wrote int
}

func (r *replay) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.read += n
	return n, err
}

func (r *replay) Write(p []byte) (int, error) {
	r.wrote += len(p)
	return len(p), nil
}

// both keeps what a connection said.
type both struct {
	io.ReadWriter
	heard bytes.Buffer
}

func (b *both) Read(p []byte) (int, error) {
	n, err := b.ReadWriter.Read(p)
	b.heard.Write(p[:n])
	return n, err
}

// fuzzHellos are hellos of each kind, by number.
func fuzzHellos() []tlshello.Client {
	old := hello(tlshello.SSL3, Suites(tlshello.SSL3)...)
	return []tlshello.Client{
		hello(tlshello.TLS13, 0x1301, 0x1302, 0x1303), hello(tlshello.TLS12, 0xC02F, 0xCCA8), hello(tlshello.TLS12, 0xC013, 0x002F),
		hello(tlshello.TLS10, 0xC013, 0x002F, 0x000A), old, hello(tlshello.TLS12, Suites(tlshello.TLS12)...),
	}
}

// recorded is what a server of crypto/tls says to a hello, and to close_notify.
func recorded(t testing.TB, c tlshello.Client) []byte {
	t.Helper()
	config := &tls.Config{Certificates: []tls.Certificate{ca.New().GoodRSA("target.test").TLS()}, MinVersion: tls.VersionTLS10}
	tap := &both{ReadWriter: echo(t, config)()}
	s, err := Handshake(tap, c, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.UntilClosed(); err != nil {
		t.Fatal(err)
	}
	return tap.heard.Bytes()
}

func TestRecordedServerMakesTheSameSession(t *testing.T) {
	for _, c := range fuzzHellos()[:4] {
		s, err := Handshake(&replay{Reader: bytes.NewReader(recorded(t, c))}, c, Options{})
		if err != nil {
			t.Fatal(c.Version, err)
		}
		if alert, err := s.UntilClosed(); err != nil || alert == nil || alert.Description != 0 || len(s.Tickets) == 0 {
			t.Errorf("%s: %v, %v, %d tickets", c.Version, alert, err, len(s.Tickets))
		}
	}
}

func FuzzSession(f *testing.F) {
	for i, c := range fuzzHellos()[:4] {
		f.Add(recorded(f, c), byte(i))
	}
	f.Add([]byte("HTTP/1.1 400 Bad Request\r\n"), byte(1))
	f.Fuzz(func(t *testing.T, data []byte, which byte) {
		c := fuzzHellos()[int(which)%len(fuzzHellos())]
		rw := &replay{Reader: bytes.NewReader(data)}
		s, err := Handshake(rw, c, Options{})
		if s == nil {
			t.Fatal("no session", err)
		}
		if err != nil {
			return
		}
		_, _ = s.UntilClosed()
		for i := range s.Tickets {
			resume := &Resumption{Of: s, Ticket: &s.Tickets[i], SessionID: []byte("short"), EarlyData: true}
			_, _ = Handshake(&replay{Reader: bytes.NewReader(data)}, c, Options{Resume: resume})
		}
		if s.Version < tlshello.TLS13 {
			_, _, _ = s.Renegotiate()
		}
		if len(s.Tickets) > 2*mostTickets || rw.wrote > 1<<17 {
			t.Errorf("%d tickets, %d bytes written", len(s.Tickets), rw.wrote)
		}
	})
}
