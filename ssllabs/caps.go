// Caps and warnings: what keeps a grade down whatever the scores are.

package ssllabs

import (
	"fmt"
	"slices"

	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

// weakSuites are the caps for a suite that is accepted at any version.
var weakSuites = []struct {
	is                func(tlshello.Suite) bool
	to, rule, because string
}{
	{tlshello.Suite.Null, "F", "encryption.suitenull", "a suite without encryption is accepted"},
	{tlshello.Suite.Anonymous, "F", "encryption.suiteanonymous", "an anonymous suite is accepted"},
	{tlshello.Suite.Export, "F", "encryption.suiteexport", "an EXPORT suite is accepted (FREAK, LOGJAM)"},
	{below112, "F", "encryption.suitedes", "a cipher of less than 112 bits is accepted"},
	{tlshello.Suite.RC4, "B", "encryption.suiterc4", "RC4 is accepted"},
}

func below112(s tlshello.Suite) bool {
	info, known := s.Info()
	return known && info.Bits > 0 && info.Bits < 112 && !info.Export
}

// blocks64 are ciphers with blocks of 64 bits (SWEET32).
func blocks64(s tlshello.Suite) bool {
	info, known := s.Info()
	return known && slices.Contains([]string{"3DES", "DES", "DES40", "DES_CFB", "IDEA", "RC2", "RC2_40", "RC2_56"}, info.Cipher)
}

// suites judges what is accepted, from SSLv3 up; SSLv2 is an F by itself.
func (a *assessment) suites() {
	hits, complete := a.find(all)
	for _, weak := range weakSuites {
		if slices.ContainsFunc(hits, func(h observe.SuiteHit) bool { return h.Version > tlshello.SSL2 && weak.is(h.Suite) }) {
			a.cap(weak.to, weak.rule, weak.because)
		}
	}
	modern := func(is func(tlshello.Suite) bool) bool {
		return slices.ContainsFunc(hits, func(h observe.SuiteHit) bool {
			return (h.Version == tlshello.TLS11 || h.Version == tlshello.TLS12) && is(h.Suite)
		})
	}
	if modern(tlshello.Suite.RC4) {
		a.cap("C", "encryption.suiterc4", "RC4 is accepted with TLS 1.1 or later")
	}
	if modern(blocks64) {
		a.cap("C", "encryption.suite3des", "a cipher with 64-bit blocks is accepted with TLS 1.1 or later (SWEET32)")
	}
	if slices.ContainsFunc(hits, func(h observe.SuiteHit) bool { return h.Version == tlshello.SSL3 && h.Suite.CBC() }) {
		a.cap("C", "encryption.sslv3", "SSLv3 is accepted with a block cipher (POODLE)")
	}
	if len(hits) == 0 || !complete {
		return
	}
	if !slices.ContainsFunc(hits, func(h observe.SuiteHit) bool { return !h.Suite.RC4() }) {
		a.cap("F", "encryption.suiterc4", "nothing but RC4 is accepted")
	}
	if !slices.ContainsFunc(hits, func(h observe.SuiteHit) bool { return h.Suite.AEAD() }) {
		a.cap("B", "encryption.aeadmissing", "no AEAD suite is accepted")
	}
	a.forwardSecrecy()
}

// reference are the suites without TLS 1.3 that today's browsers offer; those of
// them with ephemeral keys are all ECDHE, for browsers have given DHE up.
var reference = []tlshello.Suite{
	0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xCCA8, 0xC009, 0xC00A, 0xC013, 0xC014, 0x009C, 0x009D, 0x002F, 0x0035,
}

func offeredByBrowsers(s tlshello.Suite) bool { return slices.Contains(reference, s) }

// forwardSecrecy asks whether browsers get it at the version that they would get.
func (a *assessment) forwardSecrecy() {
	if a.accepts(tlshello.TLS13) {
		return
	}
	list := a.accepted()
	if len(list) == 0 {
		return
	}
	seen := a.Suites.Value.Versions[list[len(list)-1]]
	var ephemeral, static bool
	for _, s := range seen.Suites {
		ephemeral = ephemeral || offeredByBrowsers(s.Suite) && !s.Suite.StaticKey()
		static = static || offeredByBrowsers(s.Suite) && s.Suite.StaticKey()
	}
	const lacking = "browsers get no forward secrecy"
	switch {
	case !ephemeral:
		a.cap("B", "encryption.suitestatickey", lacking)
	case !static || seen.Preference == observe.ByClient:
	case seen.Preference == "":
		a.doubted("B", "whose order of suites decides, where some have no forward secrecy")
	case !seen.Preferred.StaticKey():
	case offeredByBrowsers(seen.Preferred):
		a.cap("B", "encryption.suitestatickey", lacking+": the server prefers "+seen.Preferred.String())
	default:
		a.doubted("B", "which suite browsers get: the server prefers "+seen.Preferred.String()+", which they do not offer")
	}
}

// features judges what ServerHellos carry, up to TLS 1.2.
func (a *assessment) features() {
	if !a.accepts(tlshello.SSL3, tlshello.TLS10, tlshello.TLS11, tlshello.TLS12) {
		return
	}
	if a.Features.Gap != nil {
		a.doubted("F", why("whether renegotiation is secure", a.Features.Gap))
		a.doubted("C", why("whether TLS compression is accepted", a.Features.Gap))
		return
	}
	renegotiation, compression, partly := true, false, false
	for _, version := range a.accepted() {
		if version == tlshello.SSL2 || version == tlshello.TLS13 {
			continue
		}
		seen := a.Features.Value.Versions[version]
		renegotiation = renegotiation && seen.SecureRenegotiation
		compression = compression || seen.Compression != 0
		partly = partly || !seen.Full
	}
	switch {
	case compression:
		a.cap("C", "encryption.compression", "TLS compression is accepted (CRIME)")
	case partly:
		a.doubted("C", "whether TLS compression is accepted")
	}
	switch {
	case !renegotiation && partly:
		a.doubted("F", "whether renegotiation is secure")
	case !renegotiation:
		a.insecureRenegotiation()
	}
}

// insecureRenegotiation: without RFC 5746 a client that may renegotiate lets an
// attacker put his words before another's (F); where nobody may, it is a warning.
func (a *assessment) insecureRenegotiation() {
	a.warnings = append(a.warnings, "secure renegotiation (RFC 5746) is missing")
	switch a.Verdicts["encryption.renegotiationclient"].Outcome {
	case rule.Failed:
		a.cap("F", "encryption.renegotiationinsecure", "insecure renegotiation is accepted")
	case rule.Passed, rule.NotApplies:
	default:
		a.doubted("F", "whether clients may renegotiate, which would be insecure here")
	}
}

// faults are known weaknesses of implementations, each an F, by the rule that
// tells it.
var faults = []struct{ name, because string }{
	{"heartbleed", "Heartbleed (CVE-2014-0160)"},
	{"ccsinjection", "CCS injection (CVE-2014-0224)"},
	{"ticketbleed", "Ticketbleed (CVE-2016-9244)"},
	{"robot", "ROBOT"},
	{"drown", "DROWN (CVE-2016-0800)"},
	{"poodletls", "POODLE over TLS (CVE-2014-8730)"},
	{"zombiepoodle", "Zombie POODLE"},
	{"goldendoodle", "GOLDENDOODLE"},
	{"zerolength", "zero-length padding oracle (CVE-2019-1559)"},
	{"luckyminus20", "padding oracle of CVE-2016-2107"},
}

func (a *assessment) faults() {
	for _, fault := range faults {
		id := "encryption." + fault.name
		switch v, judged := a.Verdicts[id]; {
		case judged && v.Outcome == rule.Failed:
			a.cap("F", id, "vulnerable to "+fault.because)
		case judged && (v.Outcome == rule.Passed || v.Outcome == rule.NotApplies):
		case judged:
			a.doubted("F", fmt.Sprintf("%s (%s)", fault.because, v.Says))
		default:
			a.doubted("F", fault.because+" (not tested by this version)")
		}
	}
}
