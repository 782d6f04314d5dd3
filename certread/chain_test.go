// The whole chain, judged against the testbed's set and against crypto/x509.

package certread_test

import (
	"crypto/x509"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/x509roots/fallback/bundle"

	"middlebrick/certread"
	"middlebrick/observe"
	"middlebrick/testbed/ca"
)

const host = "www.app.test"

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func roots(tb testing.TB, c *ca.CA) []*certread.Store {
	tb.Helper()
	store := certread.NewStore(certread.CAFile, "")
	if err := store.AddPEM(c.RootPEM()); err != nil {
		tb.Fatal(err)
	}
	return []*certread.Store{store}
}

// outcome is what one case of the set must come to.
type outcome struct {
	Order   string
	Names   bool   // matches the host
	Trusted bool   // leads to a root, dates and hashes aside
	Strict  string // what a strict verifier objects to, shortened
	Missing string
	Refused string // by crypto/x509, shortened
}

func TestSetIsJudgedExactly(t *testing.T) {
	const (
		good      = "right"
		tooOld    = "certificate has expired or is not yet valid"
		unknown   = "certificate signed by unknown authority"
		unread    = "not verified, because it cannot be read"
		signature = "certificate signed by unknown authority (possibly because of \"x509: cannot verify signature: insecure algorithm"
	)
	fine := outcome{Order: good, Names: true, Trusted: true}
	alone := outcome{Order: "single", Names: true, Trusted: true}
	otherName := outcome{Order: good, Trusted: true}
	want := map[string]outcome{
		"good": fine, "goodp384": fine, "goodrsa": alone, "ipsan": fine, "emptysubject": fine,
		"expired": {good, true, true, tooOld, "", ""}, "notyet": {good, true, true, tooOld, "", ""},
		"expiring": fine, "longlife": fine, "year2050": fine,
		"wronghost": otherName, "nosan": otherName, "ipasdns": otherName, "wildcard": fine, "star": otherName,
		"names1000": fine, "names10000": fine, "nulname": otherName,
		"selfsigned":    {"single", true, false, unknown, "", ""},
		"untrustedroot": {good, true, false, unknown, "", ""},
		"incomplete":    {"single", true, false, unknown, "CN=middlebrick test intermediate", ""},
		"misordered":    {"wrong", true, true, "", "", ""}, "extraroot": fine,
		"twice": {"wrong", true, true, "", "", ""}, "unrelated": {"unrelated", true, true, "", "", ""},
		"intermediateexpired": {good, true, true, tooOld, "", ""},
		"caleaf":              fine, "clientauth": {good, true, false, "certificate specifies an incompatible key usage", "", ""},
		"rsa1024": fine, "rsa512": fine, "p224": fine, "roca": fine,
		"sha1":           {"single", true, true, signature, "", ""},
		"md5":            {"single", true, true, signature, "", ""},
		"ecdsasha1":      {good, true, true, signature, "", ""},
		"muststaple":     fine,
		"negativeserial": {good, true, false, unread, "", "negative serial number"}, "zeroserial": fine, "longserial": fine,
		"duplicateextension": {good, true, false, unread, "", "certificate contains duplicate extension"},
		"controlcn":          fine,
		"version9":           {good, true, false, unread, "", "invalid version"}, "version1": otherName,
		"badsan":  {good, false, false, unread, "", "invalid subject alternative names"},
		"garbage": {"single", false, false, unread, "", "malformed certificate"},
		"adhoc":   {"single", false, false, unknown, "", ""},
	}
	c := ca.At(noon)
	stores, got := roots(t, c), map[string]outcome{}
	for _, one := range c.Set(host) {
		seen := certread.Chain(one.Chain, host, stores, noon)
		wanted := want[one.Name]
		got[one.Name] = outcome{seen.Order, seen.NameMatches, seen.Trusted(),
			prefix(seen.Trust[0].Reason, wanted.Strict), seen.Missing, prefix(seen.Certificates[0].Unparsed, wanted.Refused)}
		if seen.Incomplete != (one.Name == "incomplete") {
			t.Errorf("%s: incomplete is %v", one.Name, seen.Incomplete)
		}
		if (seen.NameReason == "") != seen.NameMatches {
			t.Errorf("%s: matches %v, because %q", one.Name, seen.NameMatches, seen.NameReason)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A store that vouches without a reservation does so exactly where crypto/x509
// does, at every moment.
func TestStrictAnswerIsTheStandardLibrarys(t *testing.T) {
	c := ca.At(noon)
	for _, one := range c.Set(host) {
		leaf, err := x509.ParseCertificate(one.Chain[0])
		if err != nil {
			continue
		}
		between := x509.NewCertPool()
		for _, der := range one.Chain[1:] {
			parsed, err := x509.ParseCertificate(der)
			if err != nil {
				t.Fatal(err)
			}
			between.AddCert(parsed)
		}
		for _, days := range []int{-2000, -40, 0, 30, 100, 2000, 20000} {
			at := noon.AddDate(0, 0, days)
			_, err := leaf.Verify(x509.VerifyOptions{Roots: c.Pool(), Intermediates: between, CurrentTime: at})
			store := certread.Chain(one.Chain, host, roots(t, c), at).Trust[0]
			if strict := store.Trusted && store.Reason == ""; strict != (err == nil) {
				t.Errorf("%s on %s: %+v, crypto/x509 says %v", one.Name, at.Format(time.DateOnly), store, err)
			}
		}
	}
}

// A certificate of the target's choice, wherever it stands, neither breaks the
// reader nor lends a stranger's leaf the roots' trust.
func FuzzChain(f *testing.F) {
	c := ca.At(noon)
	good, stores := c.Good(host).Chain, roots(f, c)
	for _, one := range c.Set(host) {
		if len(one.Chain[0]) < 4096 {
			f.Add(one.Chain[0])
		}
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		for _, chain := range [][][]byte{{der}, {der, c.Intermediate}, {good[0], der, c.Intermediate}, {good[0], der}} {
			seen := certread.Chain(chain, host, stores, noon)
			if _, err := json.Marshal(seen); err != nil {
				t.Fatalf("cannot be written down: %v", err)
			}
			if len(seen.Certificates) != len(chain) || len(seen.Trust) != 1 {
				t.Fatalf("%d certificates and %d stores", len(seen.Certificates), len(seen.Trust))
			}
			if seen.Trusted() && seen.Certificates[0].Unparsed != "" {
				t.Fatal("a certificate that cannot be read is trusted")
			}
		}
		if !certread.Chain([][]byte{good[0], der, c.Intermediate}, host, stores, noon).Trusted() {
			t.Fatal("a stray certificate took the trust of a good chain away")
		}
	})
}

// prefix shortens a reason to what is wanted of it, if it begins so.
func prefix(reason, wanted string) string {
	if wanted != "" && strings.HasPrefix(reason, wanted) {
		return wanted
	}
	return reason
}

func TestMissingIntermediateNeedsAHint(t *testing.T) {
	c := ca.At(noon)
	bare, hinted := c.Case("incomplete", host).Chain, c.WithAIA("http://ca.test/i.cer", host).Chain
	stranger := []*certread.Store{certread.NewStore("mozilla", "none")}
	for _, row := range []struct {
		name   string
		chain  [][]byte
		stores []*certread.Store
		want   bool
	}{
		{"private roots are known", bare, roots(t, c), true},
		{"the certificate says where", hinted, stranger, true},
		{"nothing says so", bare, stranger, false},
	} {
		seen := certread.Chain(row.chain, host, row.stores, noon)
		if seen.Incomplete != row.want || seen.Missing != "CN=middlebrick test intermediate" {
			t.Errorf("%s: incomplete %v, missing %q", row.name, seen.Incomplete, seen.Missing)
		}
	}
}

func TestEveryStoreIsAnsweredFor(t *testing.T) {
	c := ca.At(noon)
	mozilla := certread.NewStore("mozilla", "2026-10-30")
	for one := range bundle.Roots() {
		root, err := x509.ParseCertificate(one.Certificate)
		if err != nil {
			t.Fatal(err)
		}
		mozilla.Add(root, one.Constraint)
	}
	if mozilla.Roots() < 100 {
		t.Fatalf("Mozilla's bundle holds %d roots", mozilla.Roots())
	}
	seen := certread.Chain(c.Good(host).Chain, host, append(roots(t, c), mozilla), noon)
	want := []observe.Store{
		{Name: "ca-file", Trusted: true},
		{Name: "mozilla", Version: "2026-10-30", Reason: "certificate signed by unknown authority"},
	}
	if diff := cmp.Diff(want, seen.Trust); diff != "" {
		t.Error(diff)
	}
}

func TestConditionOfARootHoldsForWeakHashesToo(t *testing.T) {
	c := ca.At(noon)
	root, err := x509.ParseCertificate(c.RSARoot)
	if err != nil {
		t.Fatal(err)
	}
	for _, allowed := range []bool{true, false} {
		store := certread.NewStore("mozilla", "")
		asked := 0
		store.Add(root, func(chain []*x509.Certificate) error {
			asked++
			if len(chain) != 2 || !chain[1].Equal(root) {
				t.Errorf("asked about a chain of %d", len(chain))
			}
			if allowed {
				return nil
			}
			return x509.UnknownAuthorityError{}
		})
		seen := certread.Chain(c.Case("sha1", host).Chain, host, []*certread.Store{store}, noon)
		if seen.Trusted() != allowed || asked == 0 {
			t.Errorf("allowed %v: trusted %v, asked %d times", allowed, seen.Trusted(), asked)
		}
	}
}

func TestLongChainIsCutAndCounted(t *testing.T) {
	c := ca.At(noon)
	chain := c.Good(host).Chain
	for len(chain) < 100 {
		chain = append(chain, c.OtherRoot)
	}
	seen := certread.Chain(chain, host, roots(t, c), noon)
	if seen.Sent != 100 || len(seen.Certificates) != 16 || !seen.Trusted() || seen.Order != certread.Unrelated {
		t.Errorf("sent %d, read %d, trusted %v, %s", seen.Sent, len(seen.Certificates), seen.Trusted(), seen.Order)
	}
}

func TestEmptyChainClaimsNothing(t *testing.T) {
	seen := certread.Chain(nil, "192.0.2.1", nil, time.Time{})
	want := observe.Chain{
		AskedFor: "192.0.2.1", At: time.Unix(0, 0).UTC(), NameReason: "no certificate was sent",
		Certificates: []observe.Certificate{}, Trust: []observe.Store{},
	}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Error(diff)
	}
}

func TestRootFilesAreReadOrRefused(t *testing.T) {
	c := ca.At(noon)
	for _, row := range []struct {
		name, file string
		roots      int
		failed     bool
	}{
		{"two roots", string(c.RootPEM()), 2, false},
		{"a key between them", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n" + string(c.RootPEM()), 2, false},
		{"one broken", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" + string(c.RootPEM()), 2, false},
		{"all broken", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", 0, true},
		{"no PEM", "hello", 0, true},
		{"empty", "", 0, true},
	} {
		store := certread.NewStore(certread.CAFile, "")
		err := store.AddPEM([]byte(row.file))
		if (err != nil) != row.failed || store.Roots() != row.roots {
			t.Errorf("%s: %d roots, error %v", row.name, store.Roots(), err)
		}
	}
}
