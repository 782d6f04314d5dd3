// Handshakes with the server of crypto/tls.

package tlsclient

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"middlebrick/testbed/ca"
	"middlebrick/tlshello"
)

// echo serves crypto/tls on loopback: what comes is sent back. Pipes hold nothing,
// and the server says tickets while we still say Finished.
func echo(t testing.TB, config *tls.Config) (dial func() net.Conn) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			serving.Go(func() {
				server := tls.Server(conn, config)
				_, _ = io.Copy(server, server)
				_ = server.Close()
			})
		}
	})
	t.Cleanup(serving.Wait)
	t.Cleanup(func() { _ = listener.Close() })
	return func() net.Conn { return dialled(t, listener.Addr().String()) }
}

// dialled is a connection that ends with the test.
func dialled(t testing.TB, address string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return conn
}

// hello offers one version with those suites.
func hello(v tlshello.Version, suites ...tlshello.Suite) tlshello.Client {
	c := tlshello.Modern("target.test")
	c.Version, c.Versions, c.Suites, c.ALPN = v, nil, suites, nil
	if v == tlshello.TLS13 {
		c.Versions = []tlshello.Version{tlshello.TLS13}
	}
	return c
}

// converse sends a line and wants it back.
func converse(t *testing.T, s *Session) {
	t.Helper()
	const line = "harmless\n"
	if err := s.WriteRecord(ApplicationData, []byte(line)); err != nil {
		t.Fatal(err)
	}
	got := ""
	for len(got) < len(line) {
		kind, plain, err := s.ReadRecord()
		if err != nil {
			t.Fatal(err)
		}
		if alert := AlertOf(kind, plain); alert != nil {
			t.Fatal(alert)
		}
		if kind == ApplicationData {
			got += string(plain)
		}
	}
	if got != line {
		t.Errorf("sent %q, got %q", line, got)
	}
}

// pairFor is a certificate for suites that sign with that.
func pairFor(t *testing.T, authentication string) tls.Certificate {
	t.Helper()
	pair := ca.New().GoodRSA("target.test")
	if authentication == "ECDSA" {
		pair = ca.New().Good("target.test")
	}
	return pair.TLS()
}

func TestEverySuiteOfCryptoTLSIsFinished(t *testing.T) {
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		for _, version := range suite.SupportedVersions {
			id, v := tlshello.Suite(suite.ID), tlshello.Version(version)
			t.Run(v.String()+" "+suite.Name, func(t *testing.T) {
				info, _ := id.Info()
				config := &tls.Config{Certificates: []tls.Certificate{pairFor(t, info.Authentication)}, MinVersion: tls.VersionTLS10, CipherSuites: []uint16{suite.ID}}
				s, err := Handshake(echo(t, config)(), hello(v, id), Options{Seed: []byte("seed")})
				if err != nil {
					t.Fatal(err)
				}
				converse(t, s)
				converse(t, s)
				if s.Version != v || s.Suite != id || s.Resumed {
					t.Errorf("%s %s, resumed %v", s.Version, s.Suite, s.Resumed)
				}
			})
		}
	}
}

func TestEveryGroupAgrees(t *testing.T) {
	for _, version := range []tlshello.Version{tlshello.TLS12, tlshello.TLS13} {
		for _, group := range []tlshello.Group{tlshello.X25519, tlshello.Secp256r1, tlshello.Secp384r1, tlshello.Secp521r1} {
			config := &tls.Config{Certificates: []tls.Certificate{pairFor(t, "ECDSA")}, CurvePreferences: []tls.CurveID{tls.CurveID(group)}}
			c := hello(version, 0x1301, 0xC02B) // at TLS 1.3 most need a second hello
			s, err := Handshake(echo(t, config)(), c, Options{})
			if err != nil || s.Answer.Group != group {
				t.Errorf("%s %s: %v, %s", version, group, err, s.Answer.Group)
				continue
			}
			converse(t, s)
		}
	}
}

func TestRequestForACertificateIsAnsweredWithNone(t *testing.T) {
	for _, version := range []tlshello.Version{tlshello.TLS10, tlshello.TLS12, tlshello.TLS13} {
		config := &tls.Config{Certificates: []tls.Certificate{pairFor(t, "RSA")}, MinVersion: tls.VersionTLS10, ClientAuth: tls.RequestClientCert}
		s, err := Handshake(echo(t, config)(), hello(version, 0x1301, 0xC02F, 0xC013), Options{})
		if err != nil || !s.CertificateRequested {
			t.Fatal(version, err, s.CertificateRequested)
		}
		converse(t, s)
	}
}

