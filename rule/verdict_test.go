// The laws of making one verdict of several.

package rule

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"middlebrick/observe"
)

func TestFailureBeatsDoubtBeatsPassBeatsNotApplicable(t *testing.T) {
	order := []Verdict{NotApplicable("not here"), Passf("fine"), Inconclusive("unclear"), Failf("seen")}
	for i, stronger := range order {
		for _, weaker := range order[:i] {
			got := []Verdict{All(stronger, weaker), All(weaker, stronger)}
			if diff := cmp.Diff([]Verdict{stronger, stronger}, got); diff != "" {
				t.Errorf("%s beside %s (-want +got):\n%s", stronger.Outcome, weaker.Outcome, diff)
			}
		}
	}
}

func TestNothingAtAllIsNotApplicable(t *testing.T) {
	if got := All(); got.Outcome != NotApplies {
		t.Errorf("of no verdicts comes %s", got.Outcome)
	}
}

func TestEveryFailingPlaceIsKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var verdicts []Verdict
		var want []Place
		for _, kind := range rapid.SliceOf(rapid.IntRange(0, 3)).Draw(t, "kinds") {
			switch kind {
			case 0:
				verdicts = append(verdicts, Pass())
			case 1:
				verdicts = append(verdicts, Inconclusive("unclear"))
			case 2:
				verdicts = append(verdicts, NotApplicable("not here"))
			case 3:
				where := rapid.StringMatching(`[a-z]{1,3}`).Draw(t, "where")
				verdicts = append(verdicts, Failf("seen").At(where).Citing(observe.Ref(where)))
				want = append(want, Place{Saw: "seen", Where: where, Refs: []observe.Ref{observe.Ref(where)}})
			}
		}
		if diff := cmp.Diff(want, All(verdicts...).Places); diff != "" {
			t.Fatalf("places (-want +got):\n%s", diff)
		}
	})
}

func TestMakingOneVerdictLeavesTheOthersAlone(t *testing.T) {
	places := append(make([]Place, 0, 4), Place{Saw: "first"})
	first := Verdict{Outcome: Failed, Places: places}
	All(first, Failf("second"))
	other := All(first, Failf("third"))
	if diff := cmp.Diff([]Place{{Saw: "first"}, {Saw: "third"}}, other.Places); diff != "" {
		t.Errorf("places (-want +got):\n%s", diff)
	}
	if again := places[:2][1]; again.Saw != "" {
		t.Errorf("the first verdict's places were written to: %+v", again)
	}
}

func TestWorstIsTheWorstPlaceOrTheRulesOwn(t *testing.T) {
	mild, bad := Failf("a").As(Low), Failf("b").As(Critical)
	for _, c := range []struct {
		verdict Verdict
		want    Severity
	}{
		{Pass(), Medium},
		{Failf("a"), Medium},
		{mild, Low},
		{All(mild, Failf("own")), Medium},
		{All(mild, bad), Critical},
	} {
		if got := c.verdict.Worst(Medium); got != c.want {
			t.Errorf("the worst of %+v is %s, want %s", c.verdict.Places, got, c.want)
		}
	}
}

func TestSeveritiesStandWorstFirst(t *testing.T) {
	all := Severities()
	for i, s := range all {
		if !s.Known() {
			t.Errorf("%s is not known", s)
		}
		for _, milder := range all[i+1:] {
			if !s.AtLeast(milder) || milder.AtLeast(s) {
				t.Errorf("%s must be worse than %s", s, milder)
			}
		}
	}
	if Severity("").Known() || Severity("fatal").Known() {
		t.Error("a word that is no severity is known")
	}
}
