// Package debugger finds Werkzeug's interactive debugger in public.
package debugger

import (
	"fmt"

	"middlebrick/checks/encryption/internal/say"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is this detection.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.debugger",
	Title:    "Werkzeug's debugger answers",
	Severity: rule.Critical,
	CWE:      []rule.CWE{489, 215},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"2.2.6"},
	Cites:    []rule.Cite{rule.Document("WerkzeugDebug"), rule.Document("FlaskDeploy")},
	Cap:      rule.Band{Low: 0, High: 20, From: rule.Critical},
}, observe.DebugPages, judge)

func judge(seen observe.Debuggers) rule.Verdict {
	var places say.Places
	unanswered := ""
	for _, asked := range seen.Asked {
		if asked.Found {
			places.Add("debugger", fmt.Sprintf("%s answered %d with the style sheet of Werkzeug's debugger", say.Bare(asked.URL), asked.Status), "", asked.Ref)
		}
		if !say.Answered(asked.Status) {
			unanswered = asked.URL
		}
	}
	if failure, failed := places.Failed(); failed {
		return failure
	}
	switch {
	case len(seen.Asked) == 0:
		return rule.Inconclusive("the debugger's style sheet was asked for nowhere").BecauseOf(observe.Unasked)
	case unanswered != "":
		return rule.Inconclusive("asked for the debugger's style sheet, " + say.Bare(unanswered) + " gave no answer that tells")
	}
	return rule.Passf("the debugger's style sheet is not there")
}
