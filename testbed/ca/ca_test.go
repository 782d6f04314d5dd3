// Each certificate of the set is wrong in its own way and in no other, as
// crypto/x509 and OpenSSL see it.

package ca

import (
	"bytes"
	"crypto/x509"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const host = "www.app.test"

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// verdict is what crypto/x509 says of the chain for the host, in a word.
func verdict(c *CA, one Case) string {
	leaf, err := x509.ParseCertificate(one.Chain[0])
	if err != nil {
		return "unparsable"
	}
	between := x509.NewCertPool()
	for _, der := range one.Chain[1:] {
		if parsed, err := x509.ParseCertificate(der); err == nil {
			between.AddCert(parsed)
		}
	}
	_, err = leaf.Verify(x509.VerifyOptions{DNSName: host, Roots: c.Pool(), Intermediates: between, CurrentTime: c.now})
	var unknown x509.UnknownAuthorityError
	var wrongName x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case err == nil:
		return "valid"
	case errors.As(err, &unknown):
		return "unknown authority"
	case errors.As(err, &wrongName):
		return "wrong name"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "out of its time"
	case errors.As(err, &invalid) && invalid.Reason == x509.IncompatibleUsage:
		return "wrong usage"
	}
	return err.Error()
}

func TestEachCaseIsWrongInItsOwnWay(t *testing.T) {
	want := map[string]string{
		"good": "valid", "goodp384": "valid", "goodrsa": "valid", "ipsan": "valid", "emptysubject": "valid",
		"expired": "out of its time", "notyet": "out of its time", "expiring": "valid", "longlife": "valid", "year2050": "valid",
		"wronghost": "wrong name", "nosan": "wrong name", "ipasdns": "wrong name", "wildcard": "valid", "star": "wrong name",
		"names1000": "valid", "names10000": "valid", "nulname": "wrong name",
		"selfsigned": "unknown authority", "untrustedroot": "unknown authority", "incomplete": "unknown authority",
		"misordered": "valid", "extraroot": "valid", "twice": "valid", "unrelated": "valid",
		"intermediateexpired": "out of its time", "caleaf": "valid", "clientauth": "wrong usage",
		"rsa1024": "valid", "rsa512": "valid", "p224": "valid", "roca": "valid",
		"sha1": "unknown authority", "md5": "unknown authority", "ecdsasha1": "unknown authority",
		"muststaple": "valid", "negativeserial": "unparsable", "zeroserial": "valid", "longserial": "valid",
		"duplicateextension": "unparsable", "controlcn": "valid", "version9": "unparsable", "version1": "wrong name",
		"badsan": "unparsable", "garbage": "unparsable", "adhoc": "wrong name",
	}
	c := At(noon)
	got := map[string]string{}
	for _, one := range c.Set(host) {
		got[one.Name] = verdict(c, one)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("verdicts of crypto/x509 (-want +got):\n%s", diff)
	}
}

func TestSetIsTheSameOnEveryRun(t *testing.T) {
	first, second := At(noon).Set(host), At(noon).Set(host)
	for i, one := range first {
		if !cmp.Equal(one.Chain, second[i].Chain) {
			t.Errorf("%s differs between two runs", one.Name)
		}
	}
}

func TestFilesHoldEveryCaseAsOpenSSLReadsIt(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("needs Debian package openssl")
	}
	dir := t.TempDir()
	c := New()
	if err := c.WritePEM(dir, host); err != nil {
		t.Fatal(err)
	}
	for _, one := range c.Set(host) {
		t.Run(one.Name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(dir, one.Name)
			fromCertificate, err := exec.Command(openssl, "x509", "-in", file+".pem", "-noout", "-pubkey").Output()
			if one.Name == "garbage" {
				if err == nil {
					t.Error("openssl reads what is no certificate")
				}
				return
			}
			if err != nil {
				t.Fatalf("openssl cannot read the certificate: %v", err)
			}
			fromKey, err := exec.Command(openssl, "pkey", "-in", file+".key", "-pubout").Output()
			if err != nil || !bytes.Equal(fromCertificate, fromKey) {
				t.Errorf("the key file is not that of the certificate: %v", err)
			}
		})
	}
}

func TestOpenSSLVerifiesTheGoodChains(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("needs Debian package openssl")
	}
	dir := t.TempDir()
	if err := New().WritePEM(dir, host); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"good": "OK", "goodp384": "OK", "goodrsa": "OK", "emptysubject": "OK", "wildcard": "OK", "names10000": "OK",
		"expired": "certificate has expired", "notyet": "certificate is not yet valid", "wronghost": "hostname mismatch",
		"selfsigned": "self-signed certificate", "incomplete": "unable to get local issuer certificate",
		"untrustedroot": "self-signed certificate in certificate chain", "intermediateexpired": "certificate has expired",
	} {
		file := filepath.Join(dir, name+".pem")
		output, _ := exec.Command(openssl, "verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", host,
			"-CAfile", filepath.Join(dir, "root.pem"), "-untrusted", file, file).CombinedOutput()
		if !strings.Contains(string(output), want) {
			t.Errorf("%s: openssl verify does not say %q:\n%s", name, want, output)
		}
	}
}

func TestKeyThatIsROCAShowsItsPattern(t *testing.T) {
	// 65537 generates all residues modulo 2, 3, 5 and 7; modulo 11 it does
	// not, and a plain key leaves its powers somewhere among the first primes.
	if !powers(rsaROCA().N.Bytes()) {
		t.Error("the ROCA key does not show the pattern")
	}
	if powers(rsa2048().N.Bytes()) {
		t.Error("the plain key shows the pattern")
	}
}

// powers reports whether the modulus is a power of 65537 modulo each of some
// small primes, which is the published test for ROCA.
func powers(modulus []byte) bool {
	for _, p := range []int{11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157} {
		rest := 0
		for _, b := range modulus {
			rest = (rest<<8 | int(b)) % p
		}
		reached := map[int]bool{}
		for x := 1; !reached[x]; x = x * 65537 % p {
			reached[x] = true
		}
		if !reached[rest] {
			return false
		}
	}
	return true
}

func TestUnwritableFolderIsAnError(t *testing.T) {
	if err := New().WritePEM(filepath.Join(t.TempDir(), "none"), host); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("writing into no folder gives %v", err)
	}
}

func TestUnknownCasePanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("an unknown case did not panic")
		}
	}()
	New().Case("nosuchcase", host)
}
