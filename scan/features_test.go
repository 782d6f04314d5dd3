// What hellos of a special form bring to light: each fault is told by its own rule
// and by no other, of servers that are made to have it and of real ones.

package scan_test

import (
	"crypto/tls"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"middlebrick/checks"
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/testbed/ca"
	"middlebrick/testbed/lab"
	"middlebrick/testbed/quirk"
)

// featureRules are the rules that rest on such hellos.
var featureRules = []string{
	"alpn", "bodycompression", "compression", "downgradesentinel", "extendedmastersecret", "extensionintolerance",
	"fallbackscsv", "longhello", "renegotiationinsecure", "snidefault", "versionintolerance",
}

// features are those of the rules that came to that outcome.
func features(t testing.TB, rec *observe.Recording, outcome rule.Outcome) []string {
	t.Helper()
	names := []string{}
	for _, name := range featureRules {
		r, ok := checks.Find("encryption." + name)
		if !ok {
			t.Fatalf("there is no rule encryption.%s", name)
		}
		if r.Judge(rec).Outcome == outcome {
			names = append(names, name)
		}
	}
	return names
}

// byName shows the pair to who says a name, and another certificate to who does not.
func byName(other ca.Pair) *tls.Config {
	return &tls.Config{GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		shown := pair.TLS()
		if hello.ServerName == "" {
			shown = other.TLS()
		}
		return &shown, nil
	}}
}

// refusing refuses who says no name, with internal_error.
func refusing() *tls.Config {
	return &tls.Config{GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		if hello.ServerName == "" {
			return nil, errors.New("no name")
		}
		shown := pair.TLS()
		return &shown, nil
	}}
}

// otherPair is made outside of any bubble: keys take real time.
var otherPair = ca.At(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)).GoodRSA("staging.example.net")

// A canned server has two shortcomings of its own; "fallback-scsv" and
// "master-secret" are its twins that lack one each. What reads no extension is canned
// as well, and cannot be asked for the master secret. "none" is the twin of all others.
func TestEachFeatureIsToldByItsOwnRule(t *testing.T) {
	canned := func(more ...string) []string {
		return slices.Sorted(slices.Values(append(more, "extendedmastersecret", "fallbackscsv")))
	}
	for _, row := range []struct {
		name    string
		quirk   string
		options quirk.Options
		fails   []string
	}{
		{"", "none", quirk.Options{}, []string{}},
		{"", "canned", quirk.Options{}, canned()},
		{"", "compression", quirk.Options{}, canned("compression")},
		{"", "insecure-renegotiation", quirk.Options{}, canned("renegotiationinsecure")},
		{"", "fallback-scsv", quirk.Options{}, []string{"extendedmastersecret"}},
		{"", "master-secret", quirk.Options{}, []string{"fallbackscsv"}},
		{"", "any-alpn", quirk.Options{}, canned("alpn")},
		{"", "no-downgrade-sentinel", quirk.Options{}, canned("downgradesentinel")},
		{"", "version-intolerant", quirk.Options{}, []string{"versionintolerance"}},
		{"", "extension-intolerant", quirk.Options{}, []string{"extensionintolerance", "fallbackscsv"}},
		{"", "grease-intolerant", quirk.Options{}, []string{"extensionintolerance"}},
		{"", "long-intolerant", quirk.Options{}, []string{"longhello"}},
		{"", "long-silent", quirk.Options{}, []string{"longhello"}},
		{"", "sni-required", quirk.Options{}, []string{}},
		{"another certificate without a name", "none", quirk.Options{Config: byName(otherPair)}, []string{"snidefault"}},
		{"the same certificate without a name", "none", quirk.Options{Config: byName(pair)}, []string{}},
		{"no certificate without a name", "none", quirk.Options{Config: refusing()}, []string{}},
		{"", "refuse-all", quirk.Options{}, []string{}},
		{"", "silent", quirk.Options{}, []string{}},
	} {
		name := row.name
		if name == "" {
			name = row.quirk
		}
		t.Run(name, func(t *testing.T) {
			row.options.Secure = true
			against(t, row.quirk, row.options, func(t *testing.T, s seen) {
				if diff := cmp.Diff(row.fails, features(t, s.rec, rule.Failed)); diff != "" {
					t.Errorf("the failing rules (-want +got):\n%s", diff)
				}
				passed := features(t, s.rec, rule.Passed)
				if mute := row.quirk == "refuse-all" || row.quirk == "silent"; mute && len(passed) > 0 {
					t.Errorf("%v passed, of a target that told nothing", passed)
				}
			})
		})
	}
}

