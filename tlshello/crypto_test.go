// Round trips against the server of crypto/tls.

package tlshello

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// selfSigned makes a certificate with a staple and two timestamps to hand out.
func selfSigned(t testing.TB, key crypto.Signer) tls.Certificate {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		DNSNames:     []string{"target.test"},
		NotAfter:     time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{
		Certificate:                 [][]byte{der, der},
		PrivateKey:                  key,
		OCSPStaple:                  []byte("staple"),
		SignedCertificateTimestamps: [][]byte{[]byte("first"), []byte("second")},
	}
}

func rsaKey(t *testing.T) crypto.Signer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func ecdsaKey(t testing.TB) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func ed25519Key(t *testing.T) crypto.Signer {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// goServer runs crypto/tls at the other end of a pipe until the test ends.
func goServer(t testing.TB, config *tls.Config) net.Conn {
	t.Helper()
	ours, theirs := net.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = tls.Server(theirs, config).Handshake() // we never finish it
		_ = theirs.Close()
	}()
	t.Cleanup(func() {
		_ = ours.Close()
		<-done
	})
	return ours
}

// ask sends a hello and reads the answer; a HelloRetryRequest is returned.
func ask(t *testing.T, conn net.Conn, c Client, until Stage) Answer {
	t.Helper()
	hello, err := c.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	written := make(chan error, 1)
	go func() { // a pipe holds nothing, and the server may be writing too
		_, err := conn.Write(hello)
		written <- err
	}()
	answer, err := ReadAnswer(conn, c, until)
	if err := <-written; err != nil {
		t.Fatal(err)
	}
	if err != nil {
		t.Fatalf("%v\n%+v", err, answer)
	}
	return answer
}

// facts is the part of an answer that does not change from run to run.
type facts struct {
	Kind      Kind
	Version   Version
	Suite     Suite
	Group     Group
	Scheme    SignatureScheme
	ALPN      string
	Staple    string
	SCTs      int
	Requested bool
	Violation string
}

func factsOf(a Answer) facts {
	return facts{a.Kind, a.Version, a.Suite, a.Group, a.SignatureScheme, a.ALPN(), string(a.Staple),
		len(a.SCTList), a.ClientCertificateRequested, a.Violation}
}

