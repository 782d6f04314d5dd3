// The set: every certificate that the Encryption check must tell apart.

package ca

import (
	"crypto"
	"encoding/asn1"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Case is one certificate chain of the set.
type Case struct {
	Name string
	Pair
	Rule string // the Encryption rule that must fail on it, such as "certexpired"; empty: none may
	Note string // what is particular about it, in a sentence
}

// recipe makes a case for a host.
type recipe struct {
	name, rule, note string
	make             func(c *CA, host string) Pair
}

// changed returns a good chain whose leaf the function has altered.
func changed(change func(c *CA, t *template, host string)) func(*CA, string) Pair {
	return func(c *CA, host string) Pair {
		t := c.leaf(host)
		change(c, &t, host)
		chain := [][]byte{t.make()}
		if t.signer == crypto.Signer(ecIssuing()) {
			chain = append(chain, c.Intermediate)
		}
		return Pair{Chain: chain, Key: t.key}
	}
}

// chained returns a good leaf with another chain after it.
func chained(chain func(c *CA, leaf []byte) [][]byte) func(*CA, string) Pair {
	return func(c *CA, host string) Pair {
		return Pair{Chain: chain(c, c.leaf(host).make()), Key: ecLeaf()}
	}
}

// recipes is the one table of the set, in the order in which Set lists it.
var recipes = slices.Concat(goodRecipes, dateRecipes, nameRecipes, chainRecipes, keyRecipes, formRecipes)

var goodRecipes = []recipe{
	{"good", "", "ECDSA P-256, SHA-256, 90 days, with its intermediate", changed(func(*CA, *template, string) {})},
	{"goodp384", "", "ECDSA P-384 key", changed(func(_ *CA, t *template, _ string) { t.setKey(ecLeafP384()) })},
	{"goodrsa", "", "RSA-2048 under an RSA root", func(c *CA, host string) Pair { return c.GoodRSA(host) }},
	{"ipsan", "", "names the loopback addresses as IP addresses beside the host", changed(func(_ *CA, t *template, host string) {
		t.setNames(host, "127.0.0.1", "::1")
	})},
	{"emptysubject", "", "empty subject and a critical subjectAltName (RFC 5280, section 4.1.2.6)", changed(func(_ *CA, t *template, host string) {
		t.subject = nil
		t.setNames(host)
		t.extensions[len(t.extensions)-1].critical = true
	})},
}

var dateRecipes = []recipe{
	{"expired", "certexpired", "ended yesterday", changed(func(c *CA, t *template, _ string) { t.life(c.now.Add(-80*day), c.now.Add(-day)) })},
	{"notyet", "certnotyet", "begins tomorrow", changed(func(c *CA, t *template, _ string) { t.life(c.now.Add(day), c.now.Add(80*day)) })},
	{"expiring", "certexpiring", "ends in 10 days", changed(func(c *CA, t *template, _ string) { t.life(c.now.Add(-70*day), c.now.Add(10*day)) })},
	{"longlife", "certlifetime", "valid for 400 days", changed(func(c *CA, t *template, _ string) { t.life(c.now.Add(-30*day), c.now.Add(370*day)) })},
	{"year2050", "certlifetime", "ends after 2049, so written as GeneralizedTime", changed(func(c *CA, t *template, _ string) {
		t.life(c.now.Add(-30*day), time.Date(2060, 1, 1, 0, 0, 0, 0, time.UTC))
	})},
}

var nameRecipes = []recipe{
	{"wronghost", "certname", "made out to another host", changed(func(_ *CA, t *template, _ string) {
		t.subject = name("other.example")
		t.setNames("other.example", "www.other.example")
	})},
	{"nosan", "certsan", "host in the common name alone (RFC 9525, section 2.1 forbids to look there)", changed(func(_ *CA, t *template, _ string) { t.drop(oidSAN) })},
	{"ipasdns", "certname", "IP address written as a dNSName", changed(func(_ *CA, t *template, _ string) {
		t.set(textNames("127.0.0.1"))
	})},
	{"wildcard", "", "wildcard one label above the host", changed(func(_ *CA, t *template, host string) { t.setNames("*." + parent(host)) })},
	{"star", "certname", "made out to \"*\", which matches no host", changed(func(_ *CA, t *template, _ string) { t.setNames("*") })},
	{"names1000", "", "the host among 1,000 names", changed(func(_ *CA, t *template, host string) { t.setNames(many(host, 1000)...) })},
	{"names10000", "", "the host as the last of 10,000 names", changed(func(_ *CA, t *template, host string) { t.setNames(many(host, 10000)...) })},
	{"nulname", "certname", "a NUL byte after the host, before another domain", changed(func(_ *CA, t *template, host string) {
		t.set(textNames(host + "\x00.attacker.example"))
	})},
}

var chainRecipes = []recipe{
	{"selfsigned", "certselfsigned", "signed by its own key", changed(func(_ *CA, t *template, _ string) {
		t.issuer, t.signer = t.subject, t.key
		t.identify()
	})},
	{"untrustedroot", "certuntrusted", "signed by a root that nobody trusts, which it brings along", func(c *CA, host string) Pair {
		t := c.leaf(host)
		t.issuer, t.signer = name(nameOther), ecOtherRoot()
		t.identify()
		return Pair{Chain: [][]byte{t.make(), c.OtherRoot}, Key: t.key}
	}},
	{"incomplete", "certchainincomplete", "without its intermediate", chained(func(_ *CA, leaf []byte) [][]byte { return [][]byte{leaf} })},
	{"misordered", "certchainorder", "root before intermediate", chained(func(c *CA, leaf []byte) [][]byte { return [][]byte{leaf, c.Root, c.Intermediate} })},
	{"extraroot", "", "with the root, which clients have", chained(func(c *CA, leaf []byte) [][]byte { return [][]byte{leaf, c.Intermediate, c.Root} })},
	{"twice", "certchainorder", "the leaf sent twice", chained(func(c *CA, leaf []byte) [][]byte { return [][]byte{leaf, leaf, c.Intermediate} })},
	{"unrelated", "certchainorder", "a certificate of no use to the chain after the intermediate", chained(func(c *CA, leaf []byte) [][]byte { return [][]byte{leaf, c.Intermediate, c.OtherRoot} })},
	{"intermediateexpired", "certexpired", "a good leaf whose intermediate ended yesterday", func(c *CA, host string) Pair {
		old := At(c.now.Add(-5*365*day - day)).Intermediate
		return Pair{Chain: [][]byte{c.leaf(host).make(), old}, Key: ecLeaf()}
	}},
	{"caleaf", "certlint", "the server's certificate may sign others (CA:TRUE)", changed(func(_ *CA, t *template, _ string) { t.set(basicConstraintsCA()) })},
	{"clientauth", "certuntrusted", "for client authentication alone", changed(func(_ *CA, t *template, _ string) { t.set(extKeyUsage(oidClientAuth)) })},
}

var keyRecipes = []recipe{
	{"rsa1024", "certkey", "RSA-1024 key", changed(func(_ *CA, t *template, _ string) { t.setKey(rsa1024()) })},
	{"rsa512", "certkey", "RSA-512 key", changed(func(_ *CA, t *template, _ string) { t.setKey(rsa512()) })},
	{"p224", "certkey", "ECDSA P-224 key", changed(func(_ *CA, t *template, _ string) { t.setKey(ecLeafP224()) })},
	{"roca", "certkey", "RSA-2048 key with the pattern of CVE-2017-15361 (ROCA)", changed(func(_ *CA, t *template, _ string) { t.setKey(rsaROCA()) })},
	{"sha1", "certsignature", "signed with SHA-1 by an RSA root", changed(func(_ *CA, t *template, _ string) { t.byRSARoot(crypto.SHA1) })},
	{"md5", "certsignature", "signed with MD5 by an RSA root", changed(func(_ *CA, t *template, _ string) { t.byRSARoot(crypto.MD5) })},
	{"ecdsasha1", "certsignature", "signed with ECDSA and SHA-1", changed(func(_ *CA, t *template, _ string) { t.hash = crypto.SHA1 })},
}

var formRecipes = []recipe{
	{"muststaple", "certstaple", "asks for a stapled OCSP answer (RFC 7633) that no server here has", changed(func(_ *CA, t *template, _ string) { t.set(mustStaple()) })},
	{"negativeserial", "certlint", "negative serial number", changed(func(_ *CA, t *template, _ string) { t.serial.Neg(t.serial) })},
	{"zeroserial", "certlint", "serial number zero", changed(func(_ *CA, t *template, _ string) { t.serial = new(big.Int) })},
	{"longserial", "certlint", "serial number of 32 bytes (RFC 5280, section 4.1.2.2 allows 20)", changed(func(_ *CA, t *template, _ string) { t.serial.Lsh(t.serial, 128) })},
	{"duplicateextension", "certlint", "keyUsage twice", changed(func(_ *CA, t *template, _ string) { t.extensions = append(t.extensions, t.extensions[0]) })},
	{"controlcn", "certlint", "control characters and a terminal escape in the common name", changed(func(_ *CA, t *template, _ string) {
		t.subject = name("evil\x1b[2J\x07\r\nX-Injected: 1\x00")
	})},
	{"version9", "certlint", "says that it is of X.509 version 9", changed(func(_ *CA, t *template, _ string) { t.version = 8 })},
	{"version1", "certlint", "X.509 version 1, without extensions", changed(func(_ *CA, t *template, _ string) { t.version, t.extensions = 0, nil })},
	{"badsan", "certsan", "subjectAltName that is no DER", changed(func(_ *CA, t *template, _ string) { t.set(extension{oid: oidSAN, value: []byte{0x30, 0x7f, 0x82}}) })},
	{"garbage", "certlint", "bytes that are no certificate", func(*CA, string) Pair {
		return Pair{Chain: [][]byte{[]byte("this is not a certificate")}, Key: ecLeaf()}
	}},
	{"adhoc", "certadhoc", "as Werkzeug 3.0.3 and later makes for ssl_context='adhoc'", adHoc},
}

// Set makes every case for the host.
func (c *CA) Set(host string) []Case {
	var out []Case
	for _, r := range recipes {
		out = append(out, Case{Name: r.name, Pair: r.make(c, host), Rule: r.rule, Note: r.note})
	}
	return out
}

// Case makes the named case for the host. It panics if there is none of the
// name: only a mistyped test can ask for it.
func (c *CA) Case(name, host string) Case {
	for _, r := range recipes {
		if r.name == name {
			return Case{Name: r.name, Pair: r.make(c, host), Rule: r.rule, Note: r.note}
		}
	}
	panic("testbed: no certificate case " + name)
}

// WritePEM writes every case for the host into the folder as NAME.pem and
// NAME.key, and the trusted roots as root.pem.
func (c *CA) WritePEM(dir, host string) error {
	if err := os.WriteFile(filepath.Join(dir, "root.pem"), c.RootPEM(), 0o644); err != nil {
		return fmt.Errorf("writing the roots: %w", err)
	}
	for _, one := range c.Set(host) {
		chain, key := one.PEM()
		if err := os.WriteFile(filepath.Join(dir, one.Name+".pem"), chain, 0o644); err != nil {
			return fmt.Errorf("writing the chain of %s: %w", one.Name, err)
		}
		if err := os.WriteFile(filepath.Join(dir, one.Name+".key"), key, 0o600); err != nil {
			return fmt.Errorf("writing the key of %s: %w", one.Name, err)
		}
	}
	return nil
}

// WithAIA is the incomplete chain whose leaf says where its intermediate can
// be fetched (RFC 5280, section 4.2.2.1).
func (c *CA) WithAIA(url string, hosts ...string) Pair {
	t := c.leaf(hosts...)
	t.set(accessTo(described{oidCAIssuers, url}))
	return Pair{Chain: [][]byte{t.make()}, Key: t.key}
}

// adHoc follows werkzeug.serving.generate_adhoc_ssl_pair: a self-signed
// RSA-2048 certificate for O=Dummy Certificate, CN=*, valid for 365 days, with
// two extensions and no more.
func adHoc(c *CA, _ string) Pair {
	subject := []attribute{{oidOrganization, "Dummy Certificate"}, {oidCommonName, "*"}}
	t := template{
		version: 2, serial: serial("adhoc"), subject: subject, issuer: subject, hash: crypto.SHA256,
		key: rsa2048(), signer: rsa2048(), from: c.now, to: c.now.Add(365 * day),
		extensions: []extension{extKeyUsage(oidServerAuth), names("*", "*.*")},
	}
	return Pair{Chain: [][]byte{t.make()}, Key: t.key}
}

var oidClientAuth = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 2}
