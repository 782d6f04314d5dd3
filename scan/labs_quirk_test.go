// The SSL Labs letter on servers that misbehave on purpose, and on their twins.

package scan_test

import (
	"testing"

	"middlebrick/testbed/quirk"
)

// A fault is an F whatever else is right; its twin is graded as if nothing were.
func TestLetterOfAFaultIsAnF(t *testing.T) {
	for _, c := range []struct {
		quirk, because string // "": nothing caps the grade to F
	}{
		{"heartbleed", "vulnerable to Heartbleed (CVE-2014-0160)"},
		{"heartbeat", ""},
		{"ccs-injection", "vulnerable to CCS injection (CVE-2014-0224)"},
		{"ccs-refused", ""},
		{"robot", "vulnerable to ROBOT"},
		{"robot-refused", ""},
		{"compression", ""},
	} {
		t.Run(c.quirk, func(t *testing.T) {
			trouble{quirk: c.quirk, options: quirk.Options{Suites: suitesOf(c.quirk)}}.shows(func(t *testing.T, s seen) {
				if s.report.Labs == nil {
					t.Fatal("no letter")
				}
				capped := ""
				for _, c := range s.report.Labs.Caps {
					if c.To == "F" {
						capped = c.Because
					}
				}
				if capped != c.because || (c.because != "") != (s.report.Labs.IfTrusted == "F") {
					t.Errorf("capped by %q, want %q: if trusted %q, %s", capped, c.because, s.report.Labs.IfTrusted, letterOf(s.report))
				}
			})(t)
		})
	}
}
