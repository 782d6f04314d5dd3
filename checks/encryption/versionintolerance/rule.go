// Package versionintolerance finds targets that break on a version which they do
// not know, instead of answering with one that they do.
package versionintolerance

import (
	"fmt"

	"middlebrick/checks/encryption/internal/features"
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

// Rule is encryption.versionintolerance.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.versionintolerance",
	Title:    "A hello with a newer version is refused",
	Severity: rule.Medium,
	CWE:      []rule.CWE{757},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(8446, "4.2.1"), rule.RFC(5246, "E.1"), rule.RFC(8446, "D.2")},
}, observe.TLSTolerance, judge)

func judge(seen observe.Tolerance) rule.Verdict {
	if seen.Absent {
		return rule.NotApplicable("the port does not speak TLS")
	}
	if len(seen.Future) == 0 {
		return rule.Inconclusive("no hello with a version of the future was sent").BecauseOf(observe.Unasked)
	}
	var verdicts []rule.Verdict
	for _, future := range seen.Future {
		verdicts = append(verdicts, one(future))
	}
	if sum := rule.All(verdicts...); sum.Outcome != rule.Passed {
		return sum
	}
	return rule.Passf("answered versions that it cannot know with one that it does").Citing(seen.Future[0].Answer.Ref)
}

func one(future observe.Future) rule.Verdict {
	what := fmt.Sprintf("a hello that offers %s in %s, beside what it accepts", future.Offered, future.Field)
	where := future.Offered + " in " + future.Field
	if future.Answer.Accepted() && future.Chosen > tlshello.TLS13 {
		return rule.Failf("answered %s with version %s, which does not exist", what, future.Chosen).At(where).Citing(future.Answer.Ref)
	}
	return features.Takes(what, where, future.Answer)
}