func TestTLS13CertificatesOfEveryKeyAreDecrypted(t *testing.T) {
	tests := []struct {
		name   string
		key    crypto.Signer
		suite  Suite
		scheme SignatureScheme
	}{
		{"RSA", rsaKey(t), 0x1301, 0x0804},
		{"ECDSA", ecdsaKey(t), 0x1302, 0x0403},
		{"Ed25519", ed25519Key(t), 0x1303, 0x0807},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			pair := selfSigned(t, test.key)
			conn := goServer(t, &tls.Config{
				Certificates: []tls.Certificate{pair},
				NextProtos:   []string{"h2"},
				ClientAuth:   tls.RequestClientCert,
			})
			c := Modern("target.test")
			c.Suites = []Suite{test.suite}
			got := ask(t, conn, c, UntilDone)
			want := facts{KindServerHello, TLS13, test.suite, X25519, test.scheme, "h2", "staple", 2, true, ""}
			if diff := cmp.Diff(want, factsOf(got)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(pair.Certificate, got.Certificates); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestEveryComputableGroupReachesTheCertificate(t *testing.T) {
	pair := selfSigned(t, ecdsaKey(t))
	for _, g := range KeyShareGroups() {
		id := tls.CurveID(g)
		if g == MLKEM768 || g == MLKEM1024 || g >= FFDHE2048 && g <= FFDHE8192 {
			continue // crypto/tls has no server for these
		}
		t.Run(g.String(), func(t *testing.T) {
			conn := goServer(t, &tls.Config{Certificates: []tls.Certificate{pair}, CurvePreferences: []tls.CurveID{id}})
			c := Modern("target.test")
			c.Groups = []Group{g}
			c.KeyShares = []KeyShare{{Group: g, Private: []byte("a seed of the caller's")}}
			got := ask(t, conn, c, UntilCertificate)
			want := facts{KindServerHello, TLS13, 0x1301, g, 0, "", "staple", 2, false, ""}
			if diff := cmp.Diff(want, factsOf(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCertificateIsReadAfterHelloRetryRequest(t *testing.T) {
	pair := selfSigned(t, ecdsaKey(t))
	for _, empty := range []bool{true, false} {
		conn := goServer(t, &tls.Config{Certificates: []tls.Certificate{pair}, CurvePreferences: []tls.CurveID{tls.CurveP384}})
		c := Modern("target.test")
		c.EmptyKeyShare = empty
		retry := ask(t, conn, c, UntilDone)
		want := facts{Kind: KindHelloRetry, Version: TLS13, Suite: 0x1301, Group: Secp384r1}
		if diff := cmp.Diff(want, factsOf(retry)); diff != "" {
			t.Fatal(diff)
		}
		second, ok := c.Retry(retry)
		if !ok {
			t.Fatal("no second hello")
		}
		got := ask(t, conn, second, UntilDone)
		want = facts{KindServerHello, TLS13, 0x1301, Secp384r1, 0x0403, "", "staple", 2, false, ""}
		if diff := cmp.Diff(want, factsOf(got)); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(pair.Certificate, got.Certificates); diff != "" {
			t.Error(diff)
		}
	}
}

func TestTLS12FlightIsReadToItsEnd(t *testing.T) {
	pair := selfSigned(t, rsaKey(t))
	conn := goServer(t, &tls.Config{
		Certificates: []tls.Certificate{pair},
		NextProtos:   []string{"http/1.1"},
		MaxVersion:   tls.VersionTLS12,
		ClientAuth:   tls.RequestClientCert,
	})
	got := ask(t, conn, Modern("target.test"), UntilDone)
	want := facts{KindServerHello, TLS12, 0xC02F, X25519, 0x0804, "http/1.1", "staple", 2, true, ""}
	if diff := cmp.Diff(want, factsOf(got)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(pair.Certificate, got.Certificates); diff != "" {
		t.Error(diff)
	}
	flags := []bool{got.SecureRenegotiation(), got.ExtendedMasterSecret(), got.SessionTicket(), got.OCSPStapling(), got.EncryptThenMAC(), got.Heartbeat()}
	if diff := cmp.Diff([]bool{true, true, true, true, false, false}, flags); diff != "" {
		t.Error(diff)
	}
}

func TestServerTalkedDownLeavesItsSentinel(t *testing.T) {
	config := &tls.Config{Certificates: []tls.Certificate{selfSigned(t, rsaKey(t))}, MinVersion: tls.VersionTLS10}
	for version, want := range map[Version]string{TLS12: "TLS 1.2", TLS11: "TLS 1.1", TLS10: "TLS 1.1"} {
		c := Client{Version: version, Suites: Suites(version), RenegotiationInfo: true}
		got := ask(t, goServer(t, config), c, UntilServerHello)
		if got.DowngradeSentinel() != want || got.Version != version || got.Violation != "" {
			t.Errorf("%s: sentinel %q, want %q: %+v", version, got.DowngradeSentinel(), want, got)
		}
	}
}

func TestUnknownNameIsAnAlert(t *testing.T) {
	conn := goServer(t, &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
		return nil, tls.AlertError(112)
	}})
	got := ask(t, conn, Modern("other.test"), UntilCertificate)
	if got.Kind != KindAlert || got.Alert == nil {
		t.Fatalf("%+v", got)
	}
}

func TestGREASEIsReadPast(t *testing.T) {
	conn := goServer(t, &tls.Config{Certificates: []tls.Certificate{selfSigned(t, ecdsaKey(t))}, NextProtos: []string{"h2"}})
	got := ask(t, conn, Modern("target.test").GREASE(), UntilCertificate)
	want := facts{KindServerHello, TLS13, 0x1301, X25519, 0, "h2", "staple", 2, false, ""}
	if diff := cmp.Diff(want, factsOf(got)); diff != "" {
		t.Error(diff)
	}
}

func TestHelloIsReadInAnyFragments(t *testing.T) {
	pair := selfSigned(t, ecdsaKey(t))
	big := Modern("target.test")
	big.Extra = []Extension{{Type: 0x1234, Data: make([]byte, 20_000)}}
	small := Modern("target.test")
	small.RecordSize = 100
	for name, c := range map[string]Client{"more than one record": big, "small records": small} {
		t.Run(name, func(t *testing.T) {
			got := ask(t, goServer(t, &tls.Config{Certificates: []tls.Certificate{pair}}), c, UntilCertificate)
			if len(got.Certificates) != 2 || got.Violation != "" {
				t.Errorf("%+v", got)
			}
		})
	}
}
