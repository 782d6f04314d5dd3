// What Read tells, held against crypto/x509, OpenSSL and the standards.

package certread_test

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"middlebrick/certread"
	"middlebrick/observe"
	"middlebrick/testbed/ca"
)

func TestReadTellsAllOfAGoodCertificate(t *testing.T) {
	c := ca.At(noon)
	got := certread.Read(c.WithAIA("http://ca.test/i.cer", host, "127.0.0.1", "::1").Chain[0])
	want := observe.Certificate{
		SHA256: got.SHA256, Serial: got.Serial,
		Subject: "CN=www.app.test", CommonName: "www.app.test", Issuer: "CN=middlebrick test intermediate",
		NotBefore: noon.AddDate(0, 0, -30), NotAfter: noon.AddDate(0, 0, 60),
		KeyAlgorithm: "ECDSA", KeyBits: 256, KeyCurve: "secp256r1",
		Signature: "ECDSA-SHA256", SignatureOf: "SHA-256",
		DNSNames: []string{host}, Addresses: []string{"127.0.0.1", "::1"}, Names: 3,
		IssuerURLs: []string{"http://ca.test/i.cer"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestReadKnowsWhatIsParticular(t *testing.T) {
	c := ca.At(noon)
	read := func(name string) observe.Certificate { return certread.Read(c.Case(name, host).Chain[0]) }
	for _, row := range []struct{ name, got, want string }{
		{"key of rsa1024", field(read("rsa1024").KeyAlgorithm, read("rsa1024").KeyBits), "RSA 1024"},
		{"key of rsa512", field(read("rsa512").KeyAlgorithm, read("rsa512").KeyBits), "RSA 512"},
		{"curve of p224", read("p224").KeyCurve, "secp224r1"},
		{"weakness of roca", read("roca").KeyWeakness, "roca"},
		{"weakness of rsa1024", read("rsa1024").KeyWeakness, ""},
		{"hash of sha1", read("sha1").SignatureOf, "SHA-1"},
		{"hash of md5", read("md5").SignatureOf, "MD5"},
		{"hash of ecdsasha1", read("ecdsasha1").SignatureOf, "SHA-1"},
		{"werkzeug of adhoc", read("adhoc").Werkzeug, "adhoc"},
		{"names of adhoc", strings.Join(read("adhoc").DNSNames, " "), "* *.*"},
		{"subject of adhoc", read("adhoc").Subject, "CN=*,O=Dummy Certificate"},
		{"serial of zeroserial", read("zeroserial").Serial, "0"},
		{"sign of negativeserial", read("negativeserial").Serial[:1], "-"},
		{"name beyond NUL", read("nulname").DNSNames[0], host + "\x00.attacker.example"},
		{"control characters", read("controlcn").CommonName, "evil\x1b[2J\x07\r\nX-Injected: 1\x00"},
		{"end of year2050", read("year2050").NotAfter.Format(time.DateOnly), "2060-01-01"},
		{"names of version9", strings.Join(read("version9").DNSNames, " "), host},
		{"names of duplicateextension", strings.Join(read("duplicateextension").DNSNames, " "), host},
		{"facts of garbage", read("garbage").KeyAlgorithm, "unknown"},
		{"staple of muststaple", field("", btoi(read("muststaple").MustStaple)), " 1"},
		{"staple of good", field("", btoi(read("good").MustStaple)), " 0"},
		{"authority of caleaf", field("", btoi(read("caleaf").Authority)), " 1"},
		{"own signature of selfsigned", field("", btoi(read("selfsigned").SelfSigned)), " 1"},
		{"own signature of good", field("", btoi(read("good").SelfSigned)), " 0"},
	} {
		if row.got != row.want {
			t.Errorf("%s: %q, want %q", row.name, row.got, row.want)
		}
	}
}

func TestManyNamesAreCountedAndTheWideOnesShown(t *testing.T) {
	c := ca.At(noon)
	names := make([]string, 0, 300)
	for len(names) < 250 {
		names = append(names, "www.app.test")
	}
	got := certread.Read(c.Good(append(names, "*", "*.com")...).Chain[0])
	want := append(append([]string{}, names[:98]...), "*.com", "*")
	if diff := cmp.Diff(want, got.DNSNames); diff != "" || got.Names != 252 {
		t.Errorf("%d names: %s", got.Names, diff)
	}
}

// Every certificate that crypto/x509 can read, our reader must read the same.
func agree(t *testing.T, der []byte, got observe.Certificate) {
	t.Helper()
	parsed, err := x509.ParseCertificate(der)
	if err != nil || len(der) > 4096 {
		return
	}
	if got.Unparsed != "" {
		t.Fatalf("refused, because %s", got.Unparsed)
	}
	algorithm := map[x509.PublicKeyAlgorithm]string{x509.RSA: "RSA", x509.ECDSA: "ECDSA", x509.Ed25519: "Ed25519", x509.DSA: "DSA"}
	if want := algorithm[parsed.PublicKeyAlgorithm]; want != "" && want != got.KeyAlgorithm {
		t.Errorf("key %s, want %s", got.KeyAlgorithm, want)
	}
	if parsed.SignatureAlgorithm != x509.UnknownSignatureAlgorithm && got.Signature != parsed.SignatureAlgorithm.String() {
		t.Errorf("signature %s, want %s", got.Signature, parsed.SignatureAlgorithm)
	}
	if !got.NotBefore.Equal(parsed.NotBefore) || !got.NotAfter.Equal(parsed.NotAfter) {
		t.Errorf("from %s to %s, want %s to %s", got.NotBefore, got.NotAfter, parsed.NotBefore, parsed.NotAfter)
	}
	if parsed.BasicConstraintsValid && got.Authority != parsed.IsCA {
		t.Errorf("authority %v", got.Authority)
	}
	names := len(parsed.DNSNames) + len(parsed.EmailAddresses) + len(parsed.IPAddresses) + len(parsed.URIs)
	if got.Names < names || len(got.DNSNames) != min(len(parsed.DNSNames), 100) {
		t.Errorf("%d names, %d of hosts; want at least %d, %d", got.Names, len(got.DNSNames), names, len(parsed.DNSNames))
	}
}

func TestReaderAgreesWithTheStandardLibrary(t *testing.T) {
	c := ca.At(noon)
	for _, one := range c.Set(host) {
		for _, der := range one.Chain {
			got := certread.Read(der)
			agree(t, der, got)
			parsed, err := x509.ParseCertificate(der)
			if err != nil {
				continue
			}
			if got.Subject != parsed.Subject.ToRDNSequence().String() && one.Name != "controlcn" {
				t.Errorf("%s: subject %q, want %q", one.Name, got.Subject, parsed.Subject)
			}
			if got.Serial != parsed.SerialNumber.Text(16) && one.Name != "longserial" {
				t.Errorf("%s: serial %s, want %x", one.Name, got.Serial, parsed.SerialNumber)
			}
		}
	}
}

func TestReaderAgreesWithOpenSSL(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("needs Debian package openssl")
	}
	c := ca.At(noon)
	for _, name := range []string{"good", "goodrsa", "adhoc", "sha1", "rsa1024", "selfsigned", "negativeserial", "zeroserial"} {
		der := c.Case(name, host).Chain[0]
		run := exec.Command(openssl, "x509", "-noout", "-serial", "-subject", "-issuer", "-dates", "-nameopt", "RFC2253", "-dateopt", "iso_8601")
		run.Stdin = bytes.NewReader(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
		said, err := run.Output()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got := certread.Read(der)
		serial := strings.ToUpper(got.Serial)
		if digits := strings.TrimPrefix(serial, "-"); len(digits)%2 == 1 {
			serial = strings.Replace(serial, digits, "0"+digits, 1)
		}
		want := strings.Join([]string{"serial=" + serial, "subject=" + got.Subject, "issuer=" + got.Issuer,
			"notBefore=" + got.NotBefore.Format("2006-01-02 15:04:05Z"), "notAfter=" + got.NotAfter.Format("2006-01-02 15:04:05Z"), ""}, "\n")
		if diff := cmp.Diff(want, string(said)); diff != "" {
			t.Errorf("%s: (-ours +openssl)\n%s", name, diff)
		}
	}
}

func TestTruncatedCertificateStillTells(t *testing.T) {
	der := ca.At(noon).Good(host).Chain[0]
	got := certread.Read(der[:len(der)-40])
	if got.Unparsed == "" || got.CommonName != host || len(got.DNSNames) != 1 || got.NotAfter.IsZero() {
		t.Errorf("%+v", got)
	}
	for n := range der {
		if cut := certread.Read(der[:n]); cut.Unparsed == "" {
			t.Fatalf("%d bytes of %d were taken for whole", n, len(der))
		}
	}
}

func FuzzRead(f *testing.F) {
	c := ca.At(noon)
	for _, one := range c.Set(host) {
		if len(one.Chain[0]) < 4096 {
			f.Add(one.Chain[0])
		}
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		got := certread.Read(der)
		if _, err := json.Marshal(got); err != nil {
			t.Fatalf("cannot be written down: %v", err)
		}
		if got.DNSNames == nil || got.Addresses == nil || got.IssuerURLs == nil {
			t.Fatal("a list is null")
		}
		if len(got.Subject) > 1024 || len(got.DNSNames) > 100 || len(got.Addresses) > 100 {
			t.Fatal("a bound does not hold")
		}
		agree(t, der, got)
	})
}
