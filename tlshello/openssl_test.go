// Round trips against OpenSSL's own test server, which speaks suites that
// crypto/tls does not.

package tlshello

import (
	"bufio"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// opensslServer starts s_server and returns its address.
func opensslServer(t *testing.T, args ...string) string {
	t.Helper()
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("no openssl binary on this machine: hellos are not held against a real server")
	}
	cmd := exec.Command(openssl, append([]string{"s_server", "-accept", "127.0.0.1:0"}, args...)...)
	cmd.Env = append(os.Environ(), "OPENSSL_CONF="+os.DevNull)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	in, err := cmd.StdinPipe() // s_server leaves when its input ends
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	address := ""
	for address == "" && lines.Scan() {
		address, _ = strings.CutPrefix(lines.Text(), "ACCEPT ")
		if !strings.HasPrefix(lines.Text(), "ACCEPT ") {
			address = ""
		}
	}
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		for lines.Scan() {
			continue
		}
	}()
	t.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Process.Kill()
		<-drained
		_ = cmd.Wait()
	})
	if address == "" {
		t.Fatal("s_server did not start")
	}
	return address
}

// pemFiles writes a key and a certificate for s_server.
func pemFiles(t *testing.T, key crypto.Signer) (certificate, private string) {
	t.Helper()
	dir := t.TempDir()
	certificate, private = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for path, block := range map[string]*pem.Block{
		certificate: {Type: "CERTIFICATE", Bytes: selfSigned(t, key).Certificate[0]},
		private:     {Type: "PRIVATE KEY", Bytes: der},
	} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certificate, private
}

func dial(t *testing.T, address string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return conn
}

// probe asks on a connection of its own; s_server serves one at a time.
func probe(t *testing.T, address string, c Client, until Stage) Answer {
	t.Helper()
	conn := dial(t, address)
	defer func() { _ = conn.Close() }()
	return ask(t, conn, c, until)
}

// opensslSuites asks the binary what it can serve without DSS, SRP and 1.3.
func opensslSuites(t *testing.T) []Suite {
	t.Helper()
	cmd := exec.Command("openssl", "ciphers", "-V", "ALL:COMPLEMENTOFALL@SECLEVEL=0")
	cmd.Env = append(os.Environ(), "OPENSSL_CONF="+os.DevNull)
	out, err := cmd.Output()
	if err != nil {
		t.Skip("no openssl binary on this machine: its list of suites is not tried")
	}
	var list []Suite
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		n, err := strconv.ParseUint(strings.NewReplacer("0x", "", ",", "").Replace(f[0]), 16, 32)
		if err != nil {
			t.Fatal(err)
		}
		if f[3] != "TLSv1.3" && f[5] != "Au=DSS" && f[4] != "Kx=SRP" {
			list = append(list, Suite(n))
		}
	}
	return list
}

func TestOpenSSLAnswersEverySuiteItHas(t *testing.T) {
	list := opensslSuites(t)
	rsaCert, rsaPrivate := pemFiles(t, rsaKey(t))
	ecCert, ecPrivate := pemFiles(t, ecdsaKey(t))
	address := opensslServer(t, "-cert", rsaCert, "-key", rsaPrivate, "-dcert", ecCert, "-dkey", ecPrivate,
		"-psk", "00", "-psk_hint", "a hint", "-cipher", "ALL:COMPLEMENTOFALL:@SECLEVEL=0")
	for _, version := range []Version{TLS10, TLS11, TLS12} {
		for _, suite := range list {
			info, ok := suite.Info()
			if row := suite.row(); !ok || !row.fits(version) {
				continue
			}
			c := Client{Version: version, Suites: []Suite{suite}, EncryptThenMAC: true, RenegotiationInfo: true}
			got := probe(t, address, c, UntilDone)
			if diff := cmp.Diff(flightOf(info, version), flightSeen(got)); diff != "" {
				t.Errorf("%s with %s:\n%s", version, suite, diff)
			}
		}
	}
}

// flight is what a suite makes a server send.
type flight struct {
	Version      Version
	Suite        Suite
	Certificates int
	DHBits       int
	Prime        string
	Group        Group
	Public       bool
	Signed       bool
	Renegotiate  bool
	Violation    string
}

func flightOf(info Info, version Version) flight {
	f := flight{Version: version, Suite: info.Suite, Renegotiate: true, Certificates: 1}
	switch info.Authentication {
	case "anon", "PSK":
		f.Certificates = 0
	default:
		f.Signed = version == TLS12 && info.KeyExchange != "RSA" && info.KeyExchange != "RSA_PSK"
	}
	switch info.KeyExchange {
	case "DHE", "DHE_PSK":
		f.DHBits, f.Prime, f.Public = 2048, "RFC 3526 group 14", true
		if f.Certificates == 0 && info.Bits == 256 { // s_server then goes by the cipher
			f.DHBits, f.Prime = 3072, "RFC 3526 group 15"
		} else if f.Certificates == 0 {
			f.DHBits, f.Prime = 1024, "RFC 2409 group 2"
		}
	case "ECDHE", "ECDHE_PSK":
		f.Group, f.Public = X25519, true
	}
	return f
}

