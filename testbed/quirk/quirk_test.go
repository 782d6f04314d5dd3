// Every quirk does what its note says and ends with its test.

package quirk

import (
	"crypto/tls"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"middlebrick/testbed/ca"
)

// request is what an http client sends; oldHello is a TLS 1.2 ClientHello
// without extensions that offers the export, RC4 and CBC suites of RSA.
const request = "GET /hop/1 HTTP/1.1\r\nHost: app.test\r\nX-Api-Key: secret\r\n\r\n"

var oldHello = unhex("1603010033" + "0100002f" + "0303" + strings.Repeat("5a", 32) + "00" + "0008" + "00030011002f0035" + "0100")

func unhex(text string) []byte {
	out, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		panic(err)
	}
	return out
}

func dial(tb testing.TB, s *Server) net.Conn {
	tb.Helper()
	c, err := net.Dial("tcp", s.Addr)
	if err != nil {
		tb.Fatalf("dialling %s: %v", s.Addr, err)
	}
	tb.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(10 * time.Second))
	return c
}

// ask sends the bytes and reads at most n of the answer.
func ask(tb testing.TB, s *Server, sent []byte, n int) []byte {
	tb.Helper()
	c := dial(tb, s)
	c.Write(sent)
	out := make([]byte, n)
	got, _ := io.ReadFull(c, out)
	return out[:got]
}

func TestEveryQuirkEndsWithItsTest(t *testing.T) {
	defer goleak.VerifyNone(t)
	for _, name := range Names() {
		t.Run(name, func(t *testing.T) {
			s := Start(t, name, Options{})
			for _, sent := range []string{request, string(oldHello), "", "\x80"} {
				if c, err := net.Dial("tcp", s.Addr); err == nil {
					c.Write([]byte(sent))
					c.Close()
				}
			}
			if Note(name) == "" {
				t.Error("has no note")
			}
		})
	}
}

func TestFirstBytesAreThoseOfTheQuirk(t *testing.T) {
	tests := []struct {
		name string
		sent []byte
		want string // what the answer begins with
	}{
		{"ssh", nil, "SSH-2.0-"},
		{"smtp", nil, "220 "},
		{"plain-http", oldHello, "HTTP/1.1 400 "},
		{"echo", oldHello, string(oldHello)},
		{"record-length", oldHello, "\x16\x03\x03\xff\xff\x00"},
		{"handshake-length", oldHello, "\x16\x03\x03\x40\x00\x02\xff\xff\xff\x00"},
		{"warning-flood", oldHello, strings.Repeat("\x15\x03\x03\x00\x02\x01\x5a", 64)},
		{"empty-record-flood", oldHello, strings.Repeat("\x16\x03\x03\x00\x00", 64)},
		{"fragmented", oldHello, "\x16\x03\x03\x00\x01\x02\x16\x03\x03\x00\x01\x00"},
		{"garbage", oldHello, "\xde\xad\xbe\xef"},
		{"wrong-type", oldHello, "\x17\x03\x03"},
		{"unavailable", []byte(request), "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\n"},
		{"by-agent", []byte(request), "HTTP/1.1 403 "},
		{"no-goodbye", []byte(request), "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"cut\":"},
		{"refuse-all", oldHello, "\x15\x03\x03\x00\x02\x02\x28"},
		{"refuse-version", oldHello, "\x15\x03\x03\x00\x02\x02\x46"},
		{"sni-required", oldHello, "\x15\x03\x03\x00\x02\x02\x70"},
		{"canned", oldHello, "\x16\x03\x03\x00\x4a\x02\x00\x00\x46\x03\x03BBBB"},
		{"sslv3", oldHello, "\x16\x03\x00\x00\x4a\x02\x00\x00\x46\x03\x00BBBB"},
		{"unoffered-version", oldHello, "\x16\x03\x05\x00\x4a\x02\x00\x00\x46\x03\x05BBBB"},
		{"sslv2", unhex("801f" + "01" + "0002" + "0006" + "0000" + "0010" + "010080" + "0700c0" + strings.Repeat("11", 16)), "\x83"},
		{"http09", []byte(request), "<html>"},
		{"nul-header", []byte(request), "HTTP/1.1 200 OK\r\nX-Odd: a\x00b\r\n"},
		{"interim-flood", []byte(request), "HTTP/1.1 103 Early Hints\r\n"},
		{"switching", []byte(request), "HTTP/1.1 101 "},
		{"huge-length", []byte(request), "HTTP/1.1 200 OK\r\nContent-Length: 1000000000000000\r\n\r\n0123456789"},
		{"redirect-chain", []byte(request), "HTTP/1.1 302 Found\r\nLocation: /hop/2\r\n"},
		{"redirect-downgrade", []byte(request), "HTTP/1.1 302 Found\r\nLocation: http://app.test/hop/1\r\n"},
		{"cookies-5000", []byte(request), "HTTP/1.1 200 OK\r\nSet-Cookie: c0=v; Path=/\r\nSet-Cookie: c1=v; Path=/\r\n"},
		{"echo-headers", []byte(request), "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 19\r\n\r\nX-Api-Key: secret\r\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := ask(t, Start(t, test.name, Options{Suites: []uint16{0x002f}}), test.sent, len(test.want))
			if string(got) != test.want {
				t.Errorf("answer begins with %q, want %q", got, test.want)
			}
		})
	}
}

func TestResetIsAResetAndCloseIsAClose(t *testing.T) {
	// "reset" is left out: its RST may already end the dial.
	for name, want := range map[string]error{"close": io.EOF, "reset-after-1": syscall.ECONNRESET, "close-after-1": io.EOF} {
		c := dial(t, Start(t, name, Options{}))
		if strings.HasSuffix(name, "-1") {
			c.Write([]byte("x"))
		}
		if _, err := c.Read(make([]byte, 1)); !errors.Is(err, want) {
			t.Errorf("%s ends with %v, want %v", name, err, want)
		}
	}
}

