// The laws of comparing, over made-up snapshots, and single stories.

package compare

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"middlebrick/report"
	"middlebrick/rule"
)

// snapshots makes any snapshot: each rule fails at some places, passes, does not
// apply, is not tested or does not exist.
var snapshots = rapid.Custom(func(t *rapid.T) Snapshot {
	s := Snapshot{Schema: SnapshotSchema, Target: "GET https://a.test/", Status: report.Completed, At: time.Unix(rapid.Int64Range(0, 1e9).Draw(t, "at"), 0).UTC()}
	s.Status = rapid.SampledFrom([]report.Status{report.Completed, report.Completed, report.Interrupted, report.Failed}).Draw(t, "status")
	terms, score := []Term{}, 100
	for _, id := range []string{"e.a", "e.b", "e.c", "e.d", "e.e"} {
		switch rapid.IntRange(0, 4).Draw(t, id) {
		case 0:
			s.Passed = append(s.Passed, id)
		case 1:
			s.NotApplicable = append(s.NotApplicable, id)
		case 2:
			s.NotTested = append(s.NotTested, Untested{id, "timeout"})
		case 3:
			for range rapid.IntRange(1, 3).Draw(t, "places") {
				s.Findings = append(s.Findings, Finding{id, rapid.SampledFrom([]string{"x", "y"}).Draw(t, "where"), "title " + id,
					rapid.SampledFrom(rule.Severities()).Draw(t, "severity"), rapid.SampledFrom([]string{"open", "accepted"}).Draw(t, "state")})
			}
			takes := rapid.IntRange(0, 20).Draw(t, "points")
			terms, score = append(terms, Term{id, -takes}), score-takes
		}
	}
	if rapid.Bool().Draw(t, "scored") {
		s.Overall, s.Checks = &score, []Check{{"Encryption", &score, terms}}
	}
	for _, name := range []string{"address", "HSTS"} {
		if rapid.Bool().Draw(t, name) {
			s.Facts = append(s.Facts, one(name, rapid.SampledFrom([]string{"1", "2"}).Draw(t, name+" is")))
		}
	}
	if rapid.Bool().Draw(t, "software") {
		s.Facts = append(s.Facts, set("software", rapid.SliceOfN(rapid.SampledFrom([]string{"nginx", "Flask", "Python"}), 0, 3).Draw(t, "parts")))
	}
	return s
})

func TestEqualReportsDifferInNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := snapshots.Draw(t, "snapshot")
		d := Of(s, s, nil)
		if !d.Still() || len(d.Unchanged) != len(s.Findings) {
			t.Fatalf("%+v", d)
		}
	})
}

// mirrored is a difference seen from the other side.
func mirrored(d Difference) Difference {
	d.Before, d.After = d.After, d.Before
	d.New, d.Fixed = d.Fixed, d.New
	d.Unknown, d.Revealed = d.Revealed, d.Unknown
	d.Unchanged, d.Changed, d.Moves = slices.Clone(d.Unchanged), slices.Clone(d.Changed), slices.Clone(d.Moves)
	for i, item := range d.Unchanged {
		if was := item.Earlier; was != nil {
			d.Unchanged[i].Earlier = &Earlier{item.Severity, item.State}
			d.Unchanged[i].Severity, d.Unchanged[i].State = was.Severity, was.State
		}
	}
	for i, c := range d.Changed {
		d.Changed[i] = Change{c.Fact, c.After, c.Before, c.Lost, c.Gained}
	}
	for i, m := range d.Moves {
		lines := []Line{}
		for _, l := range m.Lines {
			lines = append(lines, Line{l.Name, l.After, l.Before, -l.Change})
		}
		d.Moves[i] = Moved{m.Check, m.After, m.Before, lines}
	}
	return d
}

// ordered puts what may stand in any order into one.
func ordered(d Difference) Difference {
	slices.SortFunc(d.Changed, func(a, b Change) int { return cmp.Compare(a.Fact, b.Fact) })
	slices.SortFunc(d.Unchanged, byEarlier)
	for _, doubts := range [][]Doubt{d.Unknown, d.Revealed} {
		slices.SortFunc(doubts, func(a, b Doubt) int { return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	}
	return d
}

func TestTurningTheReportsAroundTurnsTheDifferenceAround(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := snapshots.Draw(t, "a"), snapshots.Draw(t, "b")
		there, back := ordered(mirrored(Of(a, b, nil))), ordered(Of(b, a, nil))
		if diff := gocmp.Diff(there, back); diff != "" {
			t.Fatal(diff)
		}
	})
}

func byEarlier(a, b Item) int { return cmp.Compare(flat(a), flat(b)) }