// The rest of what is asked must be known, too: of a sound server every rule
// passes, or has no reason to be asked.
func TestSoundServerLeavesNothingOpen(t *testing.T) {
	against(t, "none", quirk.Options{Secure: true}, func(t *testing.T, s seen) {
		if open := features(t, s.rec, rule.Inconcluded); len(open) > 0 {
			t.Errorf("%v are not known", open)
		}
	})
}

func TestFeaturesOfRealServers(t *testing.T) {
	for _, row := range []struct {
		name  string
		start func(testing.TB) *lab.Server
		fails []string
		open  []string
	}{
		{"nginx", func(tb testing.TB) *lab.Server {
			return lab.StartNginx(tb, lab.Nginx{Server: lab.NginxIntermediate + "http2 on;\n"})
		}, nil, nil},
		{"nginx TLS 1.3 alone", func(tb testing.TB) *lab.Server { return lab.StartNginx(tb, lab.Nginx{Server: lab.NginxModern}) }, nil, nil},
		{"nginx of old", func(tb testing.TB) *lab.Server { return lab.StartNginx(tb, lab.Nginx{Server: lab.NginxOld}) }, nil, nil},
		{"nginx with gzip", func(tb testing.TB) *lab.Server { return lab.StartNginx(tb, lab.Nginx{Server: "gzip on;\n"}) }, []string{"bodycompression"}, nil},
		{"nginx that wants a name", func(tb testing.TB) *lab.Server { return lab.StartNginx(tb, lab.Nginx{Only: host}) }, nil, nil},
		{"Apache", func(tb testing.TB) *lab.Server { return lab.StartApache(tb, lab.Apache{}) }, nil, nil},
		{"s_server", func(tb testing.TB) *lab.Server { return lab.StartOpenSSL(tb, lab.OpenSSL{}) }, nil, nil},
		{"GnuTLS", func(tb testing.TB) *lab.Server { return lab.StartGnuTLS(tb, lab.GnuTLS{}) }, nil, nil},
		{"NSS", func(tb testing.TB) *lab.Server { return lab.StartNSS(tb, lab.NSS{}) }, nil, nil},
		{"Java", func(tb testing.TB) *lab.Server { return lab.StartJava(tb, lab.Java{}) }, []string{"fallbackscsv"}, nil},
		{"Node 0.10", func(tb testing.TB) *lab.Server { return lab.StartNode(tb, lab.Node{}) }, []string{"extendedmastersecret", "fallbackscsv", "longhello"}, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			rec, _ := look(t, of(t, row.start(t), "/"))
			want := [][]string{append([]string{}, row.fails...), append([]string{}, row.open...)}
			if diff := cmp.Diff(want, [][]string{features(t, rec, rule.Failed), features(t, rec, rule.Inconcluded)}); diff != "" {
				t.Errorf("what fails, and what is not known (-want +got):\n%s", diff)
				judgedSo(t, rec)
			}
		})
	}
}

func judgedSo(t *testing.T, rec *observe.Recording) {
	t.Helper()
	for _, name := range featureRules {
		r, _ := checks.Find("encryption." + name)
		v := r.Judge(rec)
		t.Logf("%s: %s %s %+v", name, v.Outcome, v.Says, v.Places)
	}
}

// The economy of these questions: seven connections on a sound server.
func TestFeaturesCostSevenConnectionsOnASoundServer(t *testing.T) {
	server := lab.StartNginx(t, lab.Nginx{Server: lab.NginxIntermediate + "http2 on;\n"})
	rec, _ := look(t, of(t, server, "/"))
	asked := map[observe.Ref]bool{}
	for _, key := range []string{observe.TLSProtocols.Name(), observe.TLSTolerance.Name(), observe.TLSFallback.Name(), observe.TLSNameless.Name()} {
		for _, ref := range rec.Entries[key].From {
			asked[ref] = true
		}
	}
	if len(asked) == 0 || len(asked) > 7 {
		t.Errorf("%d connections were made", len(asked))
	}
}
