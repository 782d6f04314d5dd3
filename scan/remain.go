// The score as if some findings were mended.

package scan

import (
	"middlebrick/checks"
	"middlebrick/observe"
	"middlebrick/report"
	"middlebrick/rule"
)

// Remain judges the recording again as if the findings of those ids were mended,
// and gives the score that is left.
func Remain(rec *observe.Recording, mended map[string]bool) report.Remainder {
	var results []rule.Result
	for _, r := range checks.Rules() {
		results = append(results, rule.Result{Meta: r.Meta, Verdict: r.Judge(rec), Severity: r.Meta.Severity})
	}
	return report.Remain(rec, results, catalogue(), mended)
}
