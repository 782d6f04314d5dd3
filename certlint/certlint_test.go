// What the lints say of certificates of our own authority, and of bytes that are
// none.

package certlint_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"middlebrick/certlint"
	"middlebrick/observe"
	"middlebrick/testbed/ca"
)

var authority = ca.At(time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC))

func names(seen observe.Lint) []string {
	all := []string{}
	for _, found := range seen.Found {
		all = append(all, found.Status+" "+found.Source+" "+found.Name)
	}
	return all
}

func TestPrivateAuthoritiesAreHeldToTheStandardAlone(t *testing.T) {
	for name, want := range map[string][]string{
		"good":               {},
		"goodrsa":            {},
		"muststaple":         {},
		"longserial":         {"error RFC5280 e_serial_number_longer_than_20_octets"},
		"zeroserial":         {"error RFC5280 e_serial_number_not_positive"},
		"controlcn":          {"error RFC5280 e_subject_dn_not_printable_characters"},
		"duplicateextension": {"error RFC5280 e_ext_duplicate_extension"},
	} {
		seen := certlint.Lint(authority.Case(name, "www.app.test").Chain[0], false)
		if diff := cmp.Diff(want, names(seen)); diff != "" || seen.Unread != "" || seen.Ran < 20 {
			t.Errorf("%s: %d ran, %q (-want +got):\n%s", name, seen.Ran, seen.Unread, diff)
		}
	}
}

// TestPublicAuthoritiesAreHeldToTheirPromises: what is sound of a private one is
// not of a public one.
func TestPublicAuthoritiesAreHeldToTheirPromises(t *testing.T) {
	found := strings.Join(names(certlint.Lint(authority.Good("www.app.test").Chain[0], true)), " ")
	for _, want := range []string{"CABF_BR e_sub_cert_aia_missing", "CABF_BR e_sub_cert_certificate_policies_missing"} {
		if !strings.Contains(found, want) {
			t.Errorf("%s is missing from %s", want, found)
		}
	}
}

func TestWhatCannotBeReadIsNotLinted(t *testing.T) {
	for name, der := range map[string][]byte{
		"nothing": nil, "text": []byte("this is not a certificate"), "broken": authority.Case("badsan", "www.app.test").Chain[0],
		"large": authority.Case("names10000", "www.app.test").Chain[0],
	} {
		if seen := certlint.Lint(der, true); seen.Unread == "" || seen.Ran != 0 || len(seen.Found) != 0 {
			t.Errorf("%s: %+v", name, seen)
		}
	}
}

func TestVersionIsTheModules(t *testing.T) {
	file, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	version := regexp.MustCompile(`github.com/zmap/zlint/v3 (v\S+)`).FindSubmatch(file)
	if seen := certlint.Lint(authority.Good("www.app.test").Chain[0], false); version == nil || seen.Version != "zlint "+string(version[1]) {
		t.Errorf("%s, and go.mod has %s", seen.Version, version)
	}
}

func FuzzLint(f *testing.F) {
	for _, name := range []string{"good", "controlcn", "nulname", "names1000"} {
		f.Add(authority.Case(name, "www.app.test").Chain[0])
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		if seen := certlint.Lint(der, len(der)%2 == 0); (seen.Unread == "") == (seen.Ran == 0) {
			t.Errorf("%+v", seen)
		}
	})
}

func BenchmarkLint(b *testing.B) {
	der := authority.Good("www.app.test").Chain[0]
	for b.Loop() {
		certlint.Lint(der, false)
	}
}
