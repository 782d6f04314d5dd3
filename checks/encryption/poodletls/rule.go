// Package poodletls finds targets that do not look at the padding of an encrypted
// record (POODLE over TLS, CVE-2014-8730).
package poodletls

import (
	"slices"

	"middlebrick/checks/encryption/internal/oracle"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.poodletls.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.poodletls",
	Title:    "The padding of encrypted records is not checked (POODLE over TLS)",
	Severity: rule.High,
	CWE:      []rule.CWE{354, 203},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1", "6.3.3"},
	Cites:    []rule.Cite{rule.Document("POODLETLS"), rule.RFC(5246, "6.2.3.2")},
}, observe.CBCOracle, oracle.Judged(asked, judge))

const asked = "a record with wrong padding"

func judge(seen observe.Reactions, group string) rule.Verdict {
	answers := map[string]observe.Reaction{}
	var refs []observe.Ref
	for _, form := range []string{observe.CBCSound, observe.CBCMAC, observe.CBCPadding} {
		trial, there := seen.Of(group, form)
		if !there {
			return oracle.Unasked(asked, seen)
		}
		took, steady := trial.Steady()
		if !steady {
			return oracle.Unsteady(trial)
		}
		answers[form], refs = took, append(refs, trial.Refs...)
	}
	padding, _ := seen.Of(group, observe.CBCPadding)
	switch sound := answers[observe.CBCSound]; {
	case answers[observe.CBCMAC] == observe.Served:
		return rule.Inconclusive("a record with a wrong MAC was followed by data, too, so that data says nothing")
	case answers[observe.CBCPadding] == observe.NoReply:
		return rule.Inconclusive("a record with wrong padding was not answered").BecauseOf(observe.Timeout)
	case answers[observe.CBCPadding] == observe.Served && len(padding.Took) < 2:
		return rule.Inconclusive("a record with wrong padding was taken, but sent once only")
	case answers[observe.CBCPadding] == observe.Served:
		return rule.Failf("took a record with wrong padding for a sound one at %s with %s", seen.Version, group).
			At(oracle.Where(seen, group)).Citing(slices.Clip(refs)...)
	case sound != observe.Served && sound == answers[observe.CBCPadding]:
		return rule.Inconclusive("a sound record was answered like a broken one, which says nothing")
	}
	return rule.Passf("a record with wrong padding is refused with: %s", answers[observe.CBCPadding])
}
