// Acceptances and baselines, as tables and as laws.

package standing

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"middlebrick/report"
)

var now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func id(n int) string { return fmt.Sprintf("%064x", n) }

func until(day string) time.Time {
	ends, err := Ends(day)
	if err != nil {
		panic(err)
	}
	return ends
}

func scanned(findings ...report.Finding) report.Report {
	return report.Report{Status: report.Completed, APIURL: "https://a.test/v1?x=1", Method: "GET", Findings: findings}
}

func open(rule string, n int) report.Finding {
	return report.Finding{ID: id(n), Rule: rule, Where: "port 443", State: report.Open}
}

func TestWhatAnEntryAccepts(t *testing.T) {
	for name, row := range map[string]struct {
		entry    Entry
		accepted bool
		expired  bool
	}{
		"the rule":                    {Entry{Rule: "c.r"}, true, false},
		"another rule":                {Entry{Rule: "c.other"}, false, false},
		"the finding":                 {Entry{Fingerprint: id(171)}, true, false},
		"the finding, in capitals":    {Entry{Fingerprint: strings.ToUpper(id(171))}, true, false},
		"another finding of the rule": {Entry{Rule: "c.r", Fingerprint: id(2)}, false, false},
		"nothing":                     {Entry{}, false, false},
		"the target":                  {Entry{Rule: "c.r", Target: "https://A.test/v1"}, true, false},
		"its host":                    {Entry{Rule: "c.r", Target: "https://a.test"}, true, false},
		"its port, in full":           {Entry{Rule: "c.r", Target: "https://a.test:443/"}, true, false},
		"another path":                {Entry{Rule: "c.r", Target: "https://a.test/v2"}, false, false},
		"another scheme":              {Entry{Rule: "c.r", Target: "http://a.test/v1"}, false, false},
		"another port":                {Entry{Rule: "c.r", Target: "https://a.test:8443/"}, false, false},
		"past":                        {Entry{Rule: "c.r", Until: until("2026-11-22")}, false, true},
		"past, and of another target": {Entry{Rule: "c.r", Until: until("2026-11-22"), Target: "https://b.test"}, false, false},
		"on its last day":             {Entry{Rule: "c.r", Until: until("2026-11-23")}, true, false},
	} {
		if row.entry.Until.IsZero() {
			row.entry.Until = until("2027-01-31")
		}
		row.entry.Reason, row.entry.From = "because", "f:1"
		r := scanned(open("c.r", 171))
		Accept(&r, []Entry{row.entry}, now)
		if got := r.Findings[0].State == report.Accepted; got != row.accepted || len(r.Expired) > 0 != row.expired {
			t.Errorf("%s: accepted %v, expired %v", name, got, r.Expired)
		}
	}
}

func TestAnAcceptanceSaysWhoAndWhy(t *testing.T) {
	r := scanned(open("c.r", 1), open("c.s", 2))
	fits := Accept(&r, []Entry{
		{Rule: "c.r", Until: until("2026-01-01"), Reason: "old", From: "f:1"},
		{Rule: "c.r", Until: until("2027-01-31"), Reason: "because", By: "me", From: "f:2"},
		{Rule: "c.s", Until: until("2026-01-01"), Reason: "old", From: "f:3"},
		{Rule: "c.t", Until: until("2027-01-31"), Reason: "gone", From: "f:4"},
	}, now)
	want := scanned(open("c.r", 1), open("c.s", 2))
	want.Findings[0].State, want.Findings[0].Acceptance = report.Accepted, &report.Acceptance{Until: "2027-01-31", Reason: "because", By: "me", From: "f:2"}
	want.Expired = []report.Expiry{{Rule: "c.s", Finding: id(2), Acceptance: report.Acceptance{Until: "2026-01-01", Reason: "old", From: "f:3"}}}
	if diff := cmp.Diff(want, r); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]bool{true, true, true, false}, fits); diff != "" {
		t.Errorf("what fits (-want +got):\n%s", diff)
	}
}

func TestComparingWithABaseline(t *testing.T) {
	r := scanned(open("c.known", 1), open("c.new", 2), open("c.accepted", 3))
	r.Findings[2].State = report.Accepted
	r.Passed, r.NotTested = []string{"c.fixed"}, []report.NotTested{{Rule: "c.silent"}}
	known := func(n int, rule string) report.Known { return report.Known{ID: id(n), Rule: rule} }
	before := Before{Findings: []report.Known{known(1, "c.known"), known(3, "c.accepted"), known(4, "c.fixed"), known(5, "c.silent"), known(6, "c.retired"), known(7, "c.known")}}
	before.Compare(&r, "b.json")
	want := &report.Baseline{File: "b.json", New: 1, Known: 1,
		Fixed:   []report.Known{known(4, "c.fixed"), known(7, "c.known")},
		Unknown: []report.Known{known(5, "c.silent"), known(6, "c.retired")}}
	if diff := cmp.Diff(want, r.Baseline); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := []bool{r.Findings[0].New, r.Findings[1].New, r.Findings[2].New}; !slices.Equal(got, []bool{false, true, false}) {
		t.Errorf("new: %v", got)
	}
}

