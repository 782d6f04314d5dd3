// The demonstration is what it says: Werkzeug's certificate, Flask's cookie, and
// an end that leaves nothing behind.

package demo

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"middlebrick/certread"
	"middlebrick/cookieshape"
)

var started = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func start(t *testing.T) *Server {
	t.Helper()
	s, err := Start(context.Background(), started)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// ask sends raw bytes and reads the answer to its end.
func ask(t *testing.T, conn net.Conn, method, path string) (*http.Response, string) {
	t.Helper()
	defer conn.Close()
	if _, err := io.WriteString(conn, method+" "+path+" HTTP/1.1\r\nHost: "+Host+":1234\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

func dial(t *testing.T, s *Server, secure bool) net.Conn {
	t.Helper()
	address, wrap := s.HTTP, func(c net.Conn) net.Conn { return c }
	if secure {
		address = s.HTTPS
		wrap = func(c net.Conn) net.Conn { return tls.Client(c, &tls.Config{InsecureSkipVerify: true}) }
	}
	conn, err := net.Dial("tcp", address.String())
	if err != nil {
		t.Fatal(err)
	}
	return wrap(conn)
}

func TestAnswersAreWerkzeugs(t *testing.T) {
	s := start(t)
	for _, secure := range []bool{false, true} {
		resp, body := ask(t, dial(t, s, secure), "GET", "/none")
		if resp.Status != "404 NOT FOUND" || len(body) != 207 || resp.Header.Get("Server") != software {
			t.Errorf("%s, %d bytes, %v", resp.Status, len(body), resp.Header)
		}
		resp, _ = ask(t, dial(t, s, secure), "GET", "/v1/users")
		if resp.Status != "308 PERMANENT REDIRECT" || resp.Header.Get("Location") != "http://"+Host+":1234"+Path {
			t.Errorf("%s, Location %s", resp.Status, resp.Header.Get("Location"))
		}
		resp, body = ask(t, dial(t, s, secure), "HEAD", "/")
		if resp.StatusCode != 200 || body != "" || resp.Header.Get("Set-Cookie") == "" || resp.Header.Get("Strict-Transport-Security") != "" {
			t.Errorf("HEAD: %s, %v", resp.Status, resp.Header)
		}
		if resp, body = ask(t, dial(t, s, secure), "DELETE", "/"); resp.Status != "405 METHOD NOT ALLOWED" || len(body) != 153 {
			t.Errorf("DELETE: %s, %d bytes", resp.Status, len(body))
		}
	}
}

func TestTheSessionIsFlasksAndItsKeyIsPublished(t *testing.T) {
	_, cookie, _ := strings.Cut((app{started}).session()[1], "session=")
	value, attributes, _ := strings.Cut(cookie, "; ")
	if shape := cookieshape.Classify("session", value, started); shape.Kind != "flask-session" {
		t.Errorf("the cookie is taken for %+v", shape)
	}
	if key, _ := cookieshape.KnownKey(value); key != publishedKey {
		t.Errorf("the key that is found is %q", key)
	}
	if attributes != "HttpOnly; Path=/" {
		t.Errorf("attributes: %s", attributes)
	}
}

func TestTheCertificateIsWerkzeugsAdhoc(t *testing.T) {
	made, err := adhoc(started)
	if err != nil {
		t.Fatal(err)
	}
	got := certread.Read(made.Certificate[0])
	if got.Werkzeug != "adhoc" || !got.SelfSigned || got.Authority || got.KeyBits != 2048 || got.NotAfter.Sub(got.NotBefore) != 365*24*time.Hour {
		t.Errorf("%+v", got)
	}
	if diff := cmp.Diff([]string{"*", "*.*"}, got.DNSNames); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	parsed, err := x509.ParseCertificate(made.Certificate[0])
	if err != nil || len(parsed.Extensions) != 2 {
		t.Errorf("%v, %d extensions", err, len(parsed.Extensions))
	}
}

func TestClosingLeavesNothingBehind(t *testing.T) {
	defer goleak.VerifyNone(t)
	ctx, cancel := context.WithCancel(context.Background())
	s, err := Start(ctx, started)
	if err != nil {
		t.Fatal(err)
	}
	waiting, err := net.Dial("tcp", s.HTTPS.String())
	if err != nil {
		t.Fatal(err)
	}
	defer waiting.Close()
	cancel()
	s.Close()
	if _, err := waiting.Read(make([]byte, 1)); err == nil {
		t.Error("a connection outlives the server")
	}
	if conn, err := net.Dial("tcp", s.HTTP.String()); err == nil {
		conn.Close()
		t.Error("the port is still open")
	}
}