func TestRequiredCertificateIsAnAlert(t *testing.T) {
	config := &tls.Config{Certificates: []tls.Certificate{pairFor(t, "RSA")}, ClientAuth: tls.RequireAnyClientCert}
	_, err := Handshake(echo(t, config)(), hello(tlshello.TLS12, 0xC02F), Options{})
	var alert *tlshello.Alert
	if !errors.As(err, &alert) || alert.Description != 40 {
		t.Error(err)
	}
	s, err := Handshake(echo(t, config)(), hello(tlshello.TLS13, 0x1301), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if alert, err := s.UntilClosed(); err != nil || alert == nil || alert.Description != 116 {
		t.Error(alert, err)
	}
}

func TestTicketsAreTakenUpAgain(t *testing.T) {
	for _, version := range []tlshello.Version{tlshello.TLS10, tlshello.TLS12, tlshello.TLS13} {
		config := &tls.Config{Certificates: []tls.Certificate{pairFor(t, "RSA")}, MinVersion: tls.VersionTLS10}
		dial := echo(t, config)
		c := hello(version, 0x1301, 0xC02F, 0xC013)
		first, err := Handshake(dial(), c, Options{})
		if err != nil {
			t.Fatal(version, err)
		}
		converse(t, first)
		if len(first.Tickets) == 0 {
			t.Fatal(version, "no ticket")
		}
		again, err := Handshake(dial(), c, Options{Resume: &Resumption{Of: first, Ticket: &first.Tickets[0], SessionID: []byte("sixteen bytes ab")}})
		if err != nil || !again.Resumed {
			t.Fatal(version, err, again.Resumed)
		}
		converse(t, again)
		if version < tlshello.TLS13 && string(again.Answer.SessionID) != "sixteen bytes ab" {
			t.Errorf("%s: session id %q", version, again.Answer.SessionID)
		}
		if version == tlshello.TLS13 && first.Tickets[0].Lifetime != 7*24*3600 {
			t.Error(first.Tickets[0])
		}
	}
}

func TestTicketOfAnotherServerIsAFullHandshake(t *testing.T) {
	for _, version := range []tlshello.Version{tlshello.TLS12, tlshello.TLS13} {
		config := func() *tls.Config { return &tls.Config{Certificates: []tls.Certificate{pairFor(t, "RSA")}} }
		c := hello(version, 0x1301, 0xC02F)
		first, err := Handshake(echo(t, config())(), c, Options{})
		if err != nil {
			t.Fatal(err)
		}
		converse(t, first)
		again, err := Handshake(echo(t, config())(), c, Options{Resume: &Resumption{Of: first, Ticket: &first.Tickets[0]}})
		if err != nil || again.Resumed {
			t.Fatal(version, err, again.Resumed)
		}
		converse(t, again)
	}
}

func TestAlteredCBCRecordIsRefused(t *testing.T) {
	for name, mutate := range map[string]func(*CBCRecord){
		"padding": func(r *CBCRecord) { r.Padding[0] ^= 1 },
		"mac":     func(r *CBCRecord) { r.MAC[0] ^= 1 },
		"text":    func(r *CBCRecord) { r.Plaintext[0] ^= 1 },
		"nothing": nil,
	} {
		for _, version := range []tlshello.Version{tlshello.TLS10, tlshello.TLS11, tlshello.TLS12} {
			config := &tls.Config{Certificates: []tls.Certificate{pairFor(t, "RSA")}, MinVersion: tls.VersionTLS10, CipherSuites: []uint16{0xC013}}
			s, err := Handshake(echo(t, config)(), hello(version, 0xC013), Options{})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.rw.Write(s.SealCBC(ApplicationData, []byte("GET / HTTP/1.0\r\n\r\n"), mutate)); err != nil {
				t.Fatal(err)
			}
			kind, plain, err := s.ReadRecord()
			if err != nil {
				t.Fatal(err)
			}
			alert := AlertOf(kind, plain)
			if refused := alert != nil && alert.Description == 20; refused != (mutate != nil) {
				t.Errorf("%s at %s: record of type %d, %v", name, version, kind, alert)
			}
		}
	}
}

func TestCryptoTLSDeclinesToRenegotiate(t *testing.T) {
	config := &tls.Config{Certificates: []tls.Certificate{pairFor(t, "RSA")}}
	s, err := Handshake(echo(t, config)(), hello(tlshello.TLS12, 0xC02F), Options{})
	if err != nil {
		t.Fatal(err)
	}
	reaction, alert, err := s.Renegotiate()
	if diff := cmp.Diff(Alerts, reaction); diff != "" || alert == nil || err != nil {
		t.Error(diff, alert, err)
	}
}

func TestRefusalsAreTold(t *testing.T) {
	config := &tls.Config{Certificates: []tls.Certificate{pairFor(t, "RSA")}, MinVersion: tls.VersionTLS13}
	s, err := Handshake(echo(t, config)(), hello(tlshello.TLS12, 0xC02F), Options{})
	var alert *tlshello.Alert
	if !errors.As(err, &alert) || alert.Description != 70 || s == nil {
		t.Error(err)
	}
	ours, theirs := net.Pipe()
	go func() {
		_, _ = theirs.Read(make([]byte, 4096))
		_, _ = io.WriteString(theirs, "HTTP/1.1 400 Bad Request\r\n")
		_ = theirs.Close()
	}()
	if _, err := Handshake(ours, hello(tlshello.TLS12, 0xC02F), Options{}); !errors.Is(err, ErrNotTLS) {
		t.Error(err)
	}
	_ = ours.Close()
}
