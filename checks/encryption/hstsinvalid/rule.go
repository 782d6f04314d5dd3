// Package hstsinvalid finds HSTS headers that browsers ignore, or of which they
// read one and not the other.
package hstsinvalid

import (
	"fmt"

	"middlebrick/checks/encryption/internal/hsts"
	"middlebrick/checks/encryption/internal/say"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is this detection.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.hstsinvalid",
	Title:    "The HSTS header is malformed",
	Severity: rule.High,
	CWE:      []rule.CWE{319},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(6797, "6.1"), rule.RFC(6797, "7.1"), rule.RFC(6797, "8.1")},
}, observe.SecureHSTS, judge)

func judge(seen observe.HSTS) rule.Verdict {
	answers, otherwise, ok := hsts.Telling(seen, "https")
	if !ok {
		return otherwise
	}
	var places say.Places
	present := false
	for _, answer := range answers {
		present = present || answer.HSTS.Present
		switch header := answer.HSTS; {
		case header.Present && !header.Valid:
			places.Add(hsts.Header, fmt.Sprintf("browsers cannot rely on %s: %s", say.Quoted(header.Raw), header.Reason), "", answer.Ref)
		case header.Headers > 1:
			places.Add("a second header", fmt.Sprintf("one answer carries the header %d times; browsers read the first, %s",
				header.Headers, say.Quoted(header.Raw)), rule.Low, answer.Ref)
		}
	}
	if failure, failed := places.Failed(); failed {
		return failure
	}
	if !present {
		return rule.NotApplicable("the header is missing: encryption.hstsmissing says so")
	}
	return rule.Passf("the header is written as RFC 6797 section 6.1 has it, once in an answer")
}
