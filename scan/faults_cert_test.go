// Group E of the fault catalogue: certificates.

package scan_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"middlebrick/observe"
	"middlebrick/scan"
	"middlebrick/testbed/ca"
	"middlebrick/testbed/quirk"
)

var certificateFaults = []fault{
	{id: "E01", prove: shown("negativeserial", chainSeen{"certmalformed:critical", "yes", "garbled"}, suitesKnown)},
	{id: "E02 version", prove: shown("version9", chainSeen{"certmalformed:critical", "yes", "garbled"}, suitesKnown)},
	{id: "E02 extension", prove: shown("duplicateextension", chainSeen{"certmalformed:critical", "yes", "garbled"}, suitesKnown)},
	{id: "E02 names", prove: shown("badsan", chainSeen{"certmalformed:critical", "yes", "garbled"}, suitesKnown)},
	{id: "E02 NUL", prove: shown("nulname", chainSeen{"certname:critical", "yes", "answered"}, suitesKnown)},
	{id: "E02 garbage", prove: shown("garbage", chainSeen{"certmalformed:critical", "yes", "garbled"}, rawKept)},
	{id: "E03", prove: slim(shown("names10000", chainSeen{"", "no", "answered"}, namesKept(100, 10000)))},
	{id: "E04", prove: slim(served20000)},
	{id: "E05", prove: slim(hundred)},
	{id: "E06 512", prove: shown("rsa512", chainSeen{"certkey:critical", "yes", "garbled"}, nil)},
	{id: "E06 16384", prove: made(publicKey(16384, 65537), chainSeen{"certkey:low", "no", "garbled"})},
	{id: "E06 exponent", prove: made(exponent(1<<31), chainSeen{"certkey:critical", "yes", "garbled"})},
	{id: "E07", prove: mesh},
	{id: "E08 expired", prove: shown("expired", chainSeen{"certexpired:critical", "yes", "answered"}, nil)},
	{id: "E08 not yet", prove: shown("notyet", chainSeen{"certnotyet:critical", "yes", "answered"}, nil)},
	{id: "E08 year 9999", prove: made(dates(noon, time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)), chainSeen{"certlifetime:info", "no", "answered"})},
	{id: "E08 backwards", prove: made(dates(noon.Add(48*time.Hour), noon.Add(-48*time.Hour)), chainSeen{"certexpired:critical certnotyet:critical", "yes", "answered"})},
	{id: "E09", prove: clockIsNamed},
	{id: "E10 trusted", prove: shown("good", chainSeen{"", "no", "answered"}, nil)},
	{id: "E10 not trusted", prove: shown("untrustedroot", chainSeen{"certuntrusted:critical", "yes", "answered"}, nil)},
	{id: "E10 self-signed", prove: shown("selfsigned", chainSeen{"certselfsigned:critical", "yes", "answered"}, nil)},
	{id: "E11", prove: withAIA("http://ca.example/intermediate.der")},
	{id: "E12", prove: withAIA("http://169.254.169.254/latest/meta-data/")},
	{id: "E12 permitted", prove: metadataAuthority},
	{id: "E13", prove: slim(endlessAuthority)},
	{id: "E14", prove: hostileNames},
	{id: "E15 star", prove: shown("star", chainSeen{"certname:critical", "yes", "answered"}, nil)},
	{id: "E15 URI", prove: made(scriptURI, chainSeen{"certname:critical", "yes", "answered"})},
	{id: "E16", prove: unknownKey},
	{id: "E17", later: "one chain is read; those of other handshakes are not compared yet"},
	{id: "E18", prove: garbledExtras},
}

// shown is a certificate of the set, scanned at noon by the rules over it.
func shown(name string, want chainSeen, also func(*testing.T, seen)) func(*testing.T) {
	return func(t *testing.T) {
		authority := ca.At(noon)
		presenting(authority.Case(name, named).Pair, authority.RootPEM(), quirk.Options{Secure: true}).proves(want, also)(t)
	}
}

