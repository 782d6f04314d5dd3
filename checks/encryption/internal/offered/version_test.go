// The laws of judging versions, over every combination of answers.

package offered

import (
	"testing"

	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

var results = []observe.Result{"", observe.Accepted, observe.Denied, observe.Silent, observe.Absent}

// every calls try with each combination of answers to three versions.
func every(try func(seen observe.Versions)) {
	for _, a := range results {
		for _, b := range results {
			for _, c := range results {
				try(observe.Versions{
					tlshello.TLS10: {Result: a, Ref: "tls/0001"},
					tlshello.TLS12: {Result: b, Ref: "tls/0002"},
					tlshello.TLS13: {Result: c, Ref: "tls/0003"},
				})
			}
		}
	}
}

func TestVersionFailsOnlyWhenAcceptedAndPassesOnlyBesideAnother(t *testing.T) {
	every(func(seen observe.Versions) {
		want := rule.Inconcluded
		switch seen[tlshello.TLS10].Result {
		case observe.Accepted:
			want = rule.Failed
		case observe.Absent:
			want = rule.NotApplies
		case observe.Denied:
			if seen[tlshello.TLS12].Accepted() || seen[tlshello.TLS13].Accepted() {
				want = rule.Passed
			}
		}
		if got := Version(tlshello.TLS10)(seen); got.Outcome != want {
			t.Errorf("%v is judged %s, want %s", seen, got.Outcome, want)
		}
	})
}

func TestMissingFailsOnlyWhenRefusedBesideAnOlderOne(t *testing.T) {
	every(func(seen observe.Versions) {
		old, twelve, thirteen := seen[tlshello.TLS10], seen[tlshello.TLS12], seen[tlshello.TLS13]
		want := rule.Inconcluded
		switch {
		case twelve.Accepted() || thirteen.Accepted():
			want = rule.Passed
		case twelve.Refused() && thirteen.Refused() && old.Accepted():
			want = rule.Failed
		case twelve.Absent() || (twelve.Refused() && thirteen.Absent()):
			want = rule.NotApplies
		}
		if got := Missing(tlshello.TLS12, tlshello.TLS13)(seen); got.Outcome != want {
			t.Errorf("%v is judged %s, want %s", seen, got.Outcome, want)
		}
	})
}

func TestVersionNeverAskedIsInconclusive(t *testing.T) {
	v := Version(tlshello.SSL3)(observe.Versions{tlshello.TLS12: {Result: observe.Accepted}})
	if v.Outcome != rule.Inconcluded || v.Why != observe.Unasked || v.Says != "an SSLv3 hello was not sent" {
		t.Errorf("the verdict is %s: %s", v.Outcome, v.Says)
	}
}

func TestReasonOfSilenceIsKept(t *testing.T) {
	v := Version(tlshello.TLS10)(observe.Versions{
		tlshello.TLS10: {Result: observe.Silent, Why: observe.Throttled, Detail: "the target stopped answering"},
	})
	if v.Why != observe.Throttled || v.Says != "no clear answer to a TLS 1.0 hello: the target stopped answering" {
		t.Errorf("the verdict is inconclusive because of %q: %s", v.Why, v.Says)
	}
}
