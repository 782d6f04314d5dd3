// The pages of verify, doctor and history: hostile text stays text, and an ASCII
// screen stays ASCII.

package render

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"middlebrick/report"
	"middlebrick/report/compare"
	"middlebrick/rule"
)

func TestPagesOfTheLoopAreHarmless(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hostile := anyText(t, "text")
		s := Screen{Width: rapid.IntRange(40, 200).Draw(t, "width"), ASCII: rapid.Bool().Draw(t, "ascii"), Actions: true}
		score, letter := 50, hostile
		pages := [][]byte{
			Verify(Verified{Rule: "encryption.tls10", Title: "TLS 1.0 is accepted", APIURL: hostile, Answer: "open", Why: hostile, Outcome: rule.Failed,
				Findings: []report.Finding{{Rule: "encryption.tls10", Description: hostile, Where: hostile, Means: hostile, Reproduce: []string{hostile}}}}, s),
			Symptoms([]Symptom{{"proxy", "warn", hostile, hostile}}, s),
			Scans([]compare.Snapshot{{Target: hostile, Overall: &score, Grade: &letter, At: time.Unix(0, 0)}}, s),
			Diff(compare.Of(compare.Snapshot{Target: hostile}, compare.Snapshot{Target: hostile + "x", Findings: []compare.Finding{{Rule: hostile, Where: hostile, Title: hostile, Severity: rule.High}},
				Facts: []compare.Fact{{Name: hostile, Value: hostile}}}, nil), Options{Screen: s, All: true}),
		}
		for _, page := range pages {
			for _, line := range strings.Split(string(page), "\n") {
				if strings.ContainsFunc(line, func(r rune) bool { return r < 0x20 || r >= 0x7f && (s.ASCII || r < 0xa0 || r == 0x202e) }) {
					t.Fatalf("%q reached the screen in %q", hostile, line)
				}
				if strings.HasPrefix(strings.TrimLeft(line, " "), "::") || strings.Contains(line, "##[") {
					t.Fatalf("a command to the runner: %q", line)
				}
			}
		}
	})
}
