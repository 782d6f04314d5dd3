// What moved, at every width: goldens over kept reports, and hostile ones.

package render

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"middlebrick/report"
	"middlebrick/report/compare"
)

// between compares two kept reports as if they were of one target, an hour apart.
func between(t *testing.T, before, after string) (compare.Difference, report.Report) {
	t.Helper()
	old, now := fixture(t, before), fixture(t, after)
	old.APIURL, old.CreatedAt = now.APIURL, now.CreatedAt.Add(-time.Hour)
	return compare.Of(compare.Take(old), compare.Take(now), nil), now
}

func TestDiffGoldens(t *testing.T) {
	for _, pair := range [][2]string{{"good", "flask"}, {"flask", "good"}, {"good", "unreached"}, {"demo", "tls"}, {"good", "hostile"}} {
		d, _ := between(t, pair[0], pair[1])
		for _, width := range []int{40, 80, 120, 200} {
			golden(t, fmt.Sprintf("diff-%s-%s-%d.txt", pair[0], pair[1], width), Diff(d, Options{Screen: Screen{Width: width}, Gate: failing()}))
		}
	}
	d, _ := between(t, "flask", "flask")
	golden(t, "diff-still.txt", Diff(d, Options{Screen: Screen{Width: 80}}))
	d, _ = between(t, "demo", "tls")
	golden(t, "diff-all-ascii.txt", Diff(d, Options{Screen: Screen{Width: 80, ASCII: true, Actions: true}, All: true}))
	d.SameTarget, d.SameRules = false, false
	golden(t, "diff-colour.txt", Diff(d, Options{Screen: Screen{Width: 80, Color: true}}))
}

func TestSummaryOfATargetSeenBeforeGoldens(t *testing.T) {
	for _, width := range []int{40, 80, 120} {
		d, now := between(t, "good", "flask")
		golden(t, fmt.Sprintf("since-%d.txt", width), Summary(now, Options{Screen: Screen{Width: width}, Since: &d}))
		d, now = between(t, "flask", "good")
		golden(t, fmt.Sprintf("loop-%d.txt", width), Summary(now, Options{Screen: Screen{Width: width}, Since: &d, Loop: true}))
	}
	d, now := between(t, "good", "good")
	golden(t, "since-still.txt", Summary(now, Options{Screen: Screen{Width: 80}, Since: &d}))
}

// No line is wider than the screen but for one long word, and nothing of a hostile
// report reaches the terminal.
func TestDiffIsHarmlessAtEveryWidth(t *testing.T) {
	for _, pair := range [][2]string{{"good", "hostile"}, {"hostile", "good"}, {"hostile", "hostile"}} {
		for width := 40; width <= 200; width += 8 {
			d, now := between(t, pair[0], pair[1])
			o := Options{Screen: Screen{Width: width, Actions: true}, All: true, Since: &d}
			for _, text := range [][]byte{Diff(d, o), Summary(now, o)} {
				harmlessLines(t, string(text), width)
			}
		}
	}
}

func harmlessLines(t *testing.T, text string, width int) {
	t.Helper()
	for _, line := range strings.Split(text, "\n") {
		if strings.ContainsFunc(line, func(r rune) bool { return r < 0x20 || r >= 0x7f && r < 0xa0 || r == 0x202e }) {
			t.Fatalf("width %d: a control character in %q", width, line)
		}
		if strings.HasPrefix(strings.TrimLeft(line, " "), "::") || strings.Contains(line, "##[") {
			t.Fatalf("width %d: a command to the runner: %q", width, line)
		}
	}
}
