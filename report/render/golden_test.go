// Goldens of every format: reports kept as JSON, rendered at many widths.

package render

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"middlebrick/report"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func fixture(t testing.TB, name string) report.Report {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "reports", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var r report.Report
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return r
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// The reports are made by hand, except demo, which is a real one; tls is good with
// all that TLS can show.
var fixtures = []string{"flask", "good", "unreached", "hostile", "demo", "tls"}

func failing() *Gate {
	return &Gate{Outcome: "fail", Reasons: []string{"score 8 < threshold 80", "a critical finding is open (--fail-on high)"}, Exit: 1}
}

func TestSummaryGoldens(t *testing.T) {
	for _, name := range fixtures[:4] {
		for _, width := range []int{40, 60, 80, 109, 110, 120, 160, 200} {
			o := Options{Screen: Screen{Width: width}, Gate: failing()}
			golden(t, fmt.Sprintf("%s-%d.txt", name, width), Summary(fixture(t, name), o))
		}
	}
}

func TestSummaryOfEverythingGolden(t *testing.T) {
	for _, name := range fixtures {
		o := Options{Screen: Screen{Width: 100}, All: true, Gate: &Gate{Outcome: "none", Exit: 0}}
		golden(t, name+"-all.txt", Summary(fixture(t, name), o))
	}
}

func TestASCIISummaryGolden(t *testing.T) {
	for _, name := range fixtures[:4] {
		o := Options{Screen: Screen{Width: 80, ASCII: true, Actions: true}}
		got := Summary(fixture(t, name), o)
		golden(t, name+"-ascii.txt", got)
		if i := strings.IndexFunc(string(got), func(r rune) bool { return r > 0x7e }); i >= 0 {
			t.Errorf("%s: the ASCII summary holds %q", name, got[i:i+8])
		}
	}
}

func TestColouredSummaryGolden(t *testing.T) {
	o := Options{Screen: Screen{Width: 80, Color: true}, Gate: failing()}
	golden(t, "flask-colour.txt", Summary(fixture(t, "flask"), o))
}

func TestTableGoldens(t *testing.T) {
	for _, name := range fixtures[:4] {
		for _, width := range []int{40, 80, 120} {
			o := Options{Screen: Screen{Width: width}, Gate: failing()}
			golden(t, fmt.Sprintf("%s-table-%d.txt", name, width), Table(fixture(t, name), o))
		}
	}
}

// What TLS offers takes one line a suite where that fits, and two where not.
func TestOfferGoldens(t *testing.T) {
	for _, width := range []int{40, 60, 80, 120} {
		golden(t, fmt.Sprintf("tls-table-%d.txt", width), Table(fixture(t, "tls"), Options{Screen: Screen{Width: width}}))
	}
	golden(t, "tls-table-ascii.txt", Table(fixture(t, "tls"), Options{Screen: Screen{Width: 80, ASCII: true}}))
}

func TestStreamGoldens(t *testing.T) {
	for _, name := range fixtures[:4] {
		got, err := ndjson(fixture(t, name), Options{Gate: failing()})
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name+".ndjson", got)
	}
}
