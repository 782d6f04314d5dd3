// What the views say by themselves: times, lines of scores, requirements, roles.

package pages_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"middlebrick/edge/web/pages"
	"middlebrick/report"
	"middlebrick/scan"
)

func TestTimesAreToldFromNow(t *testing.T) {
	for ago, want := range map[time.Duration]string{
		0: "just now", 59 * time.Second: "just now", time.Minute: "1 minute ago", 90 * time.Minute: "1 hour ago", 49 * time.Hour: "2 days ago",
		40 * 24 * time.Hour: "1 month ago", 800 * 24 * time.Hour: "2 years ago", -3 * time.Hour: "in 3 hours", -30 * time.Second: "just now",
	} {
		if got := (pages.Moment{At: noon.Add(-ago), Now: noon}).Relative(); got != want {
			t.Errorf("%v: %q, not %q", ago, got, want)
		}
	}
}

func TestLineOfScoresBreaksWhereScoresCannotBeCompared(t *testing.T) {
	s := scores(70, 72, -1, 74, 75, 76, 30) // the rules change at the fourth
	if got := len(s.Lines()); got != 2 {
		t.Errorf("%d pieces of line: %v", got, s.Lines())
	}
	if got := len(s.Turns()); got != 1 {
		t.Errorf("%d changes of the rules", got)
	}
	if last := s.Last(); last == nil || last.Tone != "bad" {
		t.Errorf("the last dot is %v", last)
	}
	if alone := scores(70, -1, 74).Alone(); len(alone) != 1 {
		t.Errorf("a score between gaps is not drawn: %v", alone)
	}
	for _, none := range []pages.Spark{nil, scores(-1), scores(-1, -1)} {
		if none.Last() != nil || len(none.Lines()) > 0 || none.Tells() != "No score yet" {
			t.Errorf("no score is drawn as one: %v", none)
		}
	}
}

func TestLongHistoryIsDrawnWithinItsRoom(t *testing.T) {
	h := pages.History{ID: "t"}
	for i := range 500 {
		h.Rows = append(h.Rows, pages.Past{Scan: fmt.Sprint(i), At: ago(time.Duration(i) * time.Hour), Grade: grade("A", i%101)})
	}
	c := h.Chart()
	for _, dot := range c.Dots {
		if dot.X < 0 || dot.X > c.Wide || dot.Y < 0 || dot.Y > c.High {
			t.Fatalf("a dot outside of the picture: %+v", dot)
		}
	}
	if (pages.History{Rows: h.Rows[:1]}).Chart() != nil {
		t.Error("one scan is drawn as a history")
	}
}

// Nothing is called clear that was not looked at.
func TestRequirementIsClearOnlyWhereAllRulesAnswered(t *testing.T) {
	all := scan.Rules()
	status := func(r report.Report, id string) string {
		for _, f := range pages.Complies("x", r, all).Frameworks {
			for _, row := range f.Rows {
				if row.ID == id {
					return row.Status
				}
			}
		}
		return ""
	}
	passed := report.Report{Status: report.Completed, Passed: []string{"encryption.tls10", "encryption.plainhttp"}}
	doubtful := passed
	doubtful.NotTested = []report.NotTested{{Rule: "encryption.tls11"}}
	found := passed
	found.Findings = []report.Finding{{Rule: "encryption.tls11", Severity: "high", State: report.Open}}
	got := map[string]string{
		"passed": status(passed, "CC6.7"), "doubtful": status(doubtful, "CC6.7"), "found": status(found, "CC6.7"),
		"unreached": status(fixture(t, "unreached"), "CC6.7"), "no rule": status(passed, "CC6.1"), "a process": status(passed, "CC8.1"),
	}
	want := map[string]string{"passed": "clear", "doubtful": "partial", "found": "found", "unreached": "unseen", "no rule": "uncovered", "a process": "uncovered"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestReportWithoutAScoreHasNoTrend(t *testing.T) {
	v := ended(t, "unreached")
	if says := v.TrendSays(); !strings.Contains(says, "no score") {
		t.Errorf("it says %q", says)
	}
}

func TestFilterHidesNothingForGood(t *testing.T) {
	whole := pages.Of("x", fixture(t, "demo"), pages.FindingFilter{})
	narrow := pages.Of("x", fixture(t, "demo"), pages.FindingFilter{Severity: "high"})
	if len(narrow.Findings) == 0 || len(narrow.LeftOut) == 0 || len(narrow.Findings)+len(narrow.LeftOut) != len(whole.Findings) {
		t.Errorf("%d shown and %d left out, of %d", len(narrow.Findings), len(narrow.LeftOut), len(whole.Findings))
	}
	for _, f := range whole.Findings {
		if _, ok := pages.Single(narrow, f.Rule); !ok {
			t.Errorf("%s has no page", f.Rule)
		}
	}
}

func TestViewerIsOfferedNothingThatChanges(t *testing.T) {
	for _, s := range samples(t) {
		s.shell.Role = pages.Viewer
		for _, n := range elements(parsed(t, s)) {
			action, _ := attribute(n, "action")
			method, _ := attribute(n, "method")
			own := strings.HasPrefix(action, "/theme") || strings.HasPrefix(action, "/sign-") || strings.HasPrefix(action, "/welcome/") || strings.HasPrefix(action, "/settings/account/")
			// Whole pages of administrators are refused by the handler.
			kept := strings.HasPrefix(action, "/settings/keys") || strings.HasPrefix(action, "/settings/members") || strings.HasPrefix(action, "/settings/policy/test")
			if method == "post" && !own && !kept && action != "/monitors" && action != "/monitors/m1" {
				t.Errorf("%s: a viewer is offered %s", s.name, action)
			}
		}
	}
}