func TestDripSendsOneByteForEachTick(t *testing.T) {
	tick := make(chan time.Time)
	s := Start(t, "drip", Options{Tick: tick})
	c := dial(t, s)
	c.Write([]byte(request))
	for _, want := range []byte("HTTP/1.1 200 OK") {
		tick <- time.Time{}
		got := make([]byte, 1)
		if _, err := c.Read(got); err != nil || got[0] != want {
			t.Fatalf("read %q (%v), want %q", got, err, want)
		}
	}
	if s.Sent() != int64(len("HTTP/1.1 200 OK")) {
		t.Errorf("sent %d bytes", s.Sent())
	}
}

func TestThrottledServesCountConnectionsAndNoMore(t *testing.T) {
	s := Start(t, "throttled-reset", Options{Count: 2})
	var got []string
	for range 3 {
		got = append(got, string(ask(t, s, []byte(request), 12)))
	}
	if got[0] != "HTTP/1.1 200" || got[1] != "HTTP/1.1 200" || got[2] != "" {
		t.Errorf("answers are %q", got)
	}
	if s.Accepted() != 3 {
		t.Errorf("accepted %d connections", s.Accepted())
	}
}

func TestSlowingServerWaitsForATickAfterCountConnections(t *testing.T) {
	tick := make(chan time.Time)
	s := Start(t, "slowing", Options{Count: 1, Tick: tick})
	if got := ask(t, s, []byte(request), 12); string(got) != "HTTP/1.1 200" {
		t.Errorf("the first answer is %q", got)
	}
	second := dial(t, s)
	second.Write([]byte(request))
	tick <- time.Time{}
	if _, err := second.Read(make([]byte, 1)); err != nil {
		t.Errorf("after the tick: %v", err)
	}
}

func TestCutBodyLacksTheGoodbyeOfTLS(t *testing.T) {
	for name, want := range map[string]byte{"no-goodbye": 23, "http09": alertRecord} {
		raw := &tapped{Conn: dial(t, Start(t, name, Options{Secure: true}))}
		c := tls.Client(raw, &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS12})
		io.WriteString(c, request)
		io.ReadAll(c)
		last := byte(0)
		for rest := raw.seen; len(rest) >= 5; rest = rest[5+int(rest[3])<<8+int(rest[4]):] {
			last = rest[0]
		}
		if last != want {
			t.Errorf("%s ends with a record of type %d, want %d", name, last, want)
		}
	}
}

func TestIdleConnectionBlocksAllOthers(t *testing.T) {
	s := Start(t, "one-at-a-time", Options{})
	idle := dial(t, s)
	second := dial(t, s)
	second.Write([]byte(request))
	second.SetReadDeadline(time.Now().Add(30 * time.Millisecond))
	if _, err := second.Read(make([]byte, 1)); err == nil {
		t.Error("the second connection was served while the first was idle")
	}
	idle.Close()
	second.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := second.Read(make([]byte, 1)); err != nil {
		t.Errorf("the second connection was not served after the first: %v", err)
	}
}

// client is a TLS client that trusts the testbed and asks for the name.
func client(tb testing.TB, s *Server, name string, change func(*tls.Config)) error {
	config := &tls.Config{RootCAs: ca.New().Pool(), ServerName: name, InsecureSkipVerify: name == ""}
	change(config)
	return tls.Client(dial(tb, s), config).Handshake()
}

func TestHelloQuirksShowThemselvesToARealClient(t *testing.T) {
	same := func(*tls.Config) {}
	old := func(c *tls.Config) { c.MaxVersion = tls.VersionTLS12 }
	short := func(c *tls.Config) { c.MaxVersion, c.CurvePreferences = tls.VersionTLS12, []tls.CurveID{tls.X25519} }
	tests := []struct {
		name, server string
		change       func(*tls.Config)
		want         string // part of the error; empty: none
	}{
		{"none", "app.test", same, ""},
		{"sni-required", "app.test", same, ""},
		{"sni-required", "", same, "unrecognized name"},
		{"version-intolerant", "app.test", same, "reset"},
		{"version-intolerant", "app.test", old, ""},
		{"long-intolerant", "app.test", same, "reset"},
		{"long-intolerant", "app.test", short, ""},
		{"canned", "app.test", old, "bad record MAC"},
		{"no-downgrade-sentinel", "app.test", same, ""},
		{"no-downgrade-sentinel", "app.test", old, "bad record MAC"},
		{"insecure-renegotiation", "app.test", old, "bad record MAC"},
		{"fragmented-flight", "app.test", old, "bad record MAC"},
		{"unoffered-suite", "app.test", old, "unconfigured cipher suite"},
		{"unoffered-version", "app.test", old, "unsupported protocol version"},
		{"unoffered-compression", "app.test", old, "unsupported compression"},
		{"hrr-unoffered", "app.test", same, "unsupported group"},
		{"fallback-scsv", "app.test", old, "bad record MAC"},
		{"any-alpn", "app.test", func(c *tls.Config) { old(c); c.NextProtos = []string{"odd/9"} }, "bad record MAC"},
		{"certificate-huge", "app.test", old, "exceeds maximum"},
		{"second-only", "app.test", same, "reset"},
	}
	for _, test := range tests {
		t.Run(test.name+" "+test.server, func(t *testing.T) {
			s := Start(t, test.name, Options{Secure: true})
			err := client(t, s, test.server, test.change)
			if (test.want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("handshake ends with %v, want %q", err, test.want)
			}
		})
	}
}
