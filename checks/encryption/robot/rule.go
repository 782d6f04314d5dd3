// Package robot finds targets that tell whether they could decrypt an RSA message
// (ROBOT), by which recorded traffic can be opened.
package robot

import (
	"fmt"
	"slices"

	"middlebrick/checks/encryption/internal/oracle"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.robot.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.robot",
	Title:    "Recorded traffic can be decrypted with the server's help (ROBOT)",
	Severity: rule.Critical,
	CWE:      []rule.CWE{203, 327},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1", "6.3.3"},
	Cites:    []rule.Cite{rule.Document("ROBOT"), rule.RFC(5246, "7.4.7.1"), rule.RFC(9325, "4.1")},
	Cap:      rule.Band{Low: 0, High: 20, From: rule.Critical},
}, observe.RSAOracle, judge)

const asked = "RSA key exchange with wrong padding"

// judge needs both ways of asking for a pass; one is enough for a failure.
func judge(seen observe.Reactions) rule.Verdict {
	v := oracle.Judged(asked, group)(seen)
	if v.Outcome != rule.Passed || seen.Spared != "" {
		return v
	}
	for _, name := range []string{observe.RSAFinished, observe.RSAHalted} {
		if !slices.Contains(seen.Groups(), name) {
			return oracle.Unasked(asked, seen)
		}
	}
	return rule.Passf("right and wrong premaster secrets are answered alike, in two ways of asking")
}

func group(seen observe.Reactions, name string) rule.Verdict {
	answers := map[string]observe.Reaction{}
	var refs []observe.Ref
	least, spoke := 2, false
	for _, form := range observe.RSAForms() {
		trial, there := seen.Of(name, form)
		if !there {
			return oracle.Unasked(asked, seen)
		}
		took, steady := trial.Steady()
		if !steady {
			return oracle.Unsteady(trial)
		}
		answers[form], refs, least = took, append(refs, trial.Refs...), min(least, len(trial.Took))
		spoke = spoke || took != observe.NoReply
	}
	right := answers[observe.RSARight]
	wrong := []observe.Reaction{answers[observe.RSAPrefix], answers[observe.RSASeparator], answers[observe.RSAUnseparated]}
	others := append(slices.Clone(wrong), answers[observe.RSAVersion])
	odd := slices.IndexFunc(others, func(took observe.Reaction) bool { return took != right })
	switch {
	case !spoke:
		return rule.Inconclusive("no RSA message was answered at all, right or wrong").BecauseOf(observe.Timeout)
	case odd < 0:
		return rule.Pass().Citing(refs...)
	case least < 2:
		return rule.Inconclusive("RSA messages were answered in different ways, each once only")
	}
	words := fmt.Sprintf("at %s, %s: a right RSA message was answered with: %s; a wrong one with: %s", seen.Version, name, right, others[odd])
	if slices.Equal(slices.Compact(slices.Clone(wrong)), wrong[:1]) {
		return rule.Failf("a weak oracle (an attack takes millions of connections) %s", words).At(seen.Version.String()).As(rule.High).Citing(refs...)
	}
	return rule.Failf("a strong oracle (an attack takes some ten thousand connections) %s", words).At(seen.Version.String()).Citing(refs...)
}
