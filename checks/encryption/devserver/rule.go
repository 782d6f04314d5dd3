// Package devserver finds targets served by a server that was made for
// development.
package devserver

import (
	"middlebrick/checks/encryption/internal/say"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is this detection.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.devserver",
	Title:    "A development server faces the public",
	Severity: rule.Medium,
	CWE:      []rule.CWE{489},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"2.2.6"},
	Cites:    []rule.Cite{rule.Document("WerkzeugServing"), rule.Document("FlaskDeploy")},
}, observe.Recognised, judge)

func judge(seen observe.Stack) rule.Verdict {
	switch {
	case seen.Development == "" && seen.Parts == nil:
		return rule.Inconclusive("no answer was looked at for the software behind it").BecauseOf(observe.Unasked)
	case seen.Development == "":
		return rule.Passf("no development server gave itself away")
	}
	failure := rule.Failf("the answers come from %s, a server made for development", say.Plain(seen.Development)).At("development server")
	if seen.Ref == "" {
		return failure
	}
	return failure.Citing(seen.Ref)
}