func flat(i Item) string {
	if i.Earlier == nil {
		return fmt.Sprint(i.Rule, i.Where, i.Severity, i.State)
	}
	return fmt.Sprint(i.Rule, i.Where, i.Severity, i.State, *i.Earlier)
}

func TestEveryFindingStandsInOneGroup(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := snapshots.Draw(t, "a"), snapshots.Draw(t, "b")
		d := Of(a, b, nil)
		failed := func(doubts []Doubt) (n int) {
			for _, one := range doubts {
				if one.Kind == "finding" {
					n++
				}
			}
			return n
		}
		if got := len(d.Fixed) + len(d.Unchanged) + failed(d.Unknown); got != len(a.Findings) {
			t.Fatalf("%d of the first report's %d findings", got, len(a.Findings))
		}
		if got := len(d.New) + len(d.Unchanged) + failed(d.Revealed); got != len(b.Findings) {
			t.Fatalf("%d of the second report's %d findings", got, len(b.Findings))
		}
	})
}

func TestLinesAddUpToTheMove(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, m := range Of(snapshots.Draw(t, "a"), snapshots.Draw(t, "b"), nil).Moves {
			sum := 0
			for _, line := range m.Lines {
				sum += line.Change
			}
			if sum != m.After-m.Before {
				t.Fatalf("%+v: the lines add up to %d", m, sum)
			}
		}
	})
}

func TestWhatWasNotLookedAtIsNeverFixedOrNew(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := snapshots.Draw(t, "a"), snapshots.Draw(t, "b")
		d := Of(a, b, nil)
		for _, check := range []struct {
			items []Item
			other Snapshot
		}{{d.Fixed, b}, {d.New, a}} {
			for _, item := range check.items {
				if slices.ContainsFunc(check.other.NotTested, func(n Untested) bool { return n.Rule == item.Rule }) {
					t.Fatalf("%+v was not tested on the other side", item)
				}
			}
		}
	})
}

func TestRenamedRuleIsTheSameFinding(t *testing.T) {
	old := Snapshot{Status: report.Completed, Findings: []Finding{{"encryption.old", "leaf", "t", rule.High, "open"}}}
	now := Snapshot{Status: report.Completed, Findings: []Finding{{"encryption.new", "leaf", "t", rule.High, "open"}}}
	d := Of(old, now, Renamed([]rule.Meta{{ID: "encryption.new", Formerly: []string{"encryption.old"}}}))
	if !d.Still() || len(d.Unchanged) != 1 {
		t.Errorf("%+v", d)
	}
}

func TestRuleOfALaterVersionIsNotNew(t *testing.T) {
	old := Snapshot{Status: report.Completed}
	now := Snapshot{Status: report.Completed, Findings: []Finding{{"encryption.later", "leaf", "t", rule.High, "open"}}}
	d := Of(old, now, nil)
	want := []Doubt{{Kind: "finding", Name: "encryption.later", Where: "leaf", Outcome: rule.Failed, Why: "unasked"}}
	if diff := gocmp.Diff(want, d.Revealed); diff != "" || len(d.New) > 0 {
		t.Errorf("%s, new: %v", diff, d.New)
	}
}

// A version that was turned off takes its suites along; a scan that could not see
// it does not.
func TestSuitesOfARefusedVersionAreNoDoubt(t *testing.T) {
	suites := set("TLS 1.0 suites", []string{"TLS_RSA_WITH_AES_128_CBC_SHA"})
	was := Snapshot{Status: report.Completed, Facts: []Fact{one("TLS 1.0", "accepted"), suites}}
	off := Snapshot{Status: report.Completed, Facts: []Fact{one("TLS 1.0", "refused")}}
	d := Of(was, off, nil)
	if diff := gocmp.Diff([]Change{{Fact: "TLS 1.0", Before: "accepted", After: "refused"}}, d.Changed); diff != "" || len(d.Unknown) > 0 {
		t.Errorf("%s, unknown: %v", diff, d.Unknown)
	}
	if d := Of(was, Snapshot{Status: report.Completed}, nil); len(d.Unknown) != 2 || len(d.Changed) > 0 {
		t.Errorf("%+v", d)
	}
}

func TestSnapshotHoldsNoQuery(t *testing.T) {
	r := report.Report{Method: "GET", APIURL: "https://a.test/x?token=hunter2#hunter2", Findings: []report.Finding{{Rule: "e.a", Where: "script http://b.test/y?key=hunter2 (line 3)", Description: "hunter2"}}}
	s := Take(r)
	if s.Target != "GET https://a.test/x" || s.Findings[0].Where != "script http://b.test/y (line 3)" {
		t.Errorf("%+v", s)
	}
}
