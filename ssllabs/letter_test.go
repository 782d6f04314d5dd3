// The guide's letters of many configurations.

package ssllabs

import (
	"fmt"
	"testing"

	"middlebrick/httphead"
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

// said is a letter on one line: grade, grade if trusted where it differs, scores.
func said(l *Letter) string {
	if l == nil {
		return "none"
	}
	text := l.Grade
	if l.Grade == "" {
		text = "withheld"
	}
	if l.IfTrusted != l.Grade {
		text += "(" + l.IfTrusted + ")"
	}
	return fmt.Sprintf("%s %s/%s/%s %s", text, number(l.Protocol), number(l.KeyExchange), number(l.Cipher), number(l.Total))
}

func number(n *int) string {
	if n == nil {
		return "?"
	}
	return fmt.Sprint(*n)
}

func noRenegotiation(h *observe.HelloFeatures) { h.SecureRenegotiation = false }

var goldens = []struct {
	name    string
	want    string
	changes []change
}{
	{"Mozilla's intermediate configuration", "A+ 100/90/90 93", nil},
	{"Mozilla's modern configuration", "A+ 100/90/90 93", []change{refuse(tlshello.TLS12)}},
	{"an ECDSA key on P-256 compares to RSA of 3072 bits", "A+ 100/90/90 93", []change{key("ECDSA", 256)}},
	{"a perfect score takes large keys and groups, and only AES-256", "A+ 100/100/100 100", []change{
		refuse(tlshello.TLS12), accept(tlshello.TLS13, aes256of), group(tlshello.TLS13, tlshello.Secp384r1), key("RSA", 4096)}},
	{"X25519MLKEM768 counts as its classical half", "A+ 100/90/90 93", []change{group(tlshello.TLS13, tlshello.X25519MLKEM768)}},
	{"ML-KEM alone counts by its strength", "A+ 100/100/90 96", []change{
		refuse(tlshello.TLS12), group(tlshello.TLS13, tlshello.MLKEM768), key("RSA", 4096)}},
	{"an Ed25519 key", "A+ 100/90/90 93", []change{key("Ed25519", 256)}},
	{"no HSTS", "A 100/90/90 93", []change{hsts(httphead.HSTS{})}},
	{"HSTS of 179 days", "A 100/90/90 93", []change{hsts(httphead.HSTS{Present: true, Valid: true, MaxAgeSeconds: 179 * 86400})}},
	{"HSTS of 180 days", "A+ 100/90/90 93", []change{hsts(httphead.HSTS{Present: true, Valid: true, MaxAgeSeconds: 180 * 86400})}},
	{"HSTS that no browser heeds", "A 100/90/90 93", []change{hsts(httphead.HSTS{Present: true})}},
	{"an address has no HSTS", "A 100/90/90 93", []change{func(f *Facts) { f.HSTS.Value.Literal = true }}},
	{"no TLS 1.3", "A- 100/90/90 93", []change{refuse(tlshello.TLS13)}},
	{"no TLS 1.3 and no HSTS", "A- 100/90/90 93", []change{refuse(tlshello.TLS13), hsts(httphead.HSTS{})}},
	{"no RFC 5746, and nobody may renegotiate", "A- 100/90/90 93", []change{feature(tlshello.TLS12, noRenegotiation)}},
	{"no RFC 5746, and clients may renegotiate", "F 100/90/90 93", []change{
		feature(tlshello.TLS12, noRenegotiation), judged("renegotiationclient", rule.Failf("accepted"))}},
	{"TLS 1.1", "B 97/90/90 92", []change{accept(tlshello.TLS11, cbc128)}},
	{"TLS 1.0", "B 95/90/90 91", []change{accept(tlshello.TLS10, cbc128)}},
	{"TLS 1.0 without fallback protection is a B as well", "B 95/90/90 91", []change{accept(tlshello.TLS10, cbc128),
		func(f *Facts) { f.Fallback.Value = observe.Fallback{Answer: observe.Answer{Result: observe.Accepted}} }}},
	{"SSLv3 with a stream cipher", "B 90/80/90 87", []change{accept(tlshello.SSL3, rc4), key("RSA", 2047)}},
	{"SSLv3 with a block cipher (POODLE)", "C 90/90/90 90", []change{accept(tlshello.SSL3, 0x002F)}},
	{"SSLv3 as the best version", "F 80/90/80 83", []change{refuse(tlshello.TLS12), refuse(tlshello.TLS13), accept(tlshello.SSL3, rc4)}},
	{"SSLv2", "F 50/90/60 66", []change{accept(tlshello.SSL2, 0x0700C0)}},
	{"TLS 1.0 as the best version", "C 90/90/80 86", []change{refuse(tlshello.TLS12), refuse(tlshello.TLS13), accept(tlshello.TLS10, cbc128)}},
	{"TLS 1.1 as the best version", "C 95/90/80 87", []change{refuse(tlshello.TLS12), refuse(tlshello.TLS13), accept(tlshello.TLS11, cbc128)}},
	{"RC4 with TLS 1.2", "C 100/90/90 93", []change{add(tlshello.TLS12, rc4)}},
	{"RC4 with TLS 1.0 alone", "B 95/90/90 91", []change{accept(tlshello.TLS10, rc4)}},
	{"RC4 alone", "F 95/90/80 87", []change{refuse(tlshello.TLS13), refuse(tlshello.TLS12), accept(tlshello.TLS11, rc4)}},
	{"3DES with TLS 1.2 (SWEET32)", "C 100/90/60 81", []change{add(tlshello.TLS12, triple)}},
	{"3DES with TLS 1.0 alone", "B 95/90/60 79", []change{accept(tlshello.TLS10, triple)}},
	{"single DES", "F 100/90/60 81", []change{add(tlshello.TLS12, des)}},
	{"EXPORT", "F 95/40/60 64", []change{accept(tlshello.TLS10, export)}},
	{"no encryption", "F 100/90/50 77", []change{add(tlshello.TLS12, nothing)}},
	{"anonymous suites make the key exchange nothing", "F 100/0/90 0", []change{add(tlshello.TLS12, anyone)}},
	{"TLS compression (CRIME)", "C 100/90/90 93", []change{feature(tlshello.TLS12, func(h *observe.HelloFeatures) { h.Compression = 1 })}},
	{"no AEAD", "B 100/90/80 89", []change{refuse(tlshello.TLS13), accept(tlshello.TLS12, cbc128)}},
	{"no forward secrecy", "B 100/90/80 89", []change{refuse(tlshello.TLS13), accept(tlshello.TLS12, static)}},
	{"DHE alone gives browsers none", "B 100/90/80 89", []change{refuse(tlshello.TLS13), accept(tlshello.TLS12, dhe128, static), dh(2048)}},
	{"the server prefers a static key", "B 100/90/90 93", []change{refuse(tlshello.TLS13), add(tlshello.TLS12, static), order(tlshello.TLS12, observe.ByServer, static)}},
	{"the server prefers ECDHE", "A- 100/90/90 93", []change{refuse(tlshello.TLS13), add(tlshello.TLS12, static), order(tlshello.TLS12, observe.ByServer, gcm256)}},
	{"static keys beside TLS 1.3", "A+ 100/90/90 93", []change{add(tlshello.TLS12, static), order(tlshello.TLS12, observe.ByServer, static)}},
	{"Diffie-Hellman of 2048 bits", "A+ 100/90/90 93", []change{add(tlshello.TLS12, dhe128), dh(2048)}},
	{"Diffie-Hellman of 1024 bits, which testssl.sh overlooks", "B 100/80/90 90", []change{add(tlshello.TLS12, dhe128), dh(1024)}},
	{"Diffie-Hellman of 768 bits", "F 100/40/90 78", []change{add(tlshello.TLS12, dhe128), dh(768)}},
	{"a curve of 192 bits", "B 100/80/90 90", []change{group(tlshello.TLS12, 0x0013, tlshello.Secp256r1)}},
	{"RSA of 1024 bits", "B 100/80/90 90", []change{key("RSA", 1024)}},
	{"RSA of 1023 bits", "F 100/40/90 78", []change{key("RSA", 1023)}},
	{"RSA of 511 bits", "F 100/20/90 72", []change{key("RSA", 511)}},
	{"a key of Debian's in 2008", "F 100/0/90 0", []change{leaf(func(c *observe.Certificate) { c.KeyWeakness = "debian" })}},
	{"exponent 3 is said elsewhere", "A+ 100/90/90 93", []change{leaf(func(c *observe.Certificate) { c.KeyWeakness = "exponent 3" })}},
	{"an MD5 signature", "F 100/90/90 93", []change{leaf(func(c *observe.Certificate) { c.SignatureOf = "MD5" })}},
	{"a SHA-1 signature", "T(A+) 100/90/90 93", []change{leaf(func(c *observe.Certificate) { c.SignatureOf = "SHA-1" })}},
	{"another name", "M(A+) 100/90/90 93", []change{chain(func(c *observe.Chain) { c.NameMatches = false })}},
	{"expired", "T(A+) 100/90/90 93", []change{leaf(func(c *observe.Certificate) { c.NotAfter = noon.AddDate(0, 0, -1) })}},
	{"not valid yet", "T(A+) 100/90/90 93", []change{leaf(func(c *observe.Certificate) { c.NotBefore = noon.AddDate(0, 0, 1) })}},
	{"an unknown authority, and TLS 1.0", "T(B) 95/90/90 91", []change{untrusted, accept(tlshello.TLS10, cbc128)}},
	{"self-signed", "T(A+) 100/90/90 93", []change{untrusted, leaf(func(c *observe.Certificate) { c.SelfSigned = true })}},
	{"revoked", "T(A+) 100/90/90 93", []change{judged("certrevoked", rule.Failf("revoked"))}},
	{"an incomplete chain that some store completes", "B 100/90/90 93", []change{chain(func(c *observe.Chain) { c.Incomplete = true })}},
	{"an incomplete chain that its authority completes", "B 100/90/90 93", []change{untrusted, completed(true)}},
	{"an incomplete chain that leads nowhere", "T(B) 100/90/90 93", []change{untrusted, completed(false)}},
	{"Heartbleed", "F 100/90/90 93", []change{judged("heartbleed", rule.Failf("leaks"))}},
	{"ROBOT on an untrusted chain", "T(F) 100/90/90 93", []change{untrusted, judged("robot", rule.Failf("oracle"))}},
	{"Zombie POODLE", "F 100/90/90 93", []change{judged("zombiepoodle", rule.Failf("oracle"))}},
	{"no TLS", "none", []change{func(f *Facts) {
		for v := range f.Versions.Value {
			f.Versions.Value[v] = observe.Answer{Result: observe.Absent}
		}
	}}},
}

func TestLettersFollowTheGuide(t *testing.T) {
	for _, g := range goldens {
		if got := said(Of(scene(g.changes...))); got != g.want {
			t.Errorf("%s: %s, want %s", g.name, got, g.want)
		}
	}
}

// What was not seen withholds the grade where it could lower it, and only there.
var withheld = []struct {
	name    string
	want    string
	changes []change
}{
	{"a rule that this version lacks", "withheld 100/90/90 93", []change{unjudged("robot")}},
	{"a rule without an answer", "withheld 100/90/90 93", []change{judged("heartbleed", rule.Inconclusive("silence"))}},
	{"an F stays an F", "F 100/90/60 81", []change{unjudged("robot"), add(tlshello.TLS12, des)}},
	{"a version that fell silent", "withheld 100/90/90 93", []change{silent(tlshello.SSL3)}},
	{"TLS 1.3 that fell silent cannot change a B", "B 95/90/90 91", []change{silent(tlshello.TLS13), accept(tlshello.TLS10, cbc128), accept(tlshello.TLS12, gcm128, gcm256)}},
	{"HSTS not seen cannot change an A-", "A- 100/90/90 93", []change{refuse(tlshello.TLS13), func(f *Facts) { f.HSTS.Gap = &observe.Gap{Why: observe.Timeout} }}},
	{"HSTS not seen could make an A+ an A", "withheld 100/90/90 93", []change{func(f *Facts) { f.HSTS.Gap = &observe.Gap{Why: observe.Timeout} }}},
	{"no certificate seen", "withheld 100/?/90 ?", []change{func(f *Facts) { f.Chain.Gap = &observe.Gap{Why: observe.Timeout} }}},
	{"suites not enumerated to the end", "withheld 100/90/? ?", []change{func(f *Facts) {
		f.Suites.Value.Versions[tlshello.TLS12] = observe.SuiteList{Suites: f.Suites.Value.Versions[tlshello.TLS12].Suites}
	}}},
	{"Diffie-Hellman not read", "withheld 100/?/90 ?", []change{func(f *Facts) { f.DH.Value.Complete = false }}},
	{"an incomplete chain that nobody could complete", "withheld(B) 100/90/90 93", []change{untrusted, chain(func(c *observe.Chain) { c.Incomplete = true })}},
	{"whose order decides is not known", "withheld 100/90/90 93", []change{refuse(tlshello.TLS13), add(tlshello.TLS12, static), order(tlshello.TLS12, "", 0)}},
	{"compression was not asked for", "withheld 100/90/90 93", []change{feature(tlshello.TLS12, func(h *observe.HelloFeatures) { h.Full = false })}},
	{"untrusted is untrusted", "T() 100/90/90 93", []change{untrusted, unjudged("robot")}},
}

func TestWhatWasNotSeenIsNeverGuessed(t *testing.T) {
	for _, g := range withheld {
		l := Of(scene(g.changes...))
		if got := said(l); got != g.want {
			t.Errorf("%s: %s, want %s", g.name, got, g.want)
		}
		if len(l.Unknown) == 0 || (l.Grade == "") != (l.Withheld != "") {
			t.Errorf("%s: withheld %q, unknown %q", g.name, l.Withheld, l.Unknown)
		}
	}
}
