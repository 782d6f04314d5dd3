// Package certkey finds certificates with a key that can be broken.
package certkey

import (
	"fmt"

	"middlebrick/checks/encryption/internal/certs"
	"middlebrick/checks/encryption/internal/say"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.certkey.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.certkey",
	Title:    "The certificate's key is weak",
	Severity: rule.High,
	CWE:      []rule.CWE{326},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites: []rule.Cite{rule.Document("BaselineReq"), rule.Document("SP800131A"), rule.Document("SP80057"),
		rule.Document("ROCA"), rule.Document("Fermat")},
}, observe.Certificates, certs.Judged(judge))

// weaknesses say what each of the known ways to break an RSA key comes to.
var weaknesses = map[string]struct {
	says     string
	severity rule.Severity
}{
	"roca":          {"was made by the library of CVE-2017-15361 (ROCA): its private half can be computed", rule.Critical},
	"fermat":        {"is the product of two primes that lie too close together (CVE-2022-26320): its private half can be computed at once", rule.Critical},
	"factor":        {"has a modulus with a small divisor: it is no proper RSA key", rule.Critical},
	"debian":        {"is one of those that Debian's OpenSSL made from 2006 to 2008 (CVE-2008-0166): its private half is published", rule.Critical},
	"exponent 1":    {"has the public exponent 1 or 0: it signs nothing", rule.Critical},
	"exponent even": {"has an even public exponent: it is no proper RSA key", rule.Critical},
	"exponent 3":    {"has the public exponent 3, which careless signature checks are known to be fooled with", rule.Low},
}

func judge(chain observe.Chain, _ observe.Certificate) rule.Verdict {
	var verdicts []rule.Verdict
	for _, link := range certs.Path(chain) {
		verdicts = append(verdicts, judgeKey(link.Certificate).At(link.Where))
	}
	return rule.All(verdicts...)
}

func judgeKey(c observe.Certificate) rule.Verdict {
	owner := "the key of " + say.Quoted(c.Subject)
	if weakness, known := weaknesses[c.KeyWeakness]; known {
		return rule.Failf("%s %s", owner, weakness.says).As(weakness.severity)
	}
	byAlgorithm := map[string]func(string, observe.Certificate) rule.Verdict{"RSA": judgeRSA, "ECDSA": judgeCurve, "DSA": judgeDSA}
	if judge, known := byAlgorithm[c.KeyAlgorithm]; known {
		return judge(owner, c)
	}
	if c.KeyAlgorithm == "" || c.KeyAlgorithm == "unknown" {
		return certs.Unread(c, "key's algorithm")
	}
	return rule.Passf("%s is %s", owner, c.KeyAlgorithm)
}

// judgeRSA: 2048 bits are the least since 2014 (Baseline Requirements section
// 6.1.5, SP 800-131A section 3). Beyond 8192 Go's crypto/tls, for one, refuses.
func judgeRSA(owner string, c observe.Certificate) rule.Verdict {
	switch {
	case c.KeyBits == 0:
		return certs.Unread(c, "key's length")
	case c.KeyBits < 1024:
		return rule.Failf("%s is RSA of %d bits, which one person can factor", owner, c.KeyBits).As(rule.Critical)
	case c.KeyBits < 2048:
		return rule.Failf("%s is RSA of %d bits; 2048 are the least", owner, c.KeyBits)
	case c.KeyBits > 8192:
		return rule.Failf("%s is RSA of %d bits; clients refuse more than 8192", owner, c.KeyBits).As(rule.Low)
	}
	return rule.Passf("%s is RSA of %d bits", owner, c.KeyBits)
}

func judgeCurve(owner string, c observe.Certificate) rule.Verdict {
	switch {
	case c.KeyBits == 0:
		return certs.Unread(c, "key's curve")
	case c.KeyBits < 224:
		return rule.Failf("%s is on %s, a curve of %d bits; 224 are the least", owner, c.KeyCurve, c.KeyBits)
	case c.KeyBits < 256:
		return rule.Failf("%s is on %s, which TLS 1.3 and browsers have given up", owner, c.KeyCurve).As(rule.Low)
	}
	return rule.Passf("%s is on %s", owner, c.KeyCurve)
}

func judgeDSA(owner string, c observe.Certificate) rule.Verdict {
	size := fmt.Sprintf("of %d bits", c.KeyBits)
	if c.KeyBits == 0 {
		size = "of unknown length"
	}
	return rule.Failf("%s is DSA %s, which TLS 1.3 and browsers have given up", owner, size).As(rule.Medium)
}