func flightSeen(a Answer) flight {
	f := flight{a.Version, a.Suite, len(a.Certificates), 0, "", a.Group, len(a.Public) > 0,
		a.SignatureScheme != 0, a.SecureRenegotiation(), a.Violation}
	if a.DH != nil {
		f.DHBits, f.Prime = a.DH.Bits(), a.DH.Known()
	}
	return f
}

func TestOpenSSLCertificateIsDecryptedInEverySuiteAndGroup(t *testing.T) {
	certificate, private := pemFiles(t, rsaKey(t))
	address := opensslServer(t, "-cert", certificate, "-key", private, "-tls1_3", "-max_send_frag", "512",
		"-ciphersuites", "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_CCM_SHA256:TLS_AES_128_CCM_8_SHA256",
		"-groups", "X25519:P-256:P-384:P-521:X448:ffdhe2048:ffdhe3072:ffdhe4096:ffdhe6144:ffdhe8192")
	groups := []Group{X25519, Secp256r1, Secp384r1, Secp521r1, FFDHE2048, FFDHE3072, FFDHE4096, FFDHE6144, FFDHE8192}
	for i, group := range groups {
		suite := Suite(0x1301 + i%5)
		c := Client{Version: TLS13, Suites: []Suite{suite}, Groups: []Group{group}}
		got := probe(t, address, c, UntilDone)
		want := facts{KindServerHello, TLS13, suite, group, 0x0804, "", "", 0, false, ""}
		if diff := cmp.Diff(want, factsOf(got)); diff != "" || len(got.Certificates) != 1 {
			t.Errorf("%d certificates\n%s", len(got.Certificates), diff)
		}
	}
}

func TestGroupThatCannotBeComputedIsStillAnswered(t *testing.T) {
	certificate, private := pemFiles(t, ecdsaKey(t))
	address := opensslServer(t, "-cert", certificate, "-key", private, "-tls1_3", "-groups", "X448")
	c := Modern("target.test")
	c.Groups = []Group{X25519, X448}
	got := probe(t, address, c, UntilCertificate)
	want := facts{Kind: KindHelloRetry, Version: TLS13, Suite: 0x1301, Group: X448}
	if diff := cmp.Diff(want, factsOf(got)); diff != "" {
		t.Error(diff)
	}
	if second, ok := c.Retry(got); ok {
		t.Errorf("a hello without a key: %+v", second)
	}
}

func TestCookieIsSentBack(t *testing.T) {
	certificate, private := pemFiles(t, ecdsaKey(t))
	for _, empty := range []bool{false, true} {
		// s_server is stateless on its first connection only.
		address := opensslServer(t, "-cert", certificate, "-key", private, "-tls1_3", "-stateless", "-groups", "X25519")
		c := Modern("target.test")
		c.EmptyKeyShare = empty
		conn := dial(t, address)
		first := ask(t, conn, c, UntilCertificate)
		if first.Kind != KindHelloRetry || len(first.Cookie) == 0 || (first.Group != 0) != empty || first.Violation != "" {
			t.Fatalf("%v %v %x %q", first.Kind, first.Group, first.Cookie, first.Violation)
		}
		second, ok := c.Retry(first)
		if !ok {
			t.Fatal("no second hello")
		}
		got := ask(t, conn, second, UntilCertificate)
		if len(got.Certificates) != 1 || got.Violation != "" {
			t.Errorf("%+v", got)
		}
	}
}

func TestOpenSSLRefusesWithAnAlert(t *testing.T) {
	certificate, private := pemFiles(t, ecdsaKey(t))
	address := opensslServer(t, "-cert", certificate, "-key", private, "-tls1_2")
	tests := map[string]struct {
		client Client
		want   Alert
	}{
		"no common suite":   {Client{Version: TLS12, Suites: []Suite{0x0004}}, Alert{2, 40}},
		"version too low":   {Client{Version: TLS10, Suites: Suites(TLS10)}, Alert{2, 70}},
		"fallback":          {Client{Version: TLS11, Suites: Suites(TLS11), FallbackSCSV: true}, Alert{2, 70}},
		"broken extension":  {Client{Version: TLS12, Suites: Suites(TLS12), Extra: []Extension{{Type: ExtServerName, Data: []byte{1}}}}, Alert{2, 50}},
		"only TLS 1.3":      {Client{Version: TLS13, Suites: Suites(TLS13)}, Alert{2, 70}},
		"SSLv2 is long off": {Client{Version: SSL2, Suites: Suites(SSL2)}, Alert{2, 70}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			conn := dial(t, address)
			defer func() { _ = conn.Close() }()
			hello, err := test.client.Marshal()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := conn.Write(hello); err != nil {
				t.Fatal(err)
			}
			got, err := ReadAnswer(conn, test.client, UntilServerHello)
			if err != nil || got.Kind != KindAlert || *got.Alert != test.want {
				t.Errorf("%v %v %v", got.Kind, got.Alert, err)
			}
		})
	}
}

func TestUnknownCipherLeavesTheServerHello(t *testing.T) {
	c := Client{Version: TLS13, Suites: []Suite{0x1306}}
	hello := serverHelloOf(t, helloSpec{version: TLS13, suite: 0x1306, share: KeyShare{Group: X25519}})
	got, err := ReadAnswer(strings.NewReader(hello), c, UntilCertificate)
	if !errors.Is(err, ErrCannotDecrypt) || got.Kind != KindServerHello || got.Suite != 0x1306 {
		t.Errorf("%v %+v", err, got)
	}
}
