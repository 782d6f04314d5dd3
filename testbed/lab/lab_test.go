// The servers start, answer as their kind does, and end.

package lab

import (
	"crypto/tls"
	"encoding/hex"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"middlebrick/testbed/ca"
)

// get asks for the path over the server's TLS port if it has one and follows
// no redirect. It trusts the laboratory's roots and asks for app.test.
func get(tb testing.TB, s *Server, path string) (*http.Response, string) {
	tb.Helper()
	at, scheme := s.TLS, "https"
	if at == "" {
		at, scheme = s.Plain, "http"
	}
	return getAt(tb, scheme, at, path)
}

func getAt(tb testing.TB, scheme, at, path string) (*http.Response, string) {
	tb.Helper()
	transport := &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: ca.New().Pool(), ServerName: "app.test"},
		DisableKeepAlives: true,
	}
	client := &http.Client{
		Transport:     transport,
		Timeout:       20 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	answer, err := client.Get(scheme + "://" + at + path)
	if err != nil {
		tb.Fatalf("asking %s for %s: %v", at, path, err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		tb.Fatalf("reading %s of %s: %v", path, at, err)
	}
	return answer, string(body)
}

func TestFlaskServersServeTheSameApplication(t *testing.T) {
	tests := []struct {
		name   string
		start  func(testing.TB, WSGI) *Server
		w      WSGI
		server string // start of the Server header
	}{
		{"flask", StartFlask, WSGI{}, "Werkzeug/"},
		{"flask tls", StartFlask, WSGI{Secure: true}, "Werkzeug/"},
		{"gunicorn", StartGunicorn, WSGI{}, "gunicorn"},
		{"gunicorn tls", StartGunicorn, WSGI{Secure: true}, "gunicorn"},
		{"uwsgi", StartUWSGI, WSGI{}, ""},
		{"uwsgi tls", StartUWSGI, WSGI{Secure: true}, ""},
		{"waitress", StartWaitress, WSGI{}, "waitress"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := test.start(t, test.w)
			answer, _ := get(t, s, "/login")
			cookie := answer.Header.Get("Set-Cookie")
			if !strings.HasPrefix(cookie, "session=eyJ") || !strings.HasSuffix(cookie, "; HttpOnly; Path=/") {
				t.Errorf("session cookie is %q", cookie)
			}
			if got := answer.Header.Get("Server"); !strings.HasPrefix(got, test.server) || (test.server == "") != (got == "") {
				t.Errorf("Server is %q", got)
			}
			if answer, _ := get(t, s, "/users"); answer.StatusCode != 308 {
				t.Errorf("/users answers %d, not 308", answer.StatusCode)
			}
		})
	}
}

func TestNginxInFrontOfGunicornLeaksTheSchemeUntilFixed(t *testing.T) {
	app := StartGunicorn(t, WSGI{})
	weak := Nginx{Upstream: app.Plain}
	fix := Snippets("## nginx\n```nginx location\nproxy_set_header X-Forwarded-Proto $scheme;\n```\n", "nginx")
	for _, test := range []struct {
		name, scheme string
		n            Nginx
	}{{"weak", "http", weak}, {"fixed", "https", weak.With(t, fix...)}} {
		t.Run(test.name, func(t *testing.T) {
			s := StartNginx(t, test.n)
			answer, _ := get(t, s, "/users")
			if want := test.scheme + "://" + s.TLS + "/users/"; answer.Header.Get("Location") != want {
				t.Errorf("Location is %q, want %q", answer.Header.Get("Location"), want)
			}
		})
	}
}

func TestWeakNginxAcceptsTLS10(t *testing.T) {
	s := StartNginx(t, Nginx{Server: NginxWeakTLS})
	if got := version(t, s.TLS, tls.VersionTLS10); got != tls.VersionTLS10 {
		t.Errorf("negotiated %s", tls.VersionName(got))
	}
}

// version is what the server negotiates with a client that offers no more
// than the given one; 0 if nothing.
func version(tb testing.TB, at string, most uint16) uint16 {
	tb.Helper()
	return versionWith(tb, at, most, tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA)
}

func versionWith(tb testing.TB, at string, most uint16, suites ...uint16) uint16 {
	tb.Helper()
	conn, err := net.Dial("tcp", at)
	if err != nil {
		tb.Fatalf("dialling %s: %v", at, err)
	}
	defer conn.Close()
	client := tls.Client(conn, &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, MaxVersion: most, CipherSuites: suites})
	if err := client.Handshake(); err != nil {
		tb.Logf("handshake up to %s: %v", tls.VersionName(most), err)
		return 0
	}
	return client.ConnectionState().Version
}

