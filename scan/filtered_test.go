// A firewall in front of port 80 is the usual thing: it costs one wait, and all
// that rests on https is judged.

package scan_test

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"middlebrick/scan"
	"middlebrick/testbed/quirk"
)

func TestFilteredPort80CostsOneWaitAndHidesNothingElse(t *testing.T) {
	trouble{quirk: "none", options: quirk.Options{Secure: true}, within: 3500 * time.Millisecond, change: func(req *scan.Request) {
		open := req.Dial
		req.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			if strings.HasSuffix(address, ":80") {
				return swallowed(ctx, network, address)
			}
			return open(ctx, network, address)
		}
	}}.shows(func(t *testing.T, s seen) {
		unknown := []string{}
		for _, n := range s.report.NotTested {
			unknown = append(unknown, strings.TrimPrefix(n.Rule, "encryption."))
		}
		if got, want := strings.Join(unknown, " "), "basicauth cookieonhttp hstsonhttp opossum plainhttp redirect"; got != want {
			t.Errorf("not tested: %s\nwant: %s", got, want)
		}
		if s.report.Target.HTTPS != "tls" || s.report.Target.HTTP != "unknown" || s.report.Attack.Answer == "no" {
			t.Errorf("https %s, http %s, answer %s", s.report.Target.HTTPS, s.report.Target.HTTP, s.report.Attack.Answer)
		}
	})(t)
}
