// Package fallbackscsv finds targets that let a client be talked down to an older
// version without a word.
package fallbackscsv

import (
	"fmt"

	"middlebrick/checks/encryption/internal/features"
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

// Rule is encryption.fallbackscsv.
var Rule = rule.On2(rule.Meta{
	ID:       "encryption.fallbackscsv",
	Title:    "A forced fallback to an older version is not refused",
	Severity: rule.Low,
	CWE:      []rule.CWE{757},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(7507, "3"), rule.RFC(9325, "3.1.3"), rule.Document("POODLE")},
}, observe.TLSVersions, observe.TLSFallback, judge)

func judge(seen observe.Versions, fallback observe.Fallback) rule.Verdict {
	answer := fallback.Answer
	switch {
	case fallback.Absent:
		return rule.NotApplicable("the port does not speak TLS")
	case fallback.Single:
		return rule.NotApplicable(fmt.Sprintf("only %s is accepted, so there is nothing to fall back to", fallback.Newest))
	case answer.Refused():
		return rule.Passf("refused a fallback from %s to %s: %s", fallback.Newest, fallback.Offered, answer.Detail).Citing(answer.Ref)
	case !answer.Accepted():
		return features.Unclear("a hello with TLS_FALLBACK_SCSV", answer)
	}
	return rule.Failf("accepted a fallback from %s to %s that was marked as one%s", fallback.Newest, fallback.Offered, reach(seen)).
		At("fallback").As(severity(seen)).Citing(answer.Ref)
}

// severity is how far down the client can be talked: to SSLv3 and POODLE, to TLS
// 1.0 and 1.1, or to TLS 1.2, where clients of TLS 1.3 have the mark of RFC 8446
// section 4.1.3 as well.
func severity(seen observe.Versions) rule.Severity {
	switch {
	case seen[tlshello.SSL3].Accepted():
		return rule.Medium
	case seen[tlshello.TLS10].Accepted(), seen[tlshello.TLS11].Accepted():
		return rule.Low
	}
	return rule.Info
}

func reach(seen observe.Versions) string {
	if seen[tlshello.SSL3].Accepted() {
		return "; SSLv3, at the bottom of it, is broken"
	}
	return ""
}
