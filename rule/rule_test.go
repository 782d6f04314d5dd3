// Tests of what makes a rule of a judge: gaps, evidence, faults.

package rule

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"middlebrick/observe"
)

// recording holds one entry for each pair of key and value; a nil value is a
// gap.
func recording(t *testing.T, refs map[string][]observe.Ref, values map[string]any) *observe.Recording {
	t.Helper()
	rec := &observe.Recording{Entries: map[string]observe.Entry{}, End: &observe.End{}}
	for key, value := range values {
		entry := observe.Entry{Key: key, From: refs[key]}
		if value == nil {
			entry.Gap = &observe.Gap{Why: observe.Timeout, Detail: "no answer"}
		} else {
			raw, err := json.Marshal(value)
			if err != nil {
				t.Fatal(err)
			}
			entry.Value = raw
		}
		rec.Entries[key] = entry
	}
	return rec
}

var (
	ports = observe.Ports
	stack = observe.Recognised
	hsts  = observe.Preloaded
)

func failing(observe.Services, observe.Stack) Verdict { return Failf("seen").At("here") }

func TestGapMakesInconclusiveForItsReason(t *testing.T) {
	judged := false
	r := On3(Meta{}, ports, stack, hsts, func(observe.Services, observe.Stack, observe.Preload) Verdict { judged = true; return Pass() })
	for _, missing := range r.Needs {
		values := map[string]any{ports.Name(): observe.Services{}, stack.Name(): observe.Stack{}, hsts.Name(): observe.Preload{}}
		values[missing] = nil
		got := r.Judge(recording(t, map[string][]observe.Ref{missing: {"tcp/0001"}}, values))
		want := Verdict{Outcome: Inconcluded, Says: "no answer", Why: observe.Timeout, Refs: []observe.Ref{"tcp/0001"}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("with a gap for %s (-want +got):\n%s", missing, diff)
		}
	}
	if judged {
		t.Error("the judge was asked although an observation was missing")
	}
}

func TestBrokenJudgeIsOurFaultAndNoFailure(t *testing.T) {
	r := On(Meta{}, ports, func(observe.Services) Verdict { panic("index out of range") })
	got := r.Judge(recording(t, nil, map[string]any{ports.Name(): observe.Services{}}))
	if got.Outcome != Inconcluded || got.Why != observe.Fault || len(got.Places) != 0 {
		t.Errorf("the verdict is %+v; a judge that breaks must be inconclusive as our fault", got)
	}
}

func TestFailureRestsOnTheObservationsUnlessItCites(t *testing.T) {
	refs := map[string][]observe.Ref{ports.Name(): {"tcp/0001"}, stack.Name(): {"http/0001", "http/0002"}}
	rec := recording(t, refs, map[string]any{ports.Name(): observe.Services{}, stack.Name(): observe.Stack{}})
	all := []observe.Ref{"tcp/0001", "http/0001", "http/0002"}
	want := Verdict{Outcome: Failed, Places: []Place{{Saw: "seen", Where: "here", Refs: all}}, Refs: all}
	if diff := cmp.Diff(want, On2(Meta{}, ports, stack, failing).Judge(rec)); diff != "" {
		t.Errorf("without citing (-want +got):\n%s", diff)
	}
	one := []observe.Ref{"http/0002"}
	citing := On2(Meta{}, ports, stack, func(observe.Services, observe.Stack) Verdict { return Failf("seen").Citing(one...) })
	want = Verdict{Outcome: Failed, Places: []Place{{Saw: "seen", Refs: one}}, Refs: one}
	if diff := cmp.Diff(want, citing.Judge(rec)); diff != "" {
		t.Errorf("citing one (-want +got):\n%s", diff)
	}
}

// A slice with room to spare is what a JSON decoder hands out.
func TestVerdictsDoNotShareTheirEvidence(t *testing.T) {
	roomy := append(make([]observe.Ref, 0, 8), "tcp/0001")
	refs := map[string][]observe.Ref{ports.Name(): roomy, stack.Name(): {"http/0001"}, hsts.Name(): {"http/0009"}}
	rec := recording(t, refs, map[string]any{ports.Name(): observe.Services{}, stack.Name(): observe.Stack{}, hsts.Name(): observe.Preload{}})
	first := On2(Meta{}, ports, stack, failing).Judge(rec)
	On2(Meta{}, ports, hsts, func(observe.Services, observe.Preload) Verdict { return Failf("seen") }).Judge(rec)
	if diff := cmp.Diff([]observe.Ref{"tcp/0001", "http/0001"}, first.Refs); diff != "" {
		t.Errorf("judging another rule changed the first one's evidence (-want +got):\n%s", diff)
	}
}

func TestIDIsCheckAndName(t *testing.T) {
	for _, c := range []struct{ id, check, name string }{
		{"encryption.tls10", "encryption", "tls10"}, {"encryption", "encryption", ""}, {"", "", ""}, {"a.b.c", "a", "b.c"},
	} {
		if m := (Meta{ID: c.id}); m.Check() != c.check || m.Name() != c.name {
			t.Errorf("%q is %q and %q, want %q and %q", c.id, m.Check(), m.Name(), c.check, c.name)
		}
	}
}
