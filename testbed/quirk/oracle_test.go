// Tools that share nothing with this project see the same faults.

package quirk

import (
	"net"
	"os/exec"
	"strings"
	"testing"
)

// The twins of Heartbleed are left to a test of our own: nmap waits for them
// for fifteen seconds.
func TestNmapSeesTheFaultAndNotItsTwin(t *testing.T) {
	nmap, err := exec.LookPath("nmap")
	if err != nil {
		t.Skip("needs Debian package nmap")
	}
	tests := []struct {
		name, script string
		says         string // part of the output; empty: the script is silent
	}{
		{"heartbleed", "ssl-heartbleed", "State: VULNERABLE"},
		{"ccs-injection", "ssl-ccs-injection", "State: VULNERABLE"},
		{"ccs-refused", "ssl-ccs-injection", ""},
		{"sslv2", "sslv2", "SSL2_RC4_128_EXPORT40_WITH_MD5"},
		{"canned", "sslv2", ""},
		{"sslv3", "ssl-poodle", "State: VULNERABLE"},
		{"compression", "ssl-enum-ciphers", "DEFLATE"},
	}
	for _, test := range tests {
		t.Run(test.name+" "+test.script, func(t *testing.T) {
			t.Parallel()
			s := Start(t, test.name, Options{})
			_, port, err := net.SplitHostPort(s.Addr)
			if err != nil {
				t.Fatal(err)
			}
			output, err := exec.Command(nmap, "-Pn", "-n", "-p", port, "--script", "+"+test.script, "127.0.0.1").Output()
			if err != nil {
				t.Fatalf("running nmap: %v", err)
			}
			found := strings.Contains(string(output), test.script+":")
			if found != (test.says != "") || !strings.Contains(string(output), test.says) {
				t.Errorf("nmap does not say %q:\n%s", test.says, output)
			}
		})
	}
}
