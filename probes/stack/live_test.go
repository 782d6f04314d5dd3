// The stack as it is recognised on real servers, and the remedy that each kind
// of finding shows first there.

package stack_test

import (
	"context"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"middlebrick/report"
	"middlebrick/scan"
	"middlebrick/target"
	"middlebrick/testbed/lab"
)

const host = "app.test"

// look scans a server of the laboratory, its https form where it has one.
func look(t *testing.T, s *lab.Server, path string) report.Report {
	t.Helper()
	scheme, at := "https", s.TLS
	if at == "" {
		scheme, at = "http", s.Plain
	}
	to, err := target.Parse(scheme + "://" + host + ":" + port(t, at) + path)
	if err != nil {
		t.Fatal(err)
	}
	if s.TLS != "" && s.Plain != "" {
		to.HTTPPort, _ = strconv.Atoi(port(t, s.Plain))
	}
	req := scan.Request{Target: to, Pins: []scan.Pin{{Host: host, Addr: netip.MustParseAddr("127.0.0.1")}}}
	rec, err := scan.Run(context.Background(), req, func(scan.Event) {})
	if err != nil {
		t.Fatal(err)
	}
	return scan.Judge(rec, nil)
}

func port(t *testing.T, address string) string {
	t.Helper()
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// partsOf are the parts of a report in one line, the edge after them.
func partsOf(r report.Report) string {
	var names []string
	for _, part := range r.Target.Stack {
		names = append(names, part.Name+" "+part.Confidence)
	}
	return strings.Join(names, ", ") + "; edge " + r.Target.Edge
}

// fronted puts a proxy before gunicorn.
func fronted(start func(t *testing.T, upstream string) *lab.Server) func(*testing.T) *lab.Server {
	return func(t *testing.T) *lab.Server { return start(t, lab.StartGunicorn(t, lab.WSGI{}).Plain) }
}

var adhocTLS = lab.WSGI{Secure: true, App: lab.FlaskApp{Run: "app.run(ssl_context='adhoc')"}}

// The last two columns are the platforms of the first remedy: of the session
// cookie without Secure, and of HSTS that is missing.
var stacks = []struct {
	name         string
	start        func(*testing.T) *lab.Server
	want         string
	cookie, hsts string
}{
	{"development server", func(t *testing.T) *lab.Server { return lab.StartFlask(t, lab.WSGI{Secure: true}) },
		"Werkzeug certain, Flask high, Python certain; edge Werkzeug", "Flask", "Flask"},
	{"ad-hoc certificate", func(t *testing.T) *lab.Server { return lab.StartFlask(t, adhocTLS) },
		"Werkzeug certain, Flask high, Python certain; edge Werkzeug", "Flask", "Flask"},
	{"gunicorn", func(t *testing.T) *lab.Server { return lab.StartGunicorn(t, lab.WSGI{Secure: true}) },
		"gunicorn certain, Flask high, Werkzeug high; edge gunicorn", "Flask", "Flask"},
	{"uWSGI", func(t *testing.T) *lab.Server { return lab.StartUWSGI(t, lab.WSGI{Secure: true}) },
		"uWSGI low, Flask high, Werkzeug high; edge ", "Flask", "Flask"},
	{"nginx", fronted(func(t *testing.T, up string) *lab.Server { return lab.StartNginx(t, lab.Nginx{Upstream: up}) }),
		"nginx certain, Flask high, Werkzeug high; edge nginx", "Flask", "nginx"},
	{"Apache", fronted(func(t *testing.T, up string) *lab.Server { return lab.StartApache(t, lab.Apache{Upstream: up}) }),
		"Apache high, gunicorn certain, Flask high, Werkzeug high; edge Apache", "Flask", "Apache"},
	{"mod_wsgi", func(t *testing.T) *lab.Server { return lab.StartApache(t, lab.Apache{WSGI: &lab.WSGI{}}) },
		"Apache certain, mod_wsgi certain, Flask high, Python certain, OpenSSL certain, Werkzeug high; edge Apache", "Flask", "Apache"},
	{"HAProxy", fronted(func(t *testing.T, up string) *lab.Server { return lab.StartHAProxy(t, lab.Proxy{Upstream: up}) }),
		"HAProxy low, gunicorn certain, Flask high, Werkzeug high; edge HAProxy", "Flask", "Elsewhere"},
	{"waitress, which has no https form", func(t *testing.T) *lab.Server { return lab.StartWaitress(t, lab.WSGI{}) },
		"waitress certain, Flask high, Werkzeug high; edge waitress", "no finding", "no finding"},
	{"Django", func(t *testing.T) *lab.Server { return script(t, "django", djangoApp) },
		"wsgiref certain, Django high, Python certain; edge wsgiref", "no finding", "no finding"},
	{"Starlette", func(t *testing.T) *lab.Server { return script(t, "uvicorn", starletteApp) },
		"uvicorn certain, Starlette high; edge uvicorn", "no finding", "no finding"},
	{"http.server", func(t *testing.T) *lab.Server { return script(t, "json", fileServer) },
		"http.server certain, Python certain; edge http.server", "no finding", "no finding"},
	{"stunnel", fronted(func(t *testing.T, up string) *lab.Server { return lab.StartStunnel(t, lab.Proxy{Upstream: up}) }),
		"gunicorn certain, Flask high, Werkzeug high; edge gunicorn", "Flask", "Flask"},
}

func TestRealStacksAreRecognised(t *testing.T) {
	for _, row := range stacks {
		t.Run(row.name, func(t *testing.T) {
			r := look(t, row.start(t), "/login")
			if got := partsOf(r); got != row.want {
				t.Errorf("recognised %s\nwant       %s", got, row.want)
			}
			for id, want := range map[string]string{"encryption.cookiesecure": row.cookie, "encryption.hstsmissing": row.hsts} {
				if got := firstFix(r, id); got != want {
					t.Errorf("%s shows the remedy of %q first, want %q", id, got, want)
				}
			}
		})
	}
}

// firstFix is the platform of the first remedy of the rule's first finding.
func firstFix(r report.Report, id string) string {
	for _, f := range r.Findings {
		if f.Rule == id && len(f.Fixes) > 0 {
			return f.Fixes[0].Platform
		}
	}
	return "no finding"
}
