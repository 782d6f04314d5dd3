// Servers that lose patience, or their nerve, while hellos of a special form are
// asked: what such a hello was not answered for is not held against the server.

package scan_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"middlebrick/rule"
	"middlebrick/testbed/quirk"
)

func TestUnsteadyServerFailsForNoMoreThanItHas(t *testing.T) {
	rows := []struct {
		quirk  string
		counts []int
		fails  []string // what a canned server has of these
	}{
		{"unstable", []int{0}, nil},
		{"second-only", []int{0}, nil},
		{"fragmented", []int{0}, []string{"extendedmastersecret", "fallbackscsv"}},
		{"warning-then-works", []int{0}, []string{"extendedmastersecret", "fallbackscsv"}},
		{"throttled", []int{5, 15, 20, 25, 30, 35, 40, 45, 50, 60}, nil},
		{"throttled-reset", []int{5, 15, 20, 25, 30, 35, 40, 45, 50, 60}, nil},
	}
	for _, row := range rows {
		for _, count := range row.counts {
			t.Run(fmt.Sprintf("%s %d", row.quirk, count), func(t *testing.T) {
				against(t, row.quirk, quirk.Options{Secure: true, Count: count}, func(t *testing.T, s seen) {
					failed := features(t, s.rec, rule.Failed)
					if diff := cmp.Diff(append([]string{}, row.fails...), failed); diff != "" {
						t.Errorf("the failing rules (-want +got):\n%s", diff)
						judgedSo(t, s.rec)
					}
				})
			})
		}
	}
}