// A presented is a chain behind a server, and the root that the user trusts.
type presented struct {
	trouble
	root []byte
}

func presenting(shown ca.Pair, root []byte, o quirk.Options) presented {
	o.Pair = shown
	return presented{trouble{quirk: "none", options: o, within: 5 * time.Second}, root}
}

func (p presented) proves(want chainSeen, also func(*testing.T, seen)) func(*testing.T) {
	before := p.change
	p.change = func(req *scan.Request) {
		dial, begun := req.Dial, time.Now()
		*req = scan.Request{Target: req.Target, Pins: req.Pins, Dial: dial, CAFiles: [][]byte{p.root}}
		req.Target.Host, req.Target.URL, req.Pins[0].Host = named, "https://"+named+"/", named
		req.Now = func() time.Time { return noon.Add(time.Since(begun)) }
		if before != nil {
			before(req)
		}
	}
	return p.shows(func(t *testing.T, s seen) {
		got := chainOf(s.rec, scan.Judge(s.rec, certificateRules()))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if also != nil {
			also(t, s)
		}
	})
}

// suitesKnown checks that all else about TLS was read.
func suitesKnown(t *testing.T, s seen) {
	suites, _, gap := observe.Get(s.rec, observe.TLSSuites)
	if gap != nil || len(suites.Versions) == 0 {
		t.Fatalf("no suites: %v", gap)
	}
	for version, list := range suites.Versions {
		if !list.Complete || len(list.Suites) == 0 {
			t.Errorf("%s: %d suites, complete %v: %s", version, len(list.Suites), list.Complete, list.Detail)
		}
	}
}

// rawKept checks that the bytes of what could not be parsed are there to show.
func rawKept(t *testing.T, s seen) {
	chain, _, _ := observe.Get(s.rec, observe.Certificates)
	if leaf, _ := chain.Leaf(); string(leaf.Raw) != "this is not a certificate" {
		t.Errorf("%q is kept", leaf.Raw)
	}
}

// namesKept checks how many names are kept, and how many are counted.
func namesKept(kept, all int) func(*testing.T, seen) {
	return func(t *testing.T, s seen) {
		chain, _, _ := observe.Get(s.rec, observe.Certificates)
		if leaf, _ := chain.Leaf(); len(leaf.DNSNames) != kept || leaf.Names != all || chain.Bytes < 190_000 {
			t.Errorf("%d names kept of %d, %d bytes", len(leaf.DNSNames), leaf.Names, chain.Bytes)
		}
	}
}

func served20000(t *testing.T) {
	hosts := []string{}
	for i := range 20_000 {
		hosts = append(hosts, fmt.Sprintf("n%d.%s", i, named))
	}
	authority := ca.At(noon)
	presenting(authority.Good(hosts...), authority.RootPEM(), quirk.Options{Secure: true}).proves(chainSeen{"certmalformed:critical", "yes", "garbled"}, func(t *testing.T, s seen) {
		chain, _, _ := observe.Get(s.rec, observe.Certificates)
		if leaf, _ := chain.Leaf(); !strings.Contains(leaf.Unparsed, "256 KiB") {
			t.Errorf("says %q", leaf.Unparsed)
		}
		suitesKnown(t, s)
	})(t)
}

func hundred(t *testing.T) {
	authority := ca.At(noon)
	long := authority.Good(named)
	for len(long.Chain) < 100 {
		long.Chain = append(long.Chain, authority.OtherRoot)
	}
	presenting(long, authority.RootPEM(), quirk.Options{Secure: true}).proves(chainSeen{"certchainorder:info certchainorder:low", "no", "answered"}, func(t *testing.T, s seen) {
		if chain, _, _ := observe.Get(s.rec, observe.Certificates); len(chain.Certificates) != 16 || chain.Sent != 100 {
			t.Errorf("%d certificates read of %d", len(chain.Certificates), chain.Sent)
		}
	})(t)
}

