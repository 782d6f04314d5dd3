// The SSL Labs letter and the policies on real servers, from whole scans.

package scan_test

import (
	"crypto/tls"
	"fmt"
	"slices"
	"strings"
	"testing"

	"middlebrick/policy"
	"middlebrick/report"
	"middlebrick/scan"
	"middlebrick/testbed/ca"
	"middlebrick/testbed/lab"
)

// hstsLine makes nginx send HSTS as Mozilla's policies want it.
const hstsLine = "add_header Strict-Transport-Security \"max-age=63072000\" always;\n"

// curvesLine are the groups of Mozilla's policies.
const curvesLine = "ssl_ecdh_curve X25519:prime256v1:secp384r1;\n"

var lettered = []struct {
	name   string
	start  func(testing.TB) *lab.Server
	letter string // of a target whose authority was given by --ca-file
	policy string
	fails  string // items that fail and items that are not known
}{
	{"nginx modern", func(t testing.TB) *lab.Server {
		return lab.StartNginx(t, lab.Nginx{Server: lab.NginxModern + hstsLine + curvesLine})
	}, "A+", "mozilla-modern", "staple"},
	{"nginx modern without HSTS", func(t testing.TB) *lab.Server { return lab.StartNginx(t, lab.Nginx{Server: lab.NginxModern}) },
		"A", "mozilla-modern", "groups.allowed staple hsts"},
	{"nginx intermediate", startIntermediate, "A", "mozilla-intermediate", "groups.allowed staple hsts"},
	{"nginx old", func(t testing.TB) *lab.Server {
		return lab.StartNginx(t, lab.Nginx{Pair: ca.New().GoodRSA(host), Server: lab.NginxOld})
	}, "B", "mozilla-intermediate", "versions.allowed suites.TLS 1.2 groups.allowed preference staple hsts"},
	{"nginx weak", func(t testing.TB) *lab.Server {
		return lab.StartNginx(t, lab.Nginx{Pair: ca.New().GoodRSA(host), Server: lab.NginxWeakTLS + lab.NginxWeakDH})
	}, "F", "pci-dss", "versions.allowed strength finiteField"},
	{"Java legacy", func(t testing.TB) *lab.Server { return lab.StartJava(t, lab.Java{}) }, "F", "pci-dss", "versions.allowed strength finiteField"},
	{"Go", func(t testing.TB) *lab.Server { return startGo(t, &tls.Config{}) }, "A", "nist-800-52r2", "suites.TLS 1.2 suites.TLS 1.3 staple"},
}

func TestLettersAndPoliciesOfRealServers(t *testing.T) {
	lab.Needs(t, "nginx", "java")
	for _, l := range lettered {
		t.Run(l.name, func(t *testing.T) {
			req := of(t, l.start(t), "/")
			req.CAFiles = [][]byte{ca.New().RootPEM()}
			rec, _ := look(t, req)
			p, known := policy.Named(l.policy)
			if !known {
				t.Fatal("no such policy")
			}
			r := scan.Judge(rec, nil).With(rec, []policy.Policy{p})
			if r.Labs == nil || r.Labs.Grade != l.letter {
				t.Errorf("the letter is %s, want %s", letterOf(r), l.letter)
			}
			if got := unmet(r.Policies[0]); got != l.fails {
				t.Errorf("%s: %q fail, want %q", l.policy, got, l.fails)
			}
			if len(r.Clients) < 30 {
				t.Errorf("%d clients", len(r.Clients))
			}
		})
	}
}

func letterOf(r report.Report) string {
	if r.Labs == nil {
		return "none"
	}
	return fmt.Sprintf("%q (%s; caps %v, unknown %q, for an A+ %q)", r.Labs.Grade, r.Labs.Withheld, r.Labs.Caps, r.Labs.Unknown, r.Labs.ForPlus)
}

func unmet(p policy.Result) string {
	var ids []string
	for _, i := range p.Items {
		if i.Outcome == policy.Fail && !slices.Contains(ids, i.ID) {
			ids = append(ids, i.ID)
		}
		if i.Outcome == policy.Unknown {
			ids = append(ids, "?"+i.ID)
		}
	}
	return strings.Join(ids, " ")
}
