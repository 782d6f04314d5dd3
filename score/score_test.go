// The laws of the score, each as a property, and one golden for the model.

package score

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"middlebrick/rule"
)

var outcomes = []rule.Outcome{rule.Passed, rule.Failed, rule.NotApplies, rule.Inconcluded}

func anyResult(t *rapid.T, i int) rule.Result {
	severity := rapid.SampledFrom(rule.Severities()).Draw(t, "severity")
	r := rule.Result{
		Meta:     rule.Meta{ID: fmt.Sprintf("check.r%02d", i), Severity: severity},
		Verdict:  rule.Verdict{Outcome: rapid.SampledFrom(outcomes).Draw(t, "outcome")},
		Severity: severity,
	}
	if rapid.IntRange(0, 4).Draw(t, "caps") == 0 {
		low := rapid.IntRange(0, 50).Draw(t, "low")
		r.Meta.Cap = rule.Band{Low: low, High: low + rapid.IntRange(1, 20).Draw(t, "width"), From: rule.High}
	}
	return r
}

func anyResults(t *rapid.T) []rule.Result {
	results := make([]rule.Result, rapid.IntRange(1, 30).Draw(t, "n"))
	for i := range results {
		results[i] = anyResult(t, i)
	}
	return results
}

func TestOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		results := anyResults(t)
		shuffled := rapid.Permutation(results).Draw(t, "order")
		if diff := cmp.Diff(Of(results), Of(shuffled), cmp.AllowUnexported(Score{})); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestOneMoreFailureNeverRaisesTheScore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		results := anyResults(t)
		i := rapid.IntRange(0, len(results)-1).Draw(t, "which")
		results[i].Verdict = rule.Pass()
		before := Of(results)
		results[i].Verdict = rule.Failf("now it fails")
		after := Of(results)
		if before.OK() && after.OK() && after.Value > before.Value {
			t.Fatalf("failing %s raised the score from %d to %d", results[i].Meta.ID, before.Value, after.Value)
		}
	})
}

func TestDoubtNeverRaisesTheScore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		results := anyResults(t)
		i := rapid.IntRange(0, len(results)-1).Draw(t, "which")
		results[i].Verdict = rule.Pass()
		before := Of(results)
		results[i].Verdict = rule.Inconclusive("no answer")
		after := Of(results)
		if before.OK() && after.OK() && after.Value > before.Value {
			t.Fatalf("doubt about %s raised the score from %d to %d", results[i].Meta.ID, before.Value, after.Value)
		}
	})
}

func TestDoubtAboutACapWithholdsTheScore(t *testing.T) {
	results := make([]rule.Result, 10)
	for i := range results {
		results[i] = rule.Result{Meta: rule.Meta{ID: fmt.Sprintf("check.r%d", i)}, Verdict: rule.Pass(), Severity: rule.High}
	}
	results[3].Meta.Cap = rule.Band{Low: 0, High: 20, From: rule.High}
	if s := Of(results); !s.OK() || s.Value != 100 {
		t.Fatalf("all passed: %+v", s)
	}
	results[3].Verdict = rule.Inconclusive("no answer")
	if s := Of(results); s.OK() {
		t.Fatalf("a rule that could cap was inconclusive, and a score was given: %+v", s)
	}
}

// TestCapThatMostScansCannotTellHoldsOnlyWhereItWasSeen: nobody was asked whether
// the certificate was revoked, and a score is given all the same; a revoked one
// caps it.
func TestCapThatMostScansCannotTellHoldsOnlyWhereItWasSeen(t *testing.T) {
	results := make([]rule.Result, 10)
	for i := range results {
		results[i] = rule.Result{Meta: rule.Meta{ID: fmt.Sprintf("check.r%d", i)}, Verdict: rule.Pass(), Severity: rule.High}
	}
	results[3].Meta.Cap = rule.Band{Low: 0, High: 20, From: rule.High, IfSeen: true}
	results[3].Verdict = rule.Inconclusive("nobody was asked")
	if s := Of(results); !s.OK() || s.Value != 100 || s.Inconclusive != 1 {
		t.Errorf("nobody was asked: %+v", s)
	}
	results[3].Verdict = rule.Failf("revoked")
	if s := Of(results); !s.OK() || s.Value > 20 || s.CappedBy != "check.r3" {
		t.Errorf("revoked: %+v", s)
	}
}