// An issuer signs what crypto/x509 can write, for a root of its own.
type issuer struct {
	root *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newIssuer(t *testing.T) issuer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "issuer"}, NotBefore: noon.Add(-time.Hour),
		NotAfter: noon.Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	root, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return issuer{root, key}
}

func (i issuer) pem() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: i.root.Raw})
}

func leaf() *x509.Certificate {
	return &x509.Certificate{SerialNumber: big.NewInt(77), Subject: pkix.Name{CommonName: named}, DNSNames: []string{named},
		NotBefore: noon.Add(-time.Hour), NotAfter: noon.Add(60 * 24 * time.Hour), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
}

// sign makes the chain of a leaf with that key.
func (i issuer) sign(t *testing.T, template *x509.Certificate, public crypto.PublicKey, private crypto.Signer) ca.Pair {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, i.root, public, i.key)
	if err != nil {
		t.Fatal(err)
	}
	return ca.Pair{Chain: [][]byte{der}, Key: private}
}

// made is a leaf that the change makes of a sound one. A key that nobody has the
// private half of is shown by a server that needs none for its suite.
func made(change func(*x509.Certificate) crypto.PublicKey, want chainSeen) func(*testing.T) {
	return func(t *testing.T) {
		by, template := newIssuer(t), leaf()
		public, o, name := change(template), quirk.Options{Secure: true}, "none"
		if public == nil {
			public = by.key.Public()
		} else {
			o.Suites, name = []uint16{0x002f}, "canned"
		}
		p := presenting(by.sign(t, template, public, by.key), by.pem(), o)
		p.quirk = name
		p.proves(want, nil)(t)
	}
}

func publicKey(bits uint, exponent int) func(*x509.Certificate) crypto.PublicKey {
	return func(*x509.Certificate) crypto.PublicKey {
		n := new(big.Int).Lsh(big.NewInt(1), bits-1)
		return &rsa.PublicKey{N: n.Add(n, new(big.Int).SetBytes(bytes.Repeat([]byte{0x5b}, int(bits)/8-9))), E: exponent}
	}
}

func exponent(e int) func(*x509.Certificate) crypto.PublicKey {
	return func(*x509.Certificate) crypto.PublicKey {
		return &rsa.PublicKey{N: pair.Key.(*rsa.PrivateKey).N, E: e}
	}
}

func dates(from, to time.Time) func(*x509.Certificate) crypto.PublicKey {
	return func(c *x509.Certificate) crypto.PublicKey {
		c.NotBefore, c.NotAfter = from, to
		return nil
	}
}

func scriptURI(c *x509.Certificate) crypto.PublicKey {
	c.DNSNames, c.URIs = nil, []*url.URL{{Scheme: "javascript", Opaque: "alert(1)"}}
	return nil
}

// mesh is a chain of authorities of one name, each signed by the one before: the
// search for a path ends, and finds none.
func mesh(t *testing.T) {
	by, keys := newIssuer(t), []*ecdsa.PrivateKey{}
	for range 15 {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key)
	}
	node := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "mesh"}, NotBefore: noon.Add(-time.Hour), NotAfter: noon.Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign, PermittedDNSDomains: slices.Repeat([]string{"a.example"}, 50)}
	sign := func(template *x509.Certificate, public crypto.PublicKey, key *ecdsa.PrivateKey) []byte {
		der, err := x509.CreateCertificate(rand.Reader, template, node, public, key)
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	pair := ca.Pair{Chain: [][]byte{sign(leaf(), keys[0].Public(), keys[0])}, Key: keys[0]}
	for i, key := range keys {
		pair.Chain = append(pair.Chain, sign(node, key.Public(), keys[(i+1)%len(keys)]))
	}
	presenting(pair, by.pem(), quirk.Options{Secure: true}).proves(chainSeen{"certchainorder:info certuntrusted:critical", "yes", "answered"}, nil)(t)
}