// What was not looked at is not fixed.
func TestAScanThatDidNotEndFixesNothing(t *testing.T) {
	for _, status := range []report.Status{report.Failed, report.Interrupted} {
		r := scanned()
		r.Status, r.Passed = status, []string{"c.r"}
		Before{Findings: []report.Known{{ID: id(1), Rule: "c.r"}}}.Compare(&r, "b.json")
		if len(r.Baseline.Fixed) != 0 || len(r.Baseline.Unknown) != 1 {
			t.Errorf("%s: %+v", status, r.Baseline)
		}
	}
}

func reports(t *rapid.T) report.Report {
	var all []report.Finding
	for _, n := range rapid.SliceOfNDistinct(rapid.IntRange(1, 30), 0, 8, rapid.ID).Draw(t, "findings") {
		f := open(fmt.Sprintf("c.r%d", n%5), n)
		if rapid.IntRange(0, 3).Draw(t, "accepted") == 0 {
			f.State = report.Accepted
		}
		all = append(all, f)
	}
	r := scanned(all...)
	for n := range 5 {
		if rapid.Bool().Draw(t, "silent") {
			r.NotTested = append(r.NotTested, report.NotTested{Rule: fmt.Sprintf("c.r%d", n)})
		}
	}
	return r
}

// After a baseline was written, the same scan has nothing new, and the same bytes
// come out again, in whatever order the findings stand.
func TestABaselineKnowsWhatItWasWrittenFrom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := reports(t)
		b, err := Baseline{}.With(r)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := json.Marshal(b)
		read, err := Read("b.json", text)
		if err != nil {
			t.Fatal(err)
		}
		identity, _ := Identity(r.Method, r.APIURL)
		before, ok := read.Of(identity)
		if !ok {
			t.Fatalf("%s is not in %s", identity, text)
		}
		before.Compare(&r, "b.json")
		if r.Baseline.New != 0 || len(r.Baseline.Fixed) != 0 {
			t.Fatalf("%+v", r.Baseline)
		}
		slices.Reverse(r.Findings)
		again, _ := read.With(r)
		if other, _ := json.Marshal(again); !bytes.Equal(text, other) {
			t.Fatalf("%s\n%s", text, other)
		}
	})
}

// A second scan keeps in the baseline what it got no answer about, and the other
// targets.
func TestABaselineForgetsOnlyWhatIsFixed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first, second := reports(t), reports(t)
		other := reports(t)
		other.APIURL = "https://b.test/"
		b, _ := Baseline{}.With(first)
		b, _ = b.With(other)
		next, _ := b.With(second)
		identity, _ := Identity("GET", first.APIURL)
		before, _ := b.Of(identity)
		after, _ := next.Of(identity)
		before.Compare(&second, "b.json")
		for _, f := range second.Baseline.Unknown {
			if !slices.Contains(after.Findings, f) {
				t.Fatalf("%v is forgotten", f)
			}
		}
		for _, f := range second.Baseline.Fixed {
			if slices.Contains(after.Findings, f) {
				t.Fatalf("%v is kept", f)
			}
		}
		x, _ := b.Of("GET https://b.test/")
		y, _ := next.Of("GET https://b.test/")
		if diff := cmp.Diff(x, y); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestABaselineThatIsNoneIsRefused(t *testing.T) {
	for text, says := range map[string]string{
		"":                     "the file is empty; write one with middlebrick baseline write",
		"{}":                   `its schema is "" and not middlebrick.baseline/1`,
		"[]":                   "cannot unmarshal array",
		`{"schema":"other/1"}`: `its schema is "other/1"`,
		`{"schema":"middlebrick.baseline/1","targets":[]} x`:                                                             "invalid character",
		`{"schema":"middlebrick.baseline/1","targets":[]} {}`:                                                            "something follows after its end",
		`{"schema":"middlebrick.baseline/1","tragets":[]}`:                                                               `unknown field "tragets"`,
		`{"schema":"middlebrick.baseline/1","targets":[{"target":"a","findings":[{"id":"x","rule":"c.r","where":""}]}]}`: `"x" is not the id of a finding`,
		`{"schema":"middlebrick.baseline/1","targets":[{"target":"a","findings":[]},{"target":"a","findings":[]}]}`:      `the target "a" stands in it twice`,
	} {
		if _, err := Read("b.json", []byte(text)); err == nil || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), "b.json") {
			t.Errorf("%q is answered by %v", text, err)
		}
	}
}
