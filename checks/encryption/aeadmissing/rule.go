// Package aeadmissing finds targets that accept TLS 1.2 without any suite of authenticated
// encryption.
package aeadmissing

import (
	"fmt"

	"middlebrick/checks/encryption/internal/offered"
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

// Rule is encryption.aeadmissing.
var Rule = rule.On2(rule.Meta{
	ID:       "encryption.aeadmissing",
	Title:    "TLS 1.2 is accepted without authenticated encryption",
	Severity: rule.Medium,
	CWE:      []rule.CWE{327},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(9325, "4.2"), rule.RFC(5246, "6.2.3.3"), rule.Document("LUCKY13")},
}, observe.TLSVersions, observe.TLSSuites, judge)

func judge(seen observe.Versions, suites observe.Suites) rule.Verdict {
	var refs []observe.Ref
	for _, one := range suites.Versions[tlshello.TLS12].Suites {
		if one.Suite.AEAD() && !one.Suite.Anonymous() {
			return rule.Passf("accepted %s at TLS 1.2", one.Suite).Citing(one.Ref)
		}
		refs = append(refs, one.Ref)
	}
	instead, offers := offered.Enumerated(tlshello.TLS12, seen, suites)
	switch {
	case offers && len(refs) == 1:
		return failure("accepted one suite at TLS 1.2, without authenticated encryption", seen).Citing(refs...)
	case offers:
		return failure(fmt.Sprintf("accepted %d suites at TLS 1.2, none of them with authenticated encryption", len(refs)), seen).Citing(refs...)
	case instead.Outcome == rule.Passed:
		return rule.NotApplicable("TLS 1.2 is not accepted: TLS 1.3 has no other encryption, and older versions have none such")
	}
	return instead
}

func failure(saw string, seen observe.Versions) rule.Verdict {
	if seen[tlshello.TLS13].Accepted() {
		saw += "; only clients of TLS 1.3 are given it"
	}
	return rule.Failf("%s", saw).At(tlshello.TLS12.String())
}