func TestTooLittleLookedAtIsNoScore(t *testing.T) {
	results := make([]rule.Result, 9)
	for i := range results {
		results[i] = rule.Result{Meta: rule.Meta{ID: fmt.Sprintf("check.r%d", i)}, Verdict: rule.Pass()}
		if i >= 5 {
			results[i].Verdict = rule.Inconclusive("no answer")
		}
	}
	if s := Of(results); s.OK() {
		t.Fatalf("5 of 9 answered gave a score: %+v", s)
	}
}

// TestModelOne is the golden of this model: changing any number below needs a
// new model version.
func TestModelOne(t *testing.T) {
	fail := func(id string, s rule.Severity, cap rule.Band) rule.Result {
		return rule.Result{Meta: rule.Meta{ID: id, Severity: s, Cap: cap}, Verdict: rule.Failf("x"), Severity: s}
	}
	results := []rule.Result{
		fail("e.plainhttp", rule.Critical, rule.Band{Low: 0, High: 20, From: rule.Critical}),
		fail("e.hstsmissing", rule.High, rule.Band{}),
		fail("e.statickey", rule.Medium, rule.Band{}),
		fail("e.notls13", rule.Low, rule.Band{}),
		{Meta: rule.Meta{ID: "e.rc4"}, Verdict: rule.Pass()},
		fail("e.nopq", rule.Info, rule.Band{}),
	}
	want := Score{Value: 10, Uncapped: 49, CappedBy: "e.plainhttp", Ran: 6, Planned: 6}
	terms := []Term{
		{"start", 0, 100},
		{"e.plainhttp (critical takes 30 %)", -30, 70},
		{"e.hstsmissing (high takes 20 %)", -14, 56},
		{"e.statickey (medium takes 11 %)", -6, 50},
		{"e.notls13 (low takes 2 %)", -1, 49},
		{"e.nopq (info takes 0 %)", 0, 49},
		{"capped by e.plainhttp: 0 + 20 × 49/100", -39, 10},
	}
	if diff := cmp.Diff(want, Of(results), cmpopts.IgnoreUnexported(Score{})); diff != "" || Model != "1" {
		t.Errorf("model %s (-want +got):\n%s", Model, diff)
	}
	if diff := cmp.Diff(terms, Of(results).Terms()); diff != "" {
		t.Errorf("arithmetic (-want +got):\n%s", diff)
	}
	total := Overall([]Part{{Weight: 15, Score: Of(results), Results: results}, {Weight: 10}}, true)
	if diff := cmp.Diff(Total{Value: 10, CappedBy: "e.plainhttp", Uncapped: 49, Assessed: 60}, total); diff != "" {
		t.Errorf("overall (-want +got):\n%s", diff)
	}
}

func TestOpenFindingsCapTheTotal(t *testing.T) {
	good := Score{Value: 98, Uncapped: 98, Planned: 1}
	for _, row := range []struct {
		severity rule.Severity
		readable bool
		want     int
	}{
		{rule.Critical, false, 39}, {rule.High, true, 59}, {rule.High, false, 79}, {rule.Medium, false, 98}, {rule.Medium, true, 59},
	} {
		open := rule.Result{Meta: rule.Meta{ID: "a.b"}, Verdict: rule.Failf("x"), Severity: row.severity}
		got := Overall([]Part{{Weight: 15, Score: good, Results: []rule.Result{open}}}, row.readable)
		if got.Value != row.want {
			t.Errorf("open %s, readable %v: %d, want %d", row.severity, row.readable, got.Value, row.want)
		}
	}
}
