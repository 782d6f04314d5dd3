// Recorded events of go test add up to what a reader would count.

package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const mixed = `{"Action":"start","Package":"a"}
{"Action":"run","Package":"a","Test":"TestOne"}
{"Action":"output","Package":"a","Test":"TestOne","Output":"=== RUN   TestOne\n"}
{"Action":"run","Package":"a","Test":"TestOne/x"}
{"Action":"pass","Package":"a","Test":"TestOne/x","Elapsed":0}
{"Action":"run","Package":"a","Test":"TestOne/y"}
{"Action":"output","Package":"a","Test":"TestOne/y","Output":"    one_test.go:9: got 1, want 2\n"}
{"Action":"fail","Package":"a","Test":"TestOne/y","Elapsed":0}
{"Action":"fail","Package":"a","Test":"TestOne","Elapsed":0}
{"Action":"run","Package":"a","Test":"TestSkip"}
{"Action":"output","Package":"a","Test":"TestSkip","Output":"    two_test.go:3: needs Debian package nginx-light\n"}
{"Action":"output","Package":"a","Test":"TestSkip","Output":"--- SKIP: TestSkip (0.00s)\n"}
{"Action":"skip","Package":"a","Test":"TestSkip","Elapsed":0}
{"Action":"fail","Package":"a","Elapsed":0.5}
{"Action":"skip","Package":"empty","Elapsed":0}
`

const brokenBuild = `{"ImportPath":"b [b.test]","Action":"build-output","Output":"# b [b.test]\n"}
{"ImportPath":"b [b.test]","Action":"build-output","Output":"./b_test.go:3:1: undefined: x\n"}
{"ImportPath":"b [b.test]","Action":"build-fail"}
{"Action":"start","Package":"b"}
{"Action":"fail","Package":"b","Elapsed":0,"FailedBuild":"b [b.test]"}
`

const panicking = `{"Action":"start","Package":"c"}
{"Action":"run","Package":"c","Test":"TestPass"}
{"Action":"pass","Package":"c","Test":"TestPass","Elapsed":0}
{"Action":"output","Package":"c","Output":"panic: test timed out after 1s\n"}
{"Action":"fail","Package":"c","Elapsed":1}
`

const parentAlone = `{"Action":"run","Package":"d","Test":"TestP"}
{"Action":"run","Package":"d","Test":"TestP/x"}
{"Action":"pass","Package":"d","Test":"TestP/x"}
{"Action":"output","Package":"d","Test":"TestP","Output":"    d_test.go:1: after the subtests\n"}
{"Action":"fail","Package":"d","Test":"TestP"}
{"Action":"fail","Package":"d"}
`

func TestReportClosesWithTheCounts(t *testing.T) {
	tests := []struct {
		name, events string
		expected     string
		strict       bool
		last         string
		failed       bool
		says         string
	}{
		{"mixed", mixed, "", false, "1 passed, 1 failed, 1 skipped", true, "got 1, want 2"},
		{"build", brokenBuild, "", false, "0 passed, 1 failed, 0 skipped", true, "undefined: x"},
		{"panic", panicking, "", false, "1 passed, 1 failed, 0 skipped", true, "panic: test timed out"},
		{"parent", parentAlone, "", false, "1 passed, 1 failed, 0 skipped", true, "after the subtests"},
		{"strict", mixed, "", true, "1 passed, 2 failed, 0 skipped", true, "needs Debian package nginx-light  (not expected)"},
		{"expected", mixed, "a TestSkip # no nginx", true, "1 passed, 1 failed, 1 skipped", true, "a TestSkip: needs"},
		{"stale", panicking, "c TestPass", true, "1 passed, 1 failed, 0 skipped", true, "c TestPass passed: it need not"},
		{"nothing", "", "", true, "0 passed, 0 failed, 0 skipped", false, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var out strings.Builder
			s, err := read(strings.NewReader(test.events), &out)
			if err != nil {
				t.Fatalf("reading the events: %v", err)
			}
			failed := s.report(&out, parseExpected(test.expected), test.strict)
			lines := strings.Split(strings.TrimSpace(out.String()), "\n")
			if got := lines[len(lines)-1]; got != test.last || failed != test.failed {
				t.Errorf("closes with %q (failed: %v), want %q (%v)", got, failed, test.last, test.failed)
			}
			if !strings.Contains(out.String(), test.says) {
				t.Errorf("does not say %q:\n%s", test.says, out.String())
			}
		})
	}
}

func TestLineThatIsNoEventIsPassedOn(t *testing.T) {
	var out strings.Builder
	if _, err := read(strings.NewReader("go: warning\n{\"a\":1}\n"), &out); err != nil {
		t.Fatalf("reading: %v", err)
	}
	if diff := cmp.Diff("go: warning\n{\"a\":1}\n", out.String()); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
	}
}

func TestExpectedSkipsAllowCommentsAndBlanks(t *testing.T) {
	got := parseExpected("# none\n\nmiddlebrick/a   TestX/y # why\n")
	if diff := cmp.Diff(map[string]bool{"middlebrick/a TestX/y": true}, got); diff != "" {
		t.Errorf("expected skips (-want +got):\n%s", diff)
	}
}
