// Package hstsmissing finds targets that never tell browsers to come back over
// https only.
package hstsmissing

import (
	"fmt"

	"middlebrick/checks/encryption/internal/hsts"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is this detection.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.hstsmissing",
	Title:    "No HSTS header over https",
	Severity: rule.High,
	CWE:      []rule.CWE{319, 523},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(6797, "7.1"), rule.RFC(6797, "2.3.1"), rule.RFC(9325, "3.2")},
}, observe.SecureHSTS, judge)

func judge(seen observe.HSTS) rule.Verdict {
	answers, otherwise, ok := hsts.Telling(seen, "https")
	if !ok {
		return otherwise
	}
	for _, answer := range answers {
		switch {
		case answer.HSTS.Valid:
			return rule.Passf("https answers carry %s", hsts.Header)
		case answer.HSTS.Present:
			return rule.NotApplicable("the header is there and browsers ignore it: encryption.hstsinvalid says why")
		}
	}
	return rule.Failf("%s", sentence(len(answers))).At(hsts.Header).Citing(hsts.Refs(answers)...)
}

func sentence(answers int) string {
	if answers == 1 {
		return "the https answer that was read carries no " + hsts.Header
	}
	return fmt.Sprintf("none of %d https answers carries %s", answers, hsts.Header)
}
