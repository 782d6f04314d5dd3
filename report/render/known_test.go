// What was known of findings beforehand, on the page.

package render

import (
	"strings"
	"testing"

	"middlebrick/report"
	"middlebrick/rule"
)

func knownReport() report.Report {
	score := 40
	return report.Report{Status: report.Completed, Overall: &score,
		Findings: []report.Finding{
			{ID: "a", Rule: "c.accepted", Severity: rule.High, State: report.Accepted, Where: "port \x1b[31m443",
				Acceptance: &report.Acceptance{Until: "2027-01-31", Reason: "old \u202e tills\n::error::x", By: "ana", From: "f.yaml:3"}},
			{ID: "b", Rule: "c.open", Severity: rule.Low, State: report.Open, New: true},
		},
		Expired: []report.Expiry{{Rule: "c.open", Finding: "b", Acceptance: report.Acceptance{Until: "2026-01-31", Reason: "once", From: "f.yaml:7"}},
			{Rule: "c.open", Finding: "c", Acceptance: report.Acceptance{Until: "2026-01-31", Reason: "once", From: "f.yaml:7"}}},
		Baseline: &report.Baseline{File: "base.json", New: 1, Known: 2, Fixed: []report.Known{{Rule: "c.gone"}, {Rule: "c.gone"}}, Unknown: []report.Known{{Rule: "c.silent"}}},
	}
}

func TestWhatWasKnownIsTold(t *testing.T) {
	for _, width := range []int{40, 80, 120, 200} {
		for _, show := range []bool{false, true} {
			o := Options{Screen: Screen{Width: width, Actions: true}, ShowAccepted: show}
			tellsWhatWasKnown(t, Summary(knownReport(), o), o)
			tellsWhatWasKnown(t, Table(knownReport(), o), o)
		}
	}
}

func tellsWhatWasKnown(t *testing.T, page []byte, o Options) {
	t.Helper()
	text := strings.Join(strings.Fields(string(page)), " ")
	for _, want := range []string{"ACCEPTED 1 finding (1 high)", "EXPIRED c.open was accepted until 2026-01-31 (f.yaml:7) and counts again: once",
		"BASELINE base.json: 1 new, 2 known, 1 not known this time, 2 fixed (c.gone); take them out: middlebrick baseline write"} {
		if n := strings.Count(text, want); n != 1 {
			t.Errorf("%d columns: %q stands %d times in:\n%s", o.Width, want, n, page)
		}
	}
	if strings.Contains(text, "until 2027-01-31: old") != o.ShowAccepted || strings.Contains(text, "--show-accepted") == o.ShowAccepted {
		t.Errorf("%d columns, shown %v:\n%s", o.Width, o.ShowAccepted, page)
	}
	if strings.ContainsAny(string(page), "\x1b\u202e") || strings.Contains(string(page), "\n::error") {
		t.Errorf("hostile text gets through: %q", page)
	}
}

func TestOverviewFitsItsScreen(t *testing.T) {
	grade, score := "B", 85
	rows := []Row{{Name: "staging", URL: "https://staging.example.com/a/very/long/path/that/goes/on", Answer: "no", Grade: &grade, Score: &score, Outcome: "pass"},
		{Name: strings.Repeat("long", 16), URL: "http://127.0.0.1:1/", Answer: "not reached", Outcome: "no verdict", Exit: 3}}
	for _, width := range []int{40, 60, 80, 120, 200} {
		page := string(Overview(rows, 3, Screen{Width: width}))
		for line := range strings.Lines(page) {
			if columns(strings.TrimRight(line, "\n")) > width {
				t.Errorf("%d columns: %q", width, line)
			}
		}
		if !strings.Contains(page, "NO VERDICT") || !strings.Contains(page, "exit 3") {
			t.Errorf("%d columns:\n%s", width, page)
		}
	}
}

func TestWhatWasKnownIsValidJSON(t *testing.T) {
	r, known := fixture(t, "flask"), knownReport()
	id := strings.Repeat("a", 64)
	r.Findings[0].State, r.Findings[0].Acceptance = report.Accepted, known.Findings[0].Acceptance
	r.Expired = []report.Expiry{{Rule: "encryption.tls10", Finding: id, Acceptance: known.Expired[0].Acceptance}}
	r.Baseline = &report.Baseline{File: "b.json", Fixed: []report.Known{{ID: id, Rule: "encryption.tls10"}}, Unknown: []report.Known{}}
	r.Remainder = &report.Remainder{Accepted: 1, Categories: r.Categories}
	if err := compiled(t).Validate(readDocument(t, must(JSON(r)))); err != nil {
		t.Error(err)
	}
	r.Expired[0].Until = "soon"
	if compiled(t).Validate(readDocument(t, must(JSON(r)))) == nil {
		t.Error("a day that is none is accepted")
	}
}