func TestOpenSSLServerAnswers(t *testing.T) {
	s := StartOpenSSL(t, OpenSSL{Args: []string{"-tls1_2"}})
	if _, body := get(t, s, "/"); !strings.Contains(body, "TLSv1.2") {
		t.Errorf("page does not name TLS 1.2: %.200q", body)
	}
}

func TestApacheServesEachKindOfContent(t *testing.T) {
	app := StartGunicorn(t, WSGI{})
	tests := []struct {
		name, path string
		a          Apache
		want       int
	}{
		{"files", "/index.html", Apache{}, 200},
		{"upstream", "/users", Apache{Upstream: app.Plain}, 308},
		{"mod_wsgi", "/users", Apache{WSGI: &WSGI{}}, 308},
		{"redirect", "/", Apache{}.With(t, Snippet{Place: "vhost80", Text: "Redirect permanent / https://app.test/\n"}), 200},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := StartApache(t, test.a)
			if answer, _ := get(t, s, test.path); answer.StatusCode != test.want {
				t.Errorf("%s answers %d, want %d", test.path, answer.StatusCode, test.want)
			}
			if test.name != "redirect" {
				return
			}
			if answer, _ := getAt(t, "http", s.Plain, "/"); answer.Header.Get("Location") != "https://app.test/" {
				t.Errorf("port 80 sends to %q", answer.Header.Get("Location"))
			}
		})
	}
}

func TestApacheFixReplacesWeakProtocols(t *testing.T) {
	weak := Apache{Host: ApacheWeakTLS}
	fix := Snippet{Place: "vhost", Text: "SSLProtocol -all +TLSv1.2 +TLSv1.3\n"}
	if got := version(t, StartApache(t, weak).TLS, tls.VersionTLS10); got != tls.VersionTLS10 {
		t.Errorf("the weak base negotiates %s", tls.VersionName(got))
	}
	if got := version(t, StartApache(t, weak.With(t, fix)).TLS, tls.VersionTLS11); got != 0 {
		t.Errorf("after the fix it negotiates %s", tls.VersionName(got))
	}
}

func TestLegacyJavaSpeaksSSLv3AndExport(t *testing.T) {
	s := StartJava(t, Java{})
	hello := unhex(t, "16030000310100002d0300"+strings.Repeat("5a", 32)+"00"+"0006"+"000300110008"+"0100")
	conn, err := net.Dial("tcp", s.TLS)
	if err != nil {
		t.Fatalf("dialling: %v", err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := conn.Write(hello); err != nil {
		t.Fatalf("sending the hello: %v", err)
	}
	answer := make([]byte, 11)
	if _, err := io.ReadFull(conn, answer); err != nil {
		t.Fatalf("reading the answer: %v", err)
	}
	if answer[0] != 22 || answer[5] != 2 || answer[9] != 3 || answer[10] != 0 {
		t.Errorf("answer is %x, not an SSLv3 ServerHello", answer)
	}
}

func TestOldNodeSpeaksSSLv2(t *testing.T) {
	// CLIENT-HELLO of SSLv2 with RC4-128 and a challenge of 16 bytes.
	hello := unhex(t, "801c"+"01"+"0002"+"0003"+"0000"+"0010"+"010080"+strings.Repeat("11", 16))
	for _, version := range []string{"0.10.26", "0.8.28"} {
		s := StartNode(t, Node{Version: version})
		conn, err := net.Dial("tcp", s.TLS)
		if err != nil {
			t.Fatalf("dialling: %v", err)
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(10 * time.Second))
		if _, err := conn.Write(hello); err != nil {
			t.Fatalf("sending the hello: %v", err)
		}
		answer := make([]byte, 7)
		if _, err := io.ReadFull(conn, answer); err != nil {
			t.Fatalf("reading the answer of %s: %v", version, err)
		}
		if answer[2] != 4 || answer[5] != 0 || answer[6] != 2 {
			t.Errorf("answer of %s is % x, not an SSLv2 SERVER-HELLO", version, answer)
		}
	}
}

func unhex(tb testing.TB, text string) []byte {
	tb.Helper()
	out, err := hex.DecodeString(text)
	if err != nil {
		tb.Fatalf("decoding %q: %v", text, err)
	}
	return out
}