// clockIsNamed: a certificate that begins in a few hours may be one that this
// machine's clock is wrong about.
func clockIsNamed(t *testing.T) {
	by := newIssuer(t)
	template := leaf()
	template.NotBefore = noon.Add(3 * time.Hour)
	presenting(by.sign(t, template, by.key.Public(), by.key), by.pem(), quirk.Options{Secure: true}).proves(chainSeen{"certnotyet:critical", "yes", "answered"}, func(t *testing.T, s seen) {
		for _, f := range s.report.Findings {
			if f.Rule == "encryption.certnotyet" && !strings.Contains(f.Description, "clock") {
				t.Errorf("says %q", f.Description)
			}
		}
	})(t)
}

// withAIA: a certificate that says where its issuer can be fetched is believed to
// be incomplete, and nothing is fetched.
func withAIA(address string) func(*testing.T) {
	return func(t *testing.T) {
		authority, seenAt := ca.At(noon), &dials{}
		p := presenting(authority.WithAIA(address, named), authority.RootPEM(), quirk.Options{Secure: true})
		p.change = func(req *scan.Request) { req.Dial = seenAt.note(req.Dial) }
		p.proves(chainSeen{"certchainincomplete:high", "yes", "answered"}, func(t *testing.T, s seen) {
			if hosts := seenAt.hosts(); !slices.Equal(hosts, []string{"127.0.0.1"}) {
				t.Errorf("dialled %v", hosts)
			}
		})(t)
	}
}

// hostileNames: what stands in a certificate is data in every output.
func hostileNames(t *testing.T) {
	by := newIssuer(t)
	for _, name := range []string{"a\x1b[2J\x07b", "a\u202eb\u200b", "a\n::error::b", "<script>alert(1)</script>", "=HYPERLINK(\"x\")"} {
		template := leaf()
		template.Subject.CommonName, template.DNSNames = name, []string{"other.example"}
		p := presenting(by.sign(t, template, by.key.Public(), by.key), by.pem(), quirk.Options{Secure: true})
		p.proves(chainSeen{"certname:critical", "yes", "answered"}, func(t *testing.T, s seen) {
			for format, text := range outputs(t, s) {
				if strings.ContainsAny(text, "\x1b\x07\u202e\u200b") && format != "recording" || strings.Contains(text, "\n::error::") {
					t.Errorf("%q stands as it is in the %s", name, format)
				}
			}
		})(t)
	}
}

// unknownKey has a key of a kind that nobody knows: that is no fault of theirs.
func unknownKey(t *testing.T) {
	by := newIssuer(t)
	pair := by.sign(t, leaf(), by.key.Public(), by.key)
	// id-ecPublicKey (RFC 5480 section 2.1.1) becomes a neighbour of no meaning.
	pair.Chain[0] = bytes.Replace(pair.Chain[0], []byte{0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1}, []byte{0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 99}, 1)
	presenting(pair, by.pem(), quirk.Options{Secure: true}).proves(chainSeen{"certuntrusted:critical", "yes", "garbled"}, func(t *testing.T, s seen) {
		if got := verdict(s.report, "encryption.certkey"); !strings.HasPrefix(got, "unknown") {
			t.Errorf("certkey: %s", got)
		}
	})(t)
}

// garbledExtras: a staple and timestamps that are garbage change no other verdict
// than their own.
func garbledExtras(t *testing.T) {
	authority := ca.At(noon)
	served := authority.Good(named).TLS()
	served.OCSPStaple, served.SignedCertificateTimestamps = []byte("no OCSP answer"), [][]byte{[]byte("no timestamp")}
	presenting(authority.Good(named), authority.RootPEM(), quirk.Options{Secure: true, Config: &tls.Config{Certificates: []tls.Certificate{served}}}).
		proves(chainSeen{"certstaple:low", "no", "answered"}, nil)(t)
}
