// Silence, and everything else that is no answer: never a false "not offered",
// never a grade, never longer than the bounds of the fault catalogue. The tests
// run where time is made up, so that the bounds are exact and nothing waits.

package scan_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"middlebrick/observe"
	"middlebrick/report"
	"middlebrick/rule"
	"middlebrick/scan"
	"middlebrick/testbed/ca"
	"middlebrick/testbed/quirk"
)

// seen is what a scan of a quirk came to, and the time that it took.
type seen struct {
	rec    *observe.Recording
	report report.Report
	took   time.Duration
}

// pair is made outside of any bubble: keys take real time.
var pair = ca.At(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)).GoodRSA(host)

// against scans a quirk on both ports inside of a bubble.
func against(t *testing.T, name string, o quirk.Options, check func(*testing.T, seen)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		o.Pair = pair
		_, dial := quirk.Pipe(t, name, o)
		req := request(t, "https://"+host+"/")
		req.Dial = dial
		begun := time.Now()
		rec, err := scan.Run(context.Background(), req, func(scan.Event) {})
		if err != nil {
			t.Fatal(err)
		}
		check(t, seen{rec, scan.Judge(rec, nil), time.Since(begun)})
	})
}

// The bounds are those of FAULTS.tsv groups C and D; where a fault lets the scan
// go on, the scan's own.
var silences = []struct {
	fault, quirk string
	within       time.Duration
}{
	{"C03", "silent", 5 * time.Second},
	{"C04", "close", 1 * time.Second},
	{"C05", "reset-after-1", 3 * time.Second},
	{"C05", "close-after-1", 3 * time.Second},
	{"C06", "drip", 60 * time.Second},
	{"C07", "never-reads", 10 * time.Second},
	{"D03", "record-length", 10 * time.Second},
	{"D04", "handshake-length", 10 * time.Second},
	{"D05", "warning-flood", 10 * time.Second},
	{"D06", "empty-record-flood", 10 * time.Second},
	{"D06", "fragmented-stalled", 60 * time.Second},
	{"D09", "hrr-loop", 60 * time.Second},
	{"-", "garbage", 10 * time.Second},
	{"-", "half-hello", 10 * time.Second},
	{"-", "wrong-type", 10 * time.Second},
	{"-", "echo", 10 * time.Second},
}

func TestSilenceIsNoAnswer(t *testing.T) {
	for _, row := range silences {
		t.Run(row.fault+" "+row.quirk, func(t *testing.T) {
			against(t, row.quirk, quirk.Options{}, func(t *testing.T, s seen) {
				if s.took > row.within {
					t.Errorf("took %v, at most %v was allowed", s.took, row.within)
				}
				noFalseNo(t, s)
				if s.report.Overall != nil {
					t.Errorf("a grade of %d was given: %s", *s.report.Overall, s.report.Attack.Sentence)
				}
				if s.report.Attack.Answer == "no" {
					t.Errorf("the answer is no, of a target that did not answer")
				}
			})
		})
	}
}

// noFalseNo holds that no version was called refused, and nothing that rests on
// TLS passed.
func noFalseNo(t *testing.T, s seen) {
	t.Helper()
	versions, _, _ := observe.Get(s.rec, observe.TLSVersions)
	for version, answer := range versions {
		if answer.Refused() && !accepted(versions) {
			t.Errorf("%s is called refused: %s", version, answer.Detail)
		}
	}
	ports, _, _ := observe.Get(s.rec, observe.Ports)
	for _, id := range s.report.Passed {
		plain := slices.Contains([]string{"encryption.plainhttp", "encryption.redirect", "encryption.basicauth", "encryption.cookieonhttp"}, id)
		if id == "encryption.notls" && ports.HTTPS.Speaks == "tls" {
			continue // an alert is an answer that only TLS gives
		}
		if plain && ports.HTTP.Gap() == nil && ports.HTTP.Speaks != "" {
			continue // the http port did answer
		}
		if meta, _, _ := scan.Explain(id); meta.Severity.AtLeast(rule.Medium) && !accepted(versions) {
			t.Errorf("%s passed, of a target that did not answer", id)
		}
	}
}

func accepted(versions observe.Versions) bool {
	for _, answer := range versions {
		if answer.Accepted() {
			return true
		}
	}
	return false
}
