// Rules share the values that a recording has decoded. None of them changes what
// it reads: judged together, and again, they say what each says alone.

package scan_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"middlebrick/checks"
	"middlebrick/observe"
	"middlebrick/scan"
)

// alone is the recording with nothing decoded yet, and nothing kept that is.
func alone(rec *observe.Recording) *observe.Recording {
	return &observe.Recording{Header: rec.Header, Exchanges: rec.Exchanges, Entries: rec.Entries, End: rec.End}
}

func TestNoRuleChangesWhatItReads(t *testing.T) {
	for _, s := range richTargets {
		rec := s.recorded(t, nil)
		first := marshal(t, scan.Judge(rec, nil))
		for _, want := range [][]byte{marshal(t, scan.Judge(rec, nil)), marshal(t, scan.Judge(alone(rec), nil))} {
			if diff := cmp.Diff(string(want), string(first)); diff != "" {
				t.Errorf("%s (-again or alone +first):\n%s", s.quirk, diff)
			}
		}
		for _, r := range checks.Rules() {
			want, got := r.Judge(alone(rec)), r.Judge(rec)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: %s (-alone +after all others):\n%s", s.quirk, r.ID, diff)
			}
		}
		unchanged(t, rec, observe.TLSVersions)
		unchanged(t, rec, observe.TLSSuites)
		unchanged(t, rec, observe.TLSGroups)
		unchanged(t, rec, observe.Certificates)
		unchanged(t, rec, observe.SecurePages)
		unchanged(t, rec, observe.PlainPages)
		unchanged(t, rec, observe.SetCookies)
		unchanged(t, rec, observe.Recognised)
	}
}

// unchanged holds the value that all rules have had in hand to its own bytes.
func unchanged[T any](t *testing.T, rec *observe.Recording, key observe.Key[T]) {
	t.Helper()
	shared, _, gap := observe.Get(rec, key)
	if gap != nil {
		return
	}
	got, err := json.Marshal(shared)
	if err != nil {
		t.Fatal(err)
	}
	fresh, _, _ := observe.Get(alone(rec), key)
	want, err := json.Marshal(fresh)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s was changed by who read it (-recorded +now):\n%s", key.Name(), diff)
	}
}
