// Servers that were taken over speak on under encryption, and each padding
// oracle tells one kind of broken record from the others.

package quirk

import (
	"bufio"
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"middlebrick/testbed/ca"
)

func TestTakenConnectionAnswersAsBefore(t *testing.T) {
	for _, name := range []string{"cbc", "poodle-tls", "zombie-poodle", "golden-doodle", "zero-length", "padding-alert"} {
		c := tls.Client(dial(t, Start(t, name, Options{})), &tls.Config{RootCAs: ca.New().Pool(), ServerName: "app.test",
			MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA}})
		for range 2 {
			if _, err := io.WriteString(c, request); err != nil {
				t.Fatalf("%s: asking: %v", name, err)
			}
			answer, err := http.ReadResponse(bufio.NewReader(c), nil)
			if err != nil || answer.StatusCode != 200 {
				t.Errorf("%s: reading: %v", name, err)
			}
		}
	}
}

// tapped keeps what the client reads first: the server's random is in it.
type tapped struct {
	net.Conn
	seen []byte
}

func (c *tapped) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.seen = append(c.seen, p[:n]...)
	return n, err
}

// breaker is a client after its handshake that can send broken records.
type breaker struct {
	*tapped
	macKey []byte
	block  cipher.Block
}

func breaks(t *testing.T, s *Server) breaker {
	t.Helper()
	var log bytes.Buffer
	c := &tapped{Conn: dial(t, s)}
	session := tls.Client(c, &tls.Config{InsecureSkipVerify: true, KeyLogWriter: &log, MaxVersion: tls.VersionTLS12,
		CipherSuites: []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA}})
	if err := session.Handshake(); err != nil {
		t.Fatalf("handshake: %v", err)
	}
	words := strings.Fields(log.String())
	keys := prf(unhex(words[2]), "key expansion", slices.Concat(c.seen[11:43], unhex(words[1])), 72)
	block, err := aes.NewCipher(keys[40:56])
	if err != nil {
		t.Fatal(err)
	}
	return breaker{tapped: c, macKey: keys[:20], block: block}
}

// record seals the text with the length of padding, and spoils what is asked.
func (b breaker) record(text []byte, spoilMAC, spoilPadding bool) []byte {
	sum := mac(b.macKey, 1, 23, text)
	if spoilMAC {
		sum[0] ^= 1
	}
	plain := slices.Concat(text, sum)
	pad := 31 - len(plain)%16
	plain = append(plain, bytes.Repeat([]byte{byte(pad)}, pad+1)...)
	if spoilPadding {
		plain[len(plain)-3] ^= 1
	}
	iv := make([]byte, 16)
	out := make([]byte, len(plain))
	cipher.NewCBCEncrypter(b.block, iv).CryptBlocks(out, plain)
	return record(23, 0x0303, append(iv, out...))
}

// outcome is "data" or "alert" by the type of the next record, or "closed".
func (b breaker) outcome(t *testing.T) string {
	t.Helper()
	head := make([]byte, 5)
	_, err := io.ReadFull(b.Conn, head)
	switch {
	case errors.Is(err, io.EOF):
		return "closed"
	case err != nil:
		t.Fatalf("reading the outcome: %v", err)
	}
	return map[byte]string{alertRecord: "alert", 23: "data"}[head[0]]
}

func TestOracleTellsOneBrokenRecordFromTheOthers(t *testing.T) {
	get := []byte(request)
	kinds := []struct {
		name              string
		text              []byte
		badMAC, badPadded bool
	}{
		{"right", get, false, false},
		{"MAC", get, true, false},
		{"padding", get, false, true},
		{"both", get, true, true},
		{"empty", nil, true, false},
	}
	for name, want := range map[string][]string{
		"cbc":           {"data", "alert", "alert", "alert", "alert"},
		"poodle-tls":    {"data", "alert", "data", "alert", "alert"},
		"zombie-poodle": {"data", "alert", "closed", "alert", "alert"},
		"golden-doodle": {"data", "closed", "alert", "alert", "closed"},
		"zero-length":   {"data", "alert", "alert", "alert", "closed"},
	} {
		s := Start(t, name, Options{})
		var got []string
		for _, kind := range kinds {
			b := breaks(t, s)
			b.Conn.Write(b.record(kind.text, kind.badMAC, kind.badPadded))
			got = append(got, b.outcome(t))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestFloodsAfterTheHandshakeReachTheClient(t *testing.T) {
	for name, want := range map[string]string{
		"ticket-flood":        "too many non-advancing records",
		"key-update-flood":    "too many non-advancing records",
		"renegotiation-asked": "no renegotiation",
	} {
		c := tls.Client(dial(t, Start(t, name, Options{})), &tls.Config{InsecureSkipVerify: true,
			CipherSuites: []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA}})
		_, err := c.Read(make([]byte, 1))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: reading ends with %v, want %q", name, err, want)
		}
	}
}

func TestTicketbleedPadsTheSessionID(t *testing.T) {
	// A hello with a session id of one byte and a ticket of two.
	hello := unhex("16030100 3a 01000036 0303" + strings.Repeat("5a", 32) + "01 99 0002 002f 0100 000a 0023 0002 abcd 000f 0000")
	got := ask(t, Start(t, "ticketbleed", Options{}), hello, 76)
	if len(got) < 76 || got[43] != 32 || !bytes.Equal(got[44:76], append([]byte{0x99}, bytes.Repeat([]byte{'T'}, 31)...)) {
		t.Errorf("answer is % x", got)
	}
}
