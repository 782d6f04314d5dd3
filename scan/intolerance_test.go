// Servers that stumble over a hello must not be taken for servers that refuse
// what stands in it (FAULTS D07, D13).

package scan_test

import (
	"strings"
	"testing"

	"middlebrick/observe"
	"middlebrick/testbed/quirk"
	"middlebrick/tlshello"
)

func TestStumblingServersAreReadAsTheyAre(t *testing.T) {
	versions, suites := truth(t)
	for _, row := range []struct {
		quirk   string
		without []tlshello.Version // what the quirk itself makes it refuse
		full    bool               // the quirk is a whole server, and not one canned flight
	}{
		{"version-intolerant", []tlshello.Version{tlshello.TLS13}, false},
		{"long-intolerant", nil, false},
		{"long-silent", nil, false},
		{"extension-intolerant", []tlshello.Version{tlshello.TLS13}, false},
		{"grease-intolerant", nil, false},
		{"fragmented", nil, false},
		{"warning-then-works", nil, false},
		{"second-only", nil, true},
	} {
		t.Run(row.quirk, func(t *testing.T) {
			against(t, row.quirk, quirk.Options{Secure: true}, func(t *testing.T, s seen) {
				found, _, gap := observe.Get(s.rec, observe.TLSVersions)
				if gap != nil {
					t.Fatal(gap)
				}
				accepted := 0
				for version, answer := range found {
					no := answer.Refused() && versions[version].Accepted() && (row.full || version == tlshello.TLS12)
					for _, expected := range row.without {
						no = no && version != expected
					}
					if no {
						t.Errorf("%s is called refused: %s", version, answer.Detail)
					}
					if answer.Accepted() {
						accepted++
					}
				}
				if accepted == 0 {
					t.Errorf("nothing was found to be accepted: %+v", found)
				}
				if row.full {
					honest(t, s, withoutVersions(versions, row.without), suites)
				}
			})
		})
	}
}

func withoutVersions(versions observe.Versions, refused []tlshello.Version) observe.Versions {
	all := observe.Versions{}
	for version, answer := range versions {
		all[version] = answer
	}
	for _, version := range refused {
		all[version] = observe.Answer{Result: observe.Denied}
	}
	return all
}

func TestServerThatWantsAnotherNameIsTLSAndNothingMoreIsClaimed(t *testing.T) {
	for _, name := range []string{"refuse-all", "refuse-version"} {
		against(t, name, quirk.Options{Secure: true}, func(t *testing.T, s seen) {
			if s.report.Target.HTTPS != "tls" {
				t.Errorf("%s: the port speaks %q", name, s.report.Target.HTTPS)
			}
			if s.report.Overall != nil || verdict(s.report, "encryption.notls") != "pass" {
				t.Errorf("%s: overall %v, notls %s", name, s.report.Overall, verdict(s.report, "encryption.notls"))
			}
			for _, id := range []string{"encryption.tls10", "encryption.notls12", "encryption.suitenull", "encryption.certexpired"} {
				if got := verdict(s.report, id); !strings.HasPrefix(got, "unknown") {
					t.Errorf("%s: %s is %s, of a server that refused every hello", name, id, got)
				}
			}
		})
	}
}
