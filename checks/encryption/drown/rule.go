// Package drown finds targets whose SSLv2 gives away the traffic of their TLS
// (CVE-2016-0800).
package drown

import (
	"fmt"

	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.drown.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.drown",
	Title:    "SSLv2 opens the traffic of TLS (DROWN)",
	Severity: rule.Critical,
	CWE:      []rule.CWE{327, 203},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1", "6.3.3"},
	Cites:    []rule.Cite{rule.Document("DROWN"), rule.Document("SpecialDROWN"), rule.RFC(6176, "3")},
}, observe.SSL2Keys, judge)

func judge(seen observe.SSL2Key) rule.Verdict {
	switch {
	case seen.Absent:
		return rule.NotApplicable("the port does not speak TLS")
	case seen.SSL2 == observe.Denied:
		return rule.Passf("SSLv2 is refused here; other hosts that hold the same key were not looked at").Citing(seen.Refs...)
	case seen.SSL2 != observe.Accepted:
		return rule.Inconclusive("no clear answer to an SSLv2 hello: " + seen.Detail).BecauseOf(seen.Why)
	case seen.Same == observe.No:
		return rule.Passf("SSLv2 is served with another key than TLS; hosts that share it were not looked at").Citing(seen.Refs...)
	case seen.Bits == 0 || seen.Same == "" && seen.Why != "":
		return rule.Inconclusive("the keys of SSLv2 and of TLS could not be compared: " + seen.Detail).BecauseOf(seen.Why)
	case len(seen.Suites) == 0:
		return rule.Inconclusive("SSLv2 is answered without naming a cipher; OpenSSL before 1.0.1r and 1.0.2f takes one all the same (CVE-2015-3197)")
	}
	return failure(seen).At("SSLv2").Citing(seen.Refs...)
}

func failure(seen observe.SSL2Key) rule.Verdict {
	short := 0
	for _, suite := range seen.Suites {
		if suite.Export() || suite.DES() {
			short++
		}
	}
	says := fmt.Sprintf("serves SSLv2 with %d ciphers, %d of them of 40 or 56 bits, and an RSA key of %d bits", len(seen.Suites), short, seen.Bits)
	if seen.Same == observe.Yes {
		says += " that TLS uses too"
	} else {
		says += "; any TLS server with that key is open to it"
	}
	if seen.ClearKey == observe.Yes {
		says += "; and takes a master key partly in clear (CVE-2016-0703), so that the attack takes a minute"
	}
	v := rule.Failf("%s", says)
	if seen.Same != observe.Yes {
		return v.As(rule.High)
	}
	return v
}
