// Each fault and its twin answer the one record that tells them apart.

package quirk

import (
	"bytes"
	"crypto/rsa"
	"errors"
	"io"
	"math/big"
	"net"
	"os"
	"slices"
	"testing"
	"time"

	"middlebrick/testbed/ca"
)

func TestHeartbleedAnswersWithMoreThanItGot(t *testing.T) {
	hello := withHeartbeat(oldHello)
	beat := []byte{24, 3, 3, 0, 3, 1, 0x40, 0}
	for name, want := range map[string]byte{"heartbleed": 24, "heartbeat": 21, "heartbeat-silent": 21} {
		c := dial(t, Start(t, name, Options{}))
		c.Write(hello)
		skipFlight(t, c)
		c.Write(beat)
		c.Write([]byte{22, 3, 3, 0, 1, 0}) // must be answered by anyone
		head := make([]byte, 5)
		if _, err := io.ReadFull(c, head); err != nil || head[0] != want {
			t.Errorf("%s answers with % x (%v), want type %d", name, head, err, want)
		}
	}
}

// withHeartbeat adds the heartbeat extension to a hello without any.
func withHeartbeat(hello []byte) []byte {
	out := append(bytes.Clone(hello), 0, 5, 0, 15, 0, 1, 1)
	out[4] += 7
	out[8] += 7
	return out
}

// skipFlight reads up to ServerHelloDone.
func skipFlight(tb testing.TB, c net.Conn) {
	tb.Helper()
	for {
		head := make([]byte, 5)
		if _, err := io.ReadFull(c, head); err != nil {
			tb.Fatalf("reading the flight: %v", err)
		}
		payload := make([]byte, int(head[3])<<8+int(head[4]))
		if _, err := io.ReadFull(c, payload); err != nil {
			tb.Fatalf("reading the flight: %v", err)
		}
		if payload[0] == 14 {
			return
		}
	}
}

// after is the type and, of an alert, the description of the server's next
// record; "silence" if none comes at once.
func after(tb testing.TB, c net.Conn) string {
	tb.Helper()
	c.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
	answer := make([]byte, 7)
	_, err := io.ReadFull(c, answer)
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return "silence"
	case err != nil:
		tb.Fatalf("reading the answer: %v", err)
	case answer[0] != alertRecord:
		return "other"
	}
	return map[byte]string{10: "unexpected_message", 20: "bad_record_mac", 47: "illegal_parameter"}[answer[6]]
}

func TestROBOTTellsPaddingsApart(t *testing.T) {
	key := ca.New().GoodRSA("app.test").Key.(*rsa.PrivateKey)
	premaster := append([]byte{3, 3}, bytes.Repeat([]byte{9}, 46)...)
	right, short := encrypt(&key.PublicKey, premaster), encrypt(&key.PublicKey, premaster[:40])
	wrong := bytes.Repeat([]byte{1}, 256)
	tests := []struct {
		name                string
		right, short, wrong string
	}{
		{"robot", "bad_record_mac", "bad_record_mac", "illegal_parameter"},
		{"robot-weak", "bad_record_mac", "illegal_parameter", "illegal_parameter"},
		{"robot-silent", "bad_record_mac", "bad_record_mac", "silence"},
		{"robot-refused", "bad_record_mac", "bad_record_mac", "bad_record_mac"},
	}
	for _, test := range tests {
		s := Start(t, test.name, Options{})
		for i, secret := range [][]byte{right, short, wrong} {
			c := dial(t, s)
			c.Write(oldHello)
			skipFlight(t, c)
			body := append([]byte{clientKeyExchange, 0, 1, 2, 1, 0}, secret...)
			c.Write(record(handshakeRecord, 0x0303, body))
			c.Write(record(changeCipherSpec, 0x0303, []byte{1}))
			c.Write(record(handshakeRecord, 0x0303, bytes.Repeat([]byte{0xaa}, 64)))
			want := []string{test.right, test.short, test.wrong}[i]
			if got := after(t, c); got != want {
				t.Errorf("%s answers message %d with %s, want %s", test.name, i, got, want)
			}
		}
	}
}

// encrypt pads after PKCS #1 v1.5 (RFC 8017, section 7.2.1) and encrypts.
func encrypt(key *rsa.PublicKey, secret []byte) []byte {
	padding := bytes.Repeat([]byte{0x55}, key.Size()-3-len(secret))
	block := new(big.Int).SetBytes(slices.Concat([]byte{0, 2}, padding, []byte{0}, secret))
	return block.Exp(block, big.NewInt(int64(key.E)), key.N).FillBytes(make([]byte, key.Size()))
}

func TestEarlyChangeCipherSpecIsTakenOrRefused(t *testing.T) {
	for name, want := range map[string][2]string{
		"ccs-injection": {"silence", "bad_record_mac"},
		"ccs-refused":   {"unexpected_message", ""},
	} {
		c := dial(t, Start(t, name, Options{}))
		c.Write(oldHello)
		skipFlight(t, c)
		c.Write(record(changeCipherSpec, 0x0303, []byte{1}))
		if got := after(t, c); got != want[0] {
			t.Errorf("%s answers the first with %s, want %s", name, got, want[0])
		}
		if want[1] == "" {
			continue
		}
		c.Write(record(changeCipherSpec, 0x0303, []byte{1}))
		if got := after(t, c); got != want[1] {
			t.Errorf("%s answers the second with %s, want %s", name, got, want[1])
		}
	}
}
