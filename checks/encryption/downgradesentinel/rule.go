// Package downgradesentinel finds targets that speak TLS 1.3 and leave the mark
// out by which clients notice that somebody talked them down from it.
package downgradesentinel

import (
	"middlebrick/checks/encryption/internal/features"
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

// Rule is encryption.downgradesentinel.
var Rule = rule.On2(rule.Meta{
	ID:       "encryption.downgradesentinel",
	Title:    "A downgrade from TLS 1.3 leaves no mark",
	Severity: rule.Medium,
	CWE:      []rule.CWE{757},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(8446, "4.1.3"), rule.RFC(8446, "E.1")},
}, observe.TLSVersions, observe.TLSFeatures, judge)

var question = features.Question{
	From: tlshello.TLS10, To: tlshello.TLS12,
	Bad:    unmarked,
	Saw:    "speaks TLS 1.3 and answered at %s with a random that does not say so",
	Where:  "downgrade sentinel",
	Passes: "answers at older versions bear the mark",
	Beyond: "TLS 1.3 is accepted, and no older version with such a mark",
}

// unmarked compares with the mark of the version: "DOWNGRD" and 1 for TLS 1.2, and
// 0 for what is older (RFC 8446 section 4.1.3).
func unmarked(version tlshello.Version, f observe.HelloFeatures) bool {
	want := tlshello.TLS11
	if version == tlshello.TLS12 {
		want = version
	}
	return f.DowngradeSentinel != want.String()
}

func judge(seen observe.Versions, found observe.Features) rule.Verdict {
	answer := seen[tlshello.TLS13]
	switch {
	case answer.Refused():
		return rule.NotApplicable("TLS 1.3 is refused, so there is nothing to be talked down from")
	case !answer.Accepted():
		return features.Unclear("a hello of TLS 1.3", answer)
	}
	return question.Judge(seen, found)
}
