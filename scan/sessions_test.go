// What finished handshakes bring to light, of servers that are made to have it, of
// their twins, and of real ones.

package scan_test

import (
	"crypto/tls"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"middlebrick/observe"
	"middlebrick/report"
	"middlebrick/testbed/ca"
	"middlebrick/testbed/lab"
	"middlebrick/testbed/quirk"
	"middlebrick/tlshello"
)

// sessionRules are the rules over finished handshakes.
var sessionRules = words("earlydata", "renegotiationclient", "ticketbleed", "ticketlifetime")

// sessionVerdicts is which of them failed and which could not be told.
func sessionVerdicts(r report.Report) (v faultVerdicts) {
	for _, name := range sessionRules {
		switch said := verdict(r, "encryption."+name); {
		case said == "fail":
			v.Failed = append(v.Failed, name)
		case strings.HasPrefix(said, "unknown"):
			v.Doubtful = append(v.Doubtful, name)
		}
	}
	return v
}

func TestSessionFaultsAreToldByTheirRules(t *testing.T) {
	for _, row := range []struct {
		name, quirk string
		options     quirk.Options
		want        faultVerdicts
	}{
		{"Ticketbleed", "ticketbleed-resumes", quirk.Options{}, faultVerdicts{Failed: words("ticketbleed")}},
		{"Ticketbleed without an end", "ticketbleed", quirk.Options{}, faultVerdicts{Failed: words("ticketbleed"), Doubtful: words("renegotiationclient")}},
		{"its twin", "ticket-echo", quirk.Options{}, faultVerdicts{}},
		{"a renegotiation that is ignored", "renegotiation-ignored", quirk.Options{}, faultVerdicts{Doubtful: words("earlydata", "renegotiationclient")}}, // nor are its cookies known
		{"nothing wrong", "none", quirk.Options{Secure: true}, faultVerdicts{}},
		{"TLS 1.2 alone", "none", quirk.Options{Secure: true, Config: &tls.Config{Certificates: []tls.Certificate{pair.TLS()}, MaxVersion: tls.VersionTLS12}}, faultVerdicts{}},
		{"client certificates", "none", quirk.Options{Secure: true, Config: &tls.Config{Certificates: []tls.Certificate{pair.TLS()}, ClientAuth: tls.RequireAnyClientCert}}, faultVerdicts{Doubtful: words("earlydata")}},
		{"silence", "silent", quirk.Options{}, faultVerdicts{Doubtful: sessionRules}},
	} {
		t.Run(row.name, func(t *testing.T) {
			against(t, row.quirk, row.options, func(t *testing.T, s seen) {
				if diff := cmp.Diff(row.want, sessionVerdicts(s.report), cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("after %v (-want +got):\n%s", s.took, diff)
				}
			})
		})
	}
}

// resumed is what a real server's sessions are like, at one version.
type resumed struct {
	Finished, ByTicket, ByID, EarlyData observe.Result
	Longest                             uint32
	MaxEarlyData                        uint32
}

func sessionsOf(t *testing.T, rec *observe.Recording, version tlshello.Version) resumed {
	t.Helper()
	seen, _, gap := observe.Get(rec, observe.TLSHandshakes)
	if gap != nil {
		t.Fatal(gap)
	}
	h := seen.Versions[version]
	r := resumed{Finished: h.Finished.Result, ByTicket: h.ByTicket.Result, ByID: h.ByID.Result, EarlyData: h.EarlyData.Result}
	for _, ticket := range h.Tickets {
		r.Longest, r.MaxEarlyData = max(r.Longest, ticket.Lifetime), max(r.MaxEarlyData, ticket.MaxEarlyData)
	}
	return r
}

const early, both13 = "ssl_early_data on;\n", "ssl_protocols TLSv1.2 TLSv1.3;\n"

// asked is how many connections finished handshakes cost.
func askedOfSessions(rec *observe.Recording) (asked int) {
	for _, exchange := range rec.Exchanges {
		if strings.Contains(exchange.About, " handshake ") || strings.Contains(exchange.About, " handshake,") {
			asked++
		}
	}
	return asked
}

