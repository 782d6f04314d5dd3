// The gate as a table, and its laws.

package cli

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"middlebrick/report"
	"middlebrick/report/render"
	"middlebrick/rule"
)

func num(n int) *int { return &n }

// judged is a complete report with that score, and one open high finding.
func judged(score *int) report.Report {
	return report.Report{
		Status: report.Completed, Overall: score, Withheld: map[bool]string{true: "a rule that can cap the grade got no answer"}[score == nil],
		Coverage:   report.Coverage{Ran: 46, Planned: 48, Inconclusive: 2},
		Categories: map[string]*int{"Encryption": score, "SSRF": nil},
		Findings: []report.Finding{
			{Rule: "encryption.tls10", Severity: rule.High, State: "open"},
			{Rule: "encryption.plainhttp", Severity: rule.Critical, State: "accepted"},
		},
		NotTested: []report.NotTested{{Rule: "a.b"}, {Rule: "a.c"}},
	}
}

func with(r report.Report, change func(*report.Report)) report.Report {
	change(&r)
	return r
}

func TestGate(t *testing.T) {
	failed := with(judged(nil), func(r *report.Report) { r.Status, r.Findings = report.Failed, nil })
	cut := with(judged(num(90)), func(r *report.Report) { r.Status = report.Interrupted })
	many := with(judged(num(90)), func(r *report.Report) {
		for _, id := range []string{"a.a", "a.b", "a.c", "a.d"} {
			r.Findings = append(r.Findings, report.Finding{Rule: id, Severity: rule.Low, State: "open"}, report.Finding{Rule: id, Severity: rule.Low})
		}
	})
	odd := with(judged(num(90)), func(r *report.Report) { r.Findings[0].Severity = "dreadful" })
	for name, row := range map[string]struct {
		gate   gate
		report report.Report
		want   render.Gate
	}{
		"no gate":                  {gate{}, judged(num(0)), render.Gate{Outcome: "none", Reasons: []string{"set one with --threshold 80 or --fail-on high"}}},
		"no gate and no score":     {gate{}, judged(nil), render.Gate{Outcome: "no verdict", Reasons: []string{"no score was given: a rule that can cap the grade got no answer"}, Exit: 3}},
		"no gate and unreachable":  {gate{}, failed, render.Gate{Outcome: "no verdict", Reasons: []string{"the target could not be reached"}, Exit: 3}},
		"no gate and cut short":    {gate{}, cut, render.Gate{Outcome: "no verdict", Reasons: []string{"the scan did not come to its end"}, Exit: 3}},
		"at the threshold":         {gate{threshold: num(80)}, judged(num(80)), render.Gate{Outcome: "pass", Reasons: []string{"score 80 >= threshold 80"}}},
		"below the threshold":      {gate{threshold: num(80)}, judged(num(79)), render.Gate{Outcome: "fail", Reasons: []string{"score 79 < threshold 80"}, Exit: 1}},
		"threshold 0 and score 0":  {gate{threshold: num(0)}, judged(num(0)), render.Gate{Outcome: "pass", Reasons: []string{"score 0 >= threshold 0"}}},
		"threshold 0 and no score": {gate{threshold: num(0)}, judged(nil), render.Gate{Outcome: "no verdict", Reasons: []string{"no score was given: a rule that can cap the grade got no answer", "score has no score to hold against threshold 0"}, Exit: 3}},
		"one check below":          {gate{checks: []checkMinimum{{"Encryption", 81}}}, judged(num(80)), render.Gate{Outcome: "fail", Reasons: []string{"Encryption 80 < threshold 81"}, Exit: 1}},
		"a check without a score":  {gate{checks: []checkMinimum{{"SSRF", 0}}}, judged(num(80)), render.Gate{Outcome: "no verdict", Reasons: []string{"SSRF has no score to hold against threshold 0"}, Exit: 3}},
		"no verdict beats failure": {gate{threshold: num(90), checks: []checkMinimum{{"SSRF", 0}}}, judged(num(80)), render.Gate{Outcome: "no verdict", Reasons: []string{"score 80 < threshold 90", "SSRF has no score to hold against threshold 0"}, Exit: 3}},
		"a finding of the kind":    {gate{failOn: rule.High}, judged(num(80)), render.Gate{Outcome: "fail", Reasons: []string{"high or worse: encryption.tls10"}, Exit: 1}},
		"accepted findings left":   {gate{failOn: rule.Critical}, judged(num(80)), render.Gate{Outcome: "pass", Reasons: []string{"no finding is critical or worse (2 rules not tested)"}}},
		"many findings":            {gate{failOn: rule.Info}, many, render.Gate{Outcome: "fail", Reasons: []string{"info or worse: encryption.tls10, a.a, a.b and 2 more"}, Exit: 1}},
		"a severity of the future": {gate{failOn: rule.Critical}, odd, render.Gate{Outcome: "fail", Reasons: []string{"critical or worse: encryption.tls10"}, Exit: 1}},
		"coverage is not rounded":  {gate{minCoverage: num(96)}, judged(num(80)), render.Gate{Outcome: "no verdict", Reasons: []string{"46 of 48 rules answered, less than 96 %"}, Exit: 3}},
		"coverage is enough":       {gate{minCoverage: num(95)}, judged(num(80)), render.Gate{Outcome: "pass", Reasons: []string{"46 of 48 rules answered, at least 95 %"}}},
		"coverage of nothing": {gate{minCoverage: num(1)}, with(judged(num(80)), func(r *report.Report) { r.Coverage = report.Coverage{} }),
			render.Gate{Outcome: "no verdict", Reasons: []string{"0 of 0 rules answered, less than 1 %"}, Exit: 3}},
	} {
		if diff := cmp.Diff(row.want, row.gate.judge(row.report)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestAMissingScoreNeverPasses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := anyGate(t)
		r := judged(nil)
		r.Findings = nil
		r.Status = rapid.SampledFrom([]report.Status{report.Completed, report.Failed, report.Interrupted}).Draw(t, "status")
		if got := g.judge(r); got.Exit != exitNoVerdict {
			t.Fatalf("%+v gives %+v", g, got)
		}
	})
}

func anyGate(t *rapid.T) gate {
	maybe := func(label string) *int {
		if rapid.Bool().Draw(t, label) {
			return nil
		}
		return num(rapid.IntRange(0, 100).Draw(t, label+" value"))
	}
	return gate{
		threshold: maybe("threshold"), minCoverage: maybe("coverage"),
		failOn: rapid.SampledFrom(append(rule.Severities(), "")).Draw(t, "fail on"),
	}
}

func TestAHigherThresholdNeverPassesMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := judged(num(rapid.IntRange(0, 100).Draw(t, "score")))
		low := rapid.IntRange(0, 100).Draw(t, "low")
		high := rapid.IntRange(low, 100).Draw(t, "high")
		if (gate{threshold: &high}).judge(r).Exit == exitPassed && (gate{threshold: &low}).judge(r).Exit != exitPassed {
			t.Fatalf("score %d passes %d and not %d", *r.Overall, high, low)
		}
	})
}

func TestTheOrderOfExitCodes(t *testing.T) {
	for _, row := range [][3]int{{4, 4, 2}, {4, 1, 4}, {2, 2, 3}, {3, 3, 1}, {3, 1, 3}, {1, 1, 0}, {0, 0, 0}} {
		if got := worst(row[1], row[2]); got != row[0] {
			t.Errorf("worst(%d, %d) = %d, want %d", row[1], row[2], got, row[0])
		}
	}
}
