// SSLv2, old servers, and servers that speak something else.

package tlshello

import (
	"crypto/x509"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// recorded is what a real server sent.
func recorded(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestOldServersAreRead(t *testing.T) {
	type seen struct {
		Kind         Kind
		Version      Version
		Suite        Suite
		Certificates int
		SSL2Suites   []Suite
		SessionID    int
		DHBits       int
		RSABits      int
		Secure       bool
		Alert        string
		Violation    string
	}
	ssl2 := Client{Version: SSL2, Suites: Suites(SSL2)}
	kinds := []Suite{0x010080, 0x020080, 0x030080, 0x040080, 0x060040, 0x0700C0}
	tests := map[string]struct {
		client Client
		want   seen
	}{
		"ssl2-openssl100m.bin":      {ssl2, seen{Kind: KindServerHello, Version: SSL2, Suite: 0x010080, Certificates: 1, SSL2Suites: kinds, SessionID: 16}},
		"ssl2-refused-java17.bin":   {ssl2, seen{Kind: KindAlert, Version: SSL2, SSL2Suites: []Suite{}, Alert: "SSLv2 no_cipher (1)"}},
		"ssl2hello-openssl100m.bin": {Client{Version: TLS10, SSL2Format: true, Suites: []Suite{0x0005, 0x010080}, RenegotiationInfo: true}, seen{Kind: KindServerHello, Version: TLS10, Suite: 0x0005, Certificates: 1, SSL2Suites: []Suite{}, SessionID: 32, Secure: true}},
		"ssl3-openssl101e.bin":      {Client{Version: SSL3, Suites: []Suite{0x0005}, RenegotiationInfo: true}, seen{Kind: KindServerHello, Version: SSL3, Suite: 0x0005, Certificates: 1, SSL2Suites: []Suite{}, SessionID: 32, Secure: true}},
		"rsa-export-java17.bin":     {Client{Version: TLS10, Suites: []Suite{0x0003}, RenegotiationInfo: true}, seen{Kind: KindServerHello, Version: TLS10, Suite: 0x0003, Certificates: 1, SSL2Suites: []Suite{}, SessionID: 32, RSABits: 512, Secure: true}},
		"dhe-export-java17.bin":     {Client{Version: TLS10, Suites: []Suite{0x0014}, RenegotiationInfo: true}, seen{Kind: KindServerHello, Version: TLS10, Suite: 0x0014, Certificates: 1, SSL2Suites: []Suite{}, SessionID: 32, DHBits: 512, Secure: true}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			a, err := ReadAnswer(strings.NewReader(recorded(t, name)), test.client, UntilDone)
			if err != nil {
				t.Fatal(err)
			}
			got := seen{Kind: a.Kind, Version: a.Version, Suite: a.Suite, Certificates: len(a.Certificates), SSL2Suites: a.SSL2Suites,
				SessionID: len(a.SessionID), Secure: a.SecureRenegotiation(), Violation: a.Violation}
			if a.DH != nil {
				got.DHBits = a.DH.Bits()
			}
			if a.RSA != nil {
				got.RSABits = a.RSA.Bits()
			}
			if a.Alert != nil {
				got.Alert = a.Alert.String()
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
			if a.Kind != KindServerHello {
				return
			}
			if _, err := x509.ParseCertificate(a.Certificates[0]); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestSSL2ServerWithoutCiphersOrWithPaddingIsRead(t *testing.T) {
	empty := "\x80\x0B\x04\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00"
	padded := "\x00\x11\x03\x04\x01\x01\x00\x02\x00\x00\x00\x03\x00\x00\x07\x00\xC0pad"
	for stream, want := range map[string]Answer{
		empty:  {Kind: KindServerHello, Version: SSL2, SSL2Suites: []Suite{}},
		padded: {Kind: KindServerHello, Version: SSL2, SSL2Suites: []Suite{0x0700C0}, Suite: 0x0700C0, Resumed: true},
	} {
		got, err := ReadAnswer(strings.NewReader(stream), Client{Version: SSL2, Suites: Suites(SSL2)}, UntilDone)
		short := Answer{Kind: got.Kind, Version: got.Version, SSL2Suites: got.SSL2Suites, Suite: got.Suite, Resumed: got.Resumed}
		if diff := cmp.Diff(want, short); diff != "" || err != nil {
			t.Errorf("%v\n%s", err, diff)
		}
	}
}

func TestOtherProtocolsAreNamed(t *testing.T) {
	tests := []struct{ banner, protocol string }{
		{"HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n", "http"},
		{"<html><body>400</body></html>", "http"},
		{"<!DOCTYPE html>", "http"},
		{"\n<!doctype HTML PUBLIC", "http"},
		{"SSH-2.0-OpenSSH_9.2p1\r\n", "ssh"},
		{"220 mail.test ESMTP Postfix\r\n", "smtp"},
		{"220-mail.test ready\r\n", "smtp"},
		{"220 ProFTPD Server\r\n", "ftp"},
		{"220 (vsFTPd 3.0.3)\r\n", "ftp"},
		{"+OK\r\n", "pop3"},
		{"+OK Dovecot ready.\r\n", "pop3"},
		{"* OK [CAPABILITY IMAP4rev1] ready\r\n", "imap"},
		{"RFB 003.008\n", "vnc"},
		{"-ERR unknown command\r\n", "redis"},
		{"\x4a\x00\x00\x00\x0a8.0.36\x00", "mysql"},
		{"\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03", "http2"},
		{"\xFF\xFD\x18\xFF\xFD\x20", "telnet"},
		{"Welcome, stranger\n", ""},
		{"Grüß Gott", ""},
	}
	for _, test := range tests {
		got, err := ReadAnswer(strings.NewReader(test.banner), Modern("target.test"), UntilDone)
		want := Answer{Kind: KindNotTLS, Protocol: test.protocol, Banner: []byte(test.banner)}
		short := Answer{Kind: got.Kind, Protocol: got.Protocol, Banner: got.Banner}
		if diff := cmp.Diff(want, short); diff != "" || err != nil {
			t.Errorf("%q: %v\n%s", test.banner, err, diff)
		}
	}
}

// waiting fails a test that reads on when the other side waits.
type waiting struct{ t *testing.T }

func (w waiting) Read([]byte) (int, error) {
	w.t.Error("read on after the end of a line")
	return 0, io.EOF
}

func TestNoMoreIsReadOfALineThatEnded(t *testing.T) {
	stream := io.MultiReader(strings.NewReader("+OK\r\n"), waiting{t})
	if got, err := ReadAnswer(stream, Modern(""), UntilDone); got.Protocol != "pop3" || err != nil {
		t.Errorf("%+v %v", got, err)
	}
}

func TestBannerIsCutAt256Bytes(t *testing.T) {
	got, err := ReadAnswer(&repeater{text: strings.Repeat("HTTP/1.1 200 OK\r\n\r\n", 50)}, Modern(""), UntilDone)
	if err != nil || len(got.Banner) != 256 || got.Kind != KindNotTLS {
		t.Errorf("%d bytes, %v, %v", len(got.Banner), got.Kind, err)
	}
}

func TestShortTextIsNotTLSEither(t *testing.T) {
	got, err := ReadAnswer(strings.NewReader("no\r\n"), Modern(""), UntilDone)
	if got.Kind != KindNotTLS || string(got.Banner) != "no\r\n" || err != nil {
		t.Errorf("%+v %v", got, err)
	}
}

func TestAlertsHaveNames(t *testing.T) {
	for want, alert := range map[string]Alert{
		"handshake_failure (40)":        {2, 40},
		"unrecognized_name (112)":       {1, 112},
		"inappropriate_fallback (86)":   {2, 86},
		"unknown (255)":                 {2, 255},
		"SSLv2 bad_certificate (4)":     {0, 4},
		"SSLv2 unknown (40)":            {0, 40},
		"no_application_protocol (120)": {2, 120},
	} {
		if alert.String() != want || alert.Error() != "server sent alert "+want {
			t.Errorf("%+v is %q", alert, alert)
		}
	}
}

func TestAnswerIsJSONWithoutNull(t *testing.T) {
	answer, err := ReadAnswer(strings.NewReader(record(21, "\x02\x28")), Modern(""), UntilDone)
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(answer)
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(data, &fields); err != nil {
		t.Fatal(err)
	}
	for name, value := range fields {
		if value == nil {
			t.Errorf("%s is null", name)
		}
	}
	if fields["kind"] != "alert" || fields["suite"] != nil {
		t.Errorf("%s", data)
	}
	var back Answer
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(answer, back); diff != "" {
		t.Error(diff)
	}
}
