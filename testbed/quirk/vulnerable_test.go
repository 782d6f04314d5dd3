// The faults of several parts, and what tells them apart.

package quirk

import (
	"bytes"
	"strings"
	"testing"
)

// ssl2Hello offers RC4 with 128 bits; masterKey is one with a byte in the clear.
var (
	ssl2Hello = unhex("801c" + "01" + "0002" + "0003" + "0000" + "0010" + "010080" + strings.Repeat("07", 16))
	masterKey = unhex("800c" + "02" + "010080" + "0001" + "0001" + "0000" + "5a02")
)

func TestSSLv2BesideTLSAnswersBoth(t *testing.T) {
	for name, verify := range map[string]int{"drown": 3, "special-drown": 33, "drown-other-key": 3} {
		s := Start(t, name, Options{})
		if got := ask(t, s, oldHello, 3); !bytes.Equal(got, []byte{22, 3, 3}) {
			t.Errorf("%s answers TLS with % x", name, got)
		}
		c := dial(t, s)
		c.Write(ssl2Hello)
		head := make([]byte, 2)
		for _, want := range []int{0, verify} {
			if !(&conn{Conn: c, server: s}).fill(head) || head[0]&0x80 == 0 {
				t.Fatalf("%s: no record of SSLv2: % x", name, head)
			}
			length := int(head[0]&0x7f)<<8 | int(head[1])
			if want > 0 && length != want {
				t.Errorf("%s answers a master key with %d bytes, want %d", name, length, want)
			}
			if !(&conn{Conn: c, server: s}).fill(make([]byte, length)) {
				t.Fatalf("%s: the record is cut short", name)
			}
			c.Write(masterKey)
		}
	}
}

func TestPlainHTTPIsUpgradedWhenAskedTo(t *testing.T) {
	s := Start(t, "upgrade-tls", Options{})
	for sent, want := range map[string]string{
		request: "HTTP/1.1 200", "GET / HTTP/1.1\r\nHost: app.test\r\nUpgrade: TLS/1.0\r\nConnection: Upgrade\r\n\r\n": "HTTP/1.1 101",
	} {
		if got := string(ask(t, s, []byte(sent), len(want))); got != want {
			t.Errorf("answers %q with %q, want %q", sent, got, want)
		}
	}
}

func TestMuteServerSendsItsFlightAndNothingMore(t *testing.T) {
	c := dial(t, Start(t, "mute-after-flight", Options{}))
	c.Write(withHeartbeat(oldHello))
	skipFlight(t, c)
	c.Write(record(handshakeRecord, 0x0303, []byte{14, 0, 0, 0}))
	if got := after(t, c); got != "silence" {
		t.Errorf("answers with %s", got)
	}
}