func TestSessionsOfRealServers(t *testing.T) {
	rsa := ca.New().GoodRSA(host)
	for _, row := range []struct {
		name  string
		needs []string
		start func(testing.TB) *lab.Server
		old   resumed // at the newest version up to TLS 1.2, which is TLS 1.2
		new   resumed // at TLS 1.3
		want  faultVerdicts
	}{
		{"nginx", words("nginx"), func(t testing.TB) *lab.Server { return lab.StartNginx(t, lab.Nginx{Server: both13, Pair: rsa}) },
			resumed{"accepted", "accepted", "refused", "absent", 300, 0}, resumed{"accepted", "accepted", "absent", "absent", 300, 0}, faultVerdicts{}},
		{"nginx with a cache and early data", words("nginx"), func(t testing.TB) *lab.Server {
			return lab.StartNginx(t, lab.Nginx{Server: both13 + early + "ssl_session_cache shared:TLS:1m;\n", Pair: rsa})
		}, resumed{"accepted", "accepted", "accepted", "absent", 300, 0}, resumed{"accepted", "accepted", "absent", "accepted", 300, 16384}, faultVerdicts{Failed: words("earlydata")}},
		{"nginx with tickets for eight days", words("nginx"), func(t testing.TB) *lab.Server {
			return lab.StartNginx(t, lab.Nginx{Server: both13 + "ssl_session_timeout 8d;\n", Pair: rsa})
		}, resumed{"accepted", "accepted", "refused", "absent", 691200, 0}, resumed{"accepted", "accepted", "absent", "absent", 604800, 0}, faultVerdicts{Failed: words("ticketlifetime")}},
		{"nginx without tickets", words("nginx"), func(t testing.TB) *lab.Server {
			return lab.StartNginx(t, lab.Nginx{Server: both13 + "ssl_session_tickets off;\n", Pair: rsa})
		}, resumed{"accepted", "absent", "refused", "absent", 0, 0}, resumed{"accepted", "refused", "absent", "absent", 300, 0}, faultVerdicts{}},
		{"s_server that renegotiates", words("openssl"), func(t testing.TB) *lab.Server {
			return lab.StartOpenSSL(t, lab.OpenSSL{Pair: rsa, Args: []string{"-client_renegotiation"}})
		}, resumed{"accepted", "accepted", "accepted", "absent", 7200, 0}, resumed{"accepted", "accepted", "absent", "absent", 7200, 0}, faultVerdicts{Failed: words("renegotiationclient")}},
		{"GnuTLS", words("gnutls-serv"), func(t testing.TB) *lab.Server { return lab.StartGnuTLS(t, lab.GnuTLS{Pair: rsa}) },
			resumed{"accepted", "accepted", "accepted", "absent", 21600, 0}, resumed{"accepted", "accepted", "absent", "absent", 21600, 0}, faultVerdicts{Failed: words("renegotiationclient")}},
		{"Java", words("java", "javac"), func(t testing.TB) *lab.Server {
			return lab.StartJava(t, lab.Java{Pair: rsa, Protocols: []string{"TLSv1.2", "TLSv1.3"}})
		}, resumed{"accepted", "accepted", "accepted", "absent", 86400, 0}, resumed{"accepted", "accepted", "absent", "absent", 86400, 0}, faultVerdicts{Failed: words("renegotiationclient")}},
		{"Apache", words("apache2"), func(t testing.TB) *lab.Server { return lab.StartApache(t, lab.Apache{Pair: rsa}) },
			resumed{"accepted", "accepted", "absent", "absent", 300, 0}, resumed{"accepted", "accepted", "absent", "absent", 300, 0}, faultVerdicts{}},
	} {
		t.Run(row.name, func(t *testing.T) {
			lab.Needs(t, row.needs...)
			rec, r := look(t, of(t, row.start(t), "/"))
			got := []resumed{sessionsOf(t, rec, tlshello.TLS12), sessionsOf(t, rec, tlshello.TLS13)}
			if diff := cmp.Diff([]resumed{row.old, row.new}, got); diff != "" {
				t.Errorf("the sessions (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(row.want, sessionVerdicts(r), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("the rules (-want +got):\n%s", diff)
			}
			if asked := askedOfSessions(rec); asked > 6 {
				t.Errorf("%d connections were made for sessions", asked)
			}
		})
	}
}

// openAlone checks a server that ignores a renegotiation: what else its handshakes
// tell is known.
func openAlone(t *testing.T, s seen) {
	for name, want := range map[string]string{"renegotiationclient": "unknown", "ticketlifetime": "pass", "ticketbleed": "n/a"} {
		if got := verdict(s.report, "encryption."+name); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	for ref, exchange := range s.rec.Exchanges {
		if exchange.TookMS > 10_000 {
			t.Errorf("%s (%s) took %d ms", ref, exchange.About, exchange.TookMS)
		}
	}
}

// sendsNoEarlyData scans a server that takes early data and notes which requests
// came as such: none, though the offer was made and taken up.
func sendsNoEarlyData(t *testing.T) {
	lab.Needs(t, "nginx")
	server := lab.StartNginx(t, lab.Nginx{Pair: ca.New().GoodRSA(host), HTTP: "log_format early \"early:$ssl_early_data;\";\n",
		Server: both13 + early + "access_log early.log early;\n"})
	rec, _ := look(t, of(t, server, "/"))
	if got := sessionsOf(t, rec, tlshello.TLS13).EarlyData; got != observe.Accepted {
		t.Errorf("the offer was %s", got)
	}
	log, err := os.ReadFile(filepath.Join(server.Dir, "early.log"))
	if err != nil {
		t.Fatal(err)
	}
	if text := string(log); !strings.Contains(text, "early:") || strings.Contains(text, "early:1") {
		t.Errorf("the requests came as %q", text)
	}
}
