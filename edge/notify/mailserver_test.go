// Tests with a real mail server, Debian's python3-aiosmtpd, on loopback: every
// way of protecting the connection, logging in, and what arrives.

package notify_test

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"middlebrick/edge/notify"
)

// certificateFor is a certificate that signs itself, and the set that trusts it.
func certificateFor(t *testing.T, host string) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host},
		NotBefore: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC),
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}

// pemOf writes a certificate and its key into one file.
func pemOf(t *testing.T, c tls.Certificate) string {
	t.Helper()
	key, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	text := append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Certificate[0]}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})...)
	file := filepath.Join(t.TempDir(), "mail.pem")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// taken is a letter as the mail server took it.
type taken struct {
	From   string
	To     []string
	User   string
	Secure bool
	Letter string
}

// mailServer is an outbox that leads to a server of its own.
func mailServer(t *testing.T, security notify.Security, wantsLogin bool) (notify.Outbox, *bufio.Reader) {
	t.Helper()
	lines, at, roots := startMailServer(t, security, wantsLogin)
	dial := func(ctx context.Context, _, address string) (net.Conn, error) {
		if host, _, _ := net.SplitHostPort(address); host != "mail.example" {
			t.Errorf("dialled %s", address)
		}
		return new(net.Dialer).DialContext(ctx, "tcp", at)
	}
	return notify.Outbox{Dial: dial, Roots: roots, Host: "mb.acme.example", Agent: "middlebrick/test"}, lines
}

// startMailServer starts the server, which ends with the test, and says where it
// listens, what it prints and whom its certificate is trusted by.
func startMailServer(t *testing.T, security notify.Security, wantsLogin bool) (*bufio.Reader, string, *x509.CertPool) {
	t.Helper()
	if err := exec.Command("/usr/bin/python3", "-c", "import aiosmtpd").Run(); err != nil {
		t.Skip("no python3-aiosmtpd; scripts/setup installs it")
	}
	certificate, roots := certificateFor(t, "mail.example")
	server := exec.Command("/usr/bin/python3", "testdata/mailserver.py", string(security), pemOf(t, certificate), strconv.FormatBool(wantsLogin))
	var said strings.Builder
	server.Stderr = &said
	stdin, err := server.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stdin.Close() // which is its sign to end
		server.Wait()
		if t.Failed() {
			t.Logf("the mail server said: %s", said.String())
		}
	})
	lines := bufio.NewReader(stdout)
	port, err := lines.ReadString('\n')
	if err != nil {
		t.Fatalf("the mail server did not start: %v", err)
	}
	return lines, "127.0.0.1:" + strings.TrimSpace(port), roots
}

func next(t *testing.T, lines *bufio.Reader) taken {
	t.Helper()
	text, err := lines.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	var got taken
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	return got
}

func TestRealMailServerTakesTheLetter(t *testing.T) {
	for _, c := range []struct {
		name     string
		security notify.Security
		user     string
	}{
		{"starttls", notify.StartTLS, ""}, {"starttls with a login", notify.StartTLS, "ana"},
		{"tls", notify.TLS, ""}, {"tls with a login", notify.TLS, "ana"}, {"none", notify.Plain, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			box, lines := mailServer(t, c.security, c.user != "")
			channel := letterbox(c.security)
			channel.Mail.To = append(channel.Mail.To, "Bo <bo@acme.example>")
			if c.user != "" {
				channel.Mail.User, channel.Mail.Password = c.user, "correct horse"
			}
			receipt := notify.Send(t.Context(), box, channel, alert(), "msg_1", at())
			if receipt.Outcome != notify.Delivered || receipt.Status != 250 {
				t.Fatalf("%+v", receipt)
			}
			got := next(t, lines)
			if got.From != "alerts@acme.example" || strings.Join(got.To, " ") != "ana@acme.example bo@acme.example" ||
				got.User != c.user || got.Secure != (c.security != notify.Plain) {
				t.Errorf("%+v", got)
			}
			parsed, err := mail.ReadMessage(strings.NewReader(got.Letter))
			if err != nil || parsed.Header.Get("Message-Id") != "<msg_1@mb.acme.example>" {
				t.Errorf("%v, %v", err, parsed.Header)
			}
			if body, _ := io.ReadAll(parsed.Body); !strings.Contains(string(body), "Plain HTTP serves API data") {
				t.Errorf("%s", body)
			}
		})
	}
}

func TestWrongPasswordIsRefusedAndNotTriedAgain(t *testing.T) {
	box, _ := mailServer(t, notify.StartTLS, true)
	channel := letterbox(notify.StartTLS)
	channel.Mail.User, channel.Mail.Password = "ana", "wrong"
	got := notify.Send(t.Context(), box, channel, alert(), "msg_1", at())
	if got.Outcome != notify.Refused || got.Status != 535 || got.Error != "the mail server does not take the user and password (535)" {
		t.Errorf("%+v", got)
	}
}

func TestMailServerThatWantsALoginSaysSo(t *testing.T) {
	box, _ := mailServer(t, notify.StartTLS, true)
	got := notify.Send(t.Context(), box, letterbox(notify.StartTLS), alert(), "msg_1", at())
	if got.Outcome != notify.Refused || got.Error != "the mail server wants a login, or encryption (530)" {
		t.Errorf("%+v", got)
	}
}
