// Each server of the fleet shows the feature that it is there for.

package lab

import (
	"crypto/tls"
	"strings"
	"testing"

	"middlebrick/testbed/ca"
)

func TestFleetNegotiatesWhatEachMemberIsThereFor(t *testing.T) {
	app := StartGunicorn(t, WSGI{})
	tests := []struct {
		name  string
		start func(testing.TB) *Server
		suite uint16
		old   uint16 // the oldest version that it must speak
	}{
		{"gnutls", func(tb testing.TB) *Server { return StartGnuTLS(tb, GnuTLS{}) }, tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, tls.VersionTLS10},
		{"gnutls weak", func(tb testing.TB) *Server {
			return StartGnuTLS(tb, GnuTLS{Priority: GnuTLSWeak, Pair: rsaPair()})
		}, tls.TLS_RSA_WITH_RC4_128_SHA, tls.VersionTLS10},
		{"nss", func(tb testing.TB) *Server { return StartNSS(tb, NSS{}) }, tls.TLS_RSA_WITH_3DES_EDE_CBC_SHA, tls.VersionTLS10},
		{"haproxy", func(tb testing.TB) *Server {
			return StartHAProxy(tb, Proxy{Upstream: app.Plain, Bind: "ssl-min-ver TLSv1.0 ciphers ALL:@SECLEVEL=0"})
		}, tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, tls.VersionTLS10},
		{"stunnel", func(tb testing.TB) *Server {
			return StartStunnel(tb, Proxy{Upstream: app.Plain, Lines: "sslVersionMin = TLSv1\nciphers = ALL:@SECLEVEL=0\nsecurityLevel = 0"})
		}, tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, tls.VersionTLS10},
		{"openssl", func(tb testing.TB) *Server {
			return StartOpenSSL(tb, OpenSSL{Args: []string{"-cipher", "ALL:@SECLEVEL=0", "-min_protocol", "TLSv1"}})
		}, tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, tls.VersionTLS10},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := test.start(t)
			if got := versionWith(t, s.TLS, test.old, test.suite); got != test.old {
				t.Errorf("negotiates %s with %s", tls.VersionName(got), tls.CipherSuiteName(test.suite))
			}
			if answer, _ := get(t, s, "/login"); answer.StatusCode != 200 {
				t.Errorf("/login answers %d", answer.StatusCode)
			}
		})
	}
}

// handshake reaches for the server as a client of the test's authority.
func handshake(tb testing.TB, s *Server, change func(*tls.Config)) (tls.ConnectionState, error) {
	tb.Helper()
	config := &tls.Config{RootCAs: ca.New().Pool(), ServerName: "app.test"}
	change(config)
	conn, err := tls.Dial("tcp", s.TLS, config)
	if err != nil {
		return tls.ConnectionState{}, err
	}
	defer conn.Close()
	// In TLS 1.3 the server refuses a client's certificate after its own part.
	if _, err := conn.Write([]byte("GET / HTTP/1.0\r\n\r\n")); err != nil {
		return tls.ConnectionState{}, err
	}
	_, err = conn.Read(make([]byte, 1))
	return conn.ConnectionState(), err
}

func TestNginxVariantsShowThemselves(t *testing.T) {
	authority := ca.New()
	pair := authority.Good("app.test")
	staple, err := authority.Staple(pair, ca.StatusRevoked, 0)
	if err != nil {
		t.Fatal(err)
	}
	same := func(*tls.Config) {}
	old := func(c *tls.Config) { c.MaxVersion = tls.VersionTLS12 }
	tests := []struct {
		name   string
		n      Nginx
		change func(*tls.Config)
		want   string // part of the error; empty: none
	}{
		{"modern", Nginx{Server: NginxModern}, same, ""},
		{"modern, old client", Nginx{Server: NginxModern}, old, "protocol version"},
		{"intermediate", Nginx{Server: NginxIntermediate}, old, ""},
		{"old", Nginx{Server: NginxOld}, func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS10 }, ""},
		{"one name", Nginx{Only: "app.test"}, same, ""},
		{"one name, none asked", Nginx{Only: "app.test"}, func(c *tls.Config) { c.ServerName, c.InsecureSkipVerify = "", true }, "unrecognized name"},
		{"a server beside, by name", Nginx{Name: "app.test", HTTP: refusing}, same, ""},
		{"a server beside, none asked", Nginx{Name: "app.test", HTTP: refusing}, func(c *tls.Config) { c.ServerName, c.InsecureSkipVerify = "", true }, "unrecognized name"},
		{"staple", Nginx{Server: NginxStaple, Pair: pair, Beside: map[string]string{"staple.der": string(staple)}}, same, ""},
		{"expired", Nginx{Pair: authority.Case("expired", "app.test").Pair}, same, "expired"},
		{"10,000 names", Nginx{Pair: authority.Case("names10000", "app.test").Pair}, same, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			state, err := handshake(t, StartNginx(t, test.n), test.change)
			if (test.want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("handshake ends with %v, want %q", err, test.want)
			}
			if got := len(state.OCSPResponse); (got > 0) != (test.name == "staple") {
				t.Errorf("stapled %d bytes", got)
			}
		})
	}
}

func TestClientCertificateIsAskedFor(t *testing.T) {
	s := StartNginx(t, Nginx{Server: NginxClient, Location: "add_header X-Verified $ssl_client_verify;"})
	if answer, _ := get(t, s, "/"); answer.StatusCode != 400 {
		t.Errorf("without a certificate it answers %d", answer.StatusCode)
	}
}

// refusing is a server that stands beside the one of the laboratory.
const refusing = "server { listen 443 ssl default_server; ssl_reject_handshake on; }\n"
