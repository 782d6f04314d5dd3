// Handshakes with the TLS libraries that Debian ships, in everything that they and
// we can compute.

package tlsclient

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"middlebrick/testbed/ca"
	"middlebrick/testbed/lab"
	"middlebrick/tlshello"
)

// page asks for a page and wants the beginning of one.
func page(t *testing.T, s *Session) {
	t.Helper()
	if err := s.WriteRecord(ApplicationData, []byte("GET / HTTP/1.0\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	got := ""
	for len(got) < 8 {
		kind, plain, err := s.ReadRecord()
		if err != nil {
			t.Fatalf("%s %s: %v after %q", s.Version, s.Suite, err, got)
		}
		if alert := AlertOf(kind, plain); alert != nil {
			t.Fatalf("%s %s: %v", s.Version, s.Suite, alert)
		}
		if kind == ApplicationData {
			got += string(plain)
		}
	}
	if !strings.HasPrefix(got, "HTTP/1.") {
		t.Errorf("%s %s: %q", s.Version, s.Suite, got)
	}
}

// willing is a hello of everything that we can do at a version.
func willing(v tlshello.Version, suites []tlshello.Suite) tlshello.Client {
	c := hello(v, suites...)
	c.Groups = Groups()
	return c
}

// everySuite finishes a handshake with each suite that the server accepts, and
// says how many ciphers and key exchanges there were.
func everySuite(t *testing.T, at string, v tlshello.Version, change func(*tlshello.Client)) (names []string) {
	t.Helper()
	left := Suites(v)
	for len(left) > 0 {
		c := willing(v, left)
		if change != nil {
			change(&c)
		}
		conn := dialled(t, at)
		s, err := Handshake(conn, c, Options{Seed: []byte("seed")})
		var alert *tlshello.Alert
		if errors.As(err, &alert) && s.Answer.Kind == tlshello.KindAlert {
			_ = conn.Close()
			return names
		}
		if err != nil || s.Version != v {
			t.Fatalf("%s %s: %s: %v", at, v, s.Answer.Suite, err)
		}
		page(t, s)
		_ = conn.Close() // OpenSSL serves one at a time
		names = append(names, s.Suite.String())
		left = slices.DeleteFunc(left, func(suite tlshello.Suite) bool { return suite == s.Suite })
	}
	return names
}

// among fails unless every one of these names is there.
func among(t *testing.T, names []string, want ...string) {
	t.Helper()
	for _, name := range want {
		if !slices.Contains(names, name) {
			t.Errorf("%s was not finished; these were: %v", name, names)
		}
	}
}

func TestOpenSSLIsUnderstood(t *testing.T) {
	server := lab.StartOpenSSL(t, lab.OpenSSL{Args: []string{"-cipher", "ALL:eNULL:@SECLEVEL=0", "-dhparam", "dh1024.pem"}})
	for v, more := range map[tlshello.Version][]string{
		tlshello.TLS10: nil, tlshello.TLS11: nil,
		tlshello.TLS12: {"TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8", "TLS_DH_anon_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"},
	} {
		names := everySuite(t, server.TLS, v, nil)
		among(t, names, append(more, "TLS_DH_anon_WITH_AES_128_CBC_SHA", "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "TLS_ECDHE_ECDSA_WITH_NULL_SHA")...)
		then := everySuite(t, server.TLS, v, func(c *tlshello.Client) { c.EncryptThenMAC = true })
		if !slices.Equal(names, then) {
			t.Errorf("%s: with encrypt-then-MAC %v, without %v", v, then, names)
		}
		plain := everySuite(t, server.TLS, v, func(c *tlshello.Client) { c.ExtendedMasterSecret, c.SessionTicket = false, false })
		if !slices.Equal(names, plain) {
			t.Errorf("%s: without extended master secret %v, with %v", v, plain, names)
		}
	}
	among(t, everySuite(t, server.TLS, tlshello.TLS13, nil), "TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256")
}

func TestGnuTLSIsUnderstood(t *testing.T) {
	server := lab.StartGnuTLS(t, lab.GnuTLS{Pair: ca.New().GoodRSA("app.test"), Priority: lab.GnuTLSWeak})
	for _, v := range []tlshello.Version{tlshello.TLS10, tlshello.TLS11, tlshello.TLS12} {
		for _, thenMAC := range []bool{false, true} {
			names := everySuite(t, server.TLS, v, func(c *tlshello.Client) { c.EncryptThenMAC = thenMAC })
			among(t, names, "TLS_RSA_WITH_RC4_128_MD5", "TLS_RSA_WITH_3DES_EDE_CBC_SHA", "TLS_DHE_RSA_WITH_AES_128_CBC_SHA", "TLS_DH_anon_WITH_RC4_128_MD5",
				"TLS_RSA_WITH_NULL_SHA", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA")
		}
	}
}

func TestJavaIsUnderstood(t *testing.T) {
	server := lab.StartJava(t, lab.Java{})
	for _, v := range []tlshello.Version{tlshello.SSL3, tlshello.TLS10, tlshello.TLS11, tlshello.TLS12} {
		names := everySuite(t, server.TLS, v, nil)
		among(t, names, "TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_RSA_WITH_3DES_EDE_CBC_SHA", "TLS_RSA_WITH_RC4_128_SHA", "TLS_RSA_WITH_RC4_128_MD5", "TLS_DHE_RSA_WITH_AES_128_CBC_SHA")
	}
}

// TestEveryLibraryResumes asks each for a session again, by ticket and by id, and
// at TLS 1.3 by pre-shared key.
func TestEveryLibraryResumes(t *testing.T) {
	openssl := lab.StartOpenSSL(t, lab.OpenSSL{Args: []string{"-cipher", "ALL:@SECLEVEL=0"}}).TLS
	nginx := lab.StartNginx(t, lab.Nginx{Server: "ssl_protocols TLSv1.2 TLSv1.3; ssl_early_data on;"}).TLS
	gnutls := lab.StartGnuTLS(t, lab.GnuTLS{}).TLS
	for _, row := range []struct {
		name, at string
		version  tlshello.Version
		ticket   bool
		early    bool
	}{
		{"OpenSSL by ticket", openssl, tlshello.TLS12, true, false},
		{"OpenSSL by id", openssl, tlshello.TLS12, false, false},
		{"OpenSSL by ticket at TLS 1.0", openssl, tlshello.TLS10, true, false},
		{"nginx with early data", nginx, tlshello.TLS13, true, true},
		{"nginx without early data", nginx, tlshello.TLS13, true, false},
		{"OpenSSL by key", openssl, tlshello.TLS13, true, false},
		{"GnuTLS by ticket", gnutls, tlshello.TLS12, true, false},
		{"GnuTLS by id", gnutls, tlshello.TLS12, false, false},
		{"GnuTLS by key", gnutls, tlshello.TLS13, true, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := willing(row.version, Suites(row.version))
			c.SessionTicket = row.ticket
			conn := dialled(t, row.at)
			first, err := Handshake(conn, c, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if err := first.Close(); err != nil {
				t.Fatal(err)
			}
			if _, err := first.UntilClosed(); err != nil {
				t.Fatal(err)
			}
			_ = conn.Close()
			resume := &Resumption{Of: first, EarlyData: row.early}
			if row.ticket {
				resume.Ticket, resume.SessionID = &first.Tickets[0], []byte("sixteen bytes ab")
			}
			conn = dialled(t, row.at)
			again, err := Handshake(conn, c, Options{Resume: resume})
			if err != nil || !again.Resumed || again.EarlyData != row.early {
				t.Fatalf("%v, resumed %v, early data %v", err, again.Resumed, again.EarlyData)
			}
			page(t, again)
			_ = conn.Close()
		})
	}
}

func TestReactionsToARenegotiation(t *testing.T) {
	for name, row := range map[string]struct {
		at   string
		want Reaction
	}{
		"OpenSSL":                  {lab.StartOpenSSL(t, lab.OpenSSL{}).TLS, Declines},
		"OpenSSL that was told to": {lab.StartOpenSSL(t, lab.OpenSSL{Args: []string{"-client_renegotiation"}}).TLS, Renegotiates},
		"GnuTLS":                   {lab.StartGnuTLS(t, lab.GnuTLS{}).TLS, Renegotiates},
		"Java":                     {lab.StartJava(t, lab.Java{Protocols: []string{"TLSv1.2"}}).TLS, Renegotiates},
		"nginx":                    {lab.StartNginx(t, lab.Nginx{}).TLS, Declines},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Handshake(dialled(t, row.at), willing(tlshello.TLS12, Suites(tlshello.TLS12)), Options{})
			if err != nil {
				t.Fatal(err)
			}
			got, alert, err := s.Renegotiate()
			if got != row.want {
				t.Errorf("%s, %v, %v; want %s", got, alert, err, row.want)
			}
		})
	}
}
