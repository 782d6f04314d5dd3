// The stripping vector: an application behind a TLS proxy that does not know that
// it is on https sends its users back to http itself (FLASK.md 1.10).

package scan_test

import (
	"strings"
	"testing"

	"middlebrick/report"
	"middlebrick/testbed/lab"
)

const proxyRule = "encryption.proxyscheme"

var secretKey = []string{"SECRET_KEY=" + strings.Repeat("k9", 20)}

func app(config string) lab.WSGI {
	return lab.WSGI{App: lab.FlaskApp{Config: config}, Env: secretKey}
}

// verdict is what the report says of one rule: "fail", "pass", "n/a" or the
// reason why it is not known.
func verdict(r report.Report, id string) string {
	for _, f := range r.Findings {
		if f.Rule == id {
			return "fail"
		}
	}
	for _, passed := range r.Passed {
		if passed == id {
			return "pass"
		}
	}
	for _, n := range r.NotTested {
		if n.Rule == id {
			return "unknown: " + n.Detail
		}
	}
	return "n/a"
}

const forwardedProto = "proxy_set_header X-Forwarded-Proto $scheme;\n"

var strips = []struct {
	name  string
	start func(testing.TB) *lab.Server
	want  string
}{
	{"nginx without X-Forwarded-Proto, gunicorn", func(t testing.TB) *lab.Server {
		return lab.StartNginx(t, lab.Nginx{Upstream: lab.StartGunicorn(t, app("")).Plain})
	}, "fail"},
	{"nginx without X-Forwarded-Proto, ProxyFix alone", func(t testing.TB) *lab.Server {
		return lab.StartNginx(t, lab.Nginx{Upstream: lab.StartGunicorn(t, app(behindProxy)).Plain})
	}, "fail"},
	{"nginx with X-Forwarded-Proto, gunicorn on the same host", func(t testing.TB) *lab.Server {
		return lab.StartNginx(t, lab.Nginx{Upstream: lab.StartGunicorn(t, app("")).Plain, Location: forwardedProto})
	}, "pass"},
	{"gunicorn that trusts no proxy", func(t testing.TB) *lab.Server {
		w := app("")
		w.Args = []string{"--forwarded-allow-ips", ""}
		return lab.StartNginx(t, lab.Nginx{Upstream: lab.StartGunicorn(t, w).Plain, Location: forwardedProto})
	}, "fail"},
	{"gunicorn that trusts no proxy, with ProxyFix", func(t testing.TB) *lab.Server {
		w := app(behindProxy)
		w.Args = []string{"--forwarded-allow-ips", ""}
		return lab.StartNginx(t, lab.Nginx{Upstream: lab.StartGunicorn(t, w).Plain, Location: forwardedProto})
	}, "pass"},
	{"development server behind nginx", func(t testing.TB) *lab.Server {
		return lab.StartNginx(t, lab.Nginx{Upstream: lab.StartFlask(t, app("")).Plain, Location: forwardedProto})
	}, "fail"},
	{"uWSGI trusts any peer", func(t testing.TB) *lab.Server {
		return lab.StartNginx(t, lab.Nginx{Upstream: lab.StartUWSGI(t, app("")).Plain, Location: forwardedProto})
	}, "pass"},
	{"waitress 2 with ProxyFix", func(t testing.TB) *lab.Server {
		return lab.StartNginx(t, lab.Nginx{Upstream: lab.StartWaitress(t, app(behindProxy)).Plain, Location: forwardedProto})
	}, "pass"},
	{"waitress 3 strips what it does not trust", func(t testing.TB) *lab.Server {
		w := app(behindProxy)
		w.Args = []string{"--clear-untrusted-proxy-headers"}
		return lab.StartNginx(t, lab.Nginx{Upstream: lab.StartWaitress(t, w).Plain, Location: forwardedProto})
	}, "fail"},
	{"waitress with a trusted proxy", func(t testing.TB) *lab.Server {
		w := app("")
		w.Args = []string{"--trusted-proxy=127.0.0.1", "--trusted-proxy-headers=x-forwarded-proto", "--clear-untrusted-proxy-headers"}
		return lab.StartNginx(t, lab.Nginx{Upstream: lab.StartWaitress(t, w).Plain, Location: forwardedProto})
	}, "pass"},
	{"Apache with ProxyPreserveHost alone", func(t testing.TB) *lab.Server {
		return lab.StartApache(t, lab.Apache{Upstream: lab.StartGunicorn(t, app("")).Plain, Host: "ProxyPreserveHost On\n"})
	}, "fail"},
	{"Apache with X-Forwarded-Proto", func(t testing.TB) *lab.Server {
		vhost := "ProxyPreserveHost On\nRequestHeader set X-Forwarded-Proto https\n"
		return lab.StartApache(t, lab.Apache{Upstream: lab.StartGunicorn(t, app("")).Plain, Host: vhost})
	}, "pass"},
	{"Apache repairs Location by ProxyPassReverse", func(t testing.TB) *lab.Server {
		return lab.StartApache(t, lab.Apache{Upstream: lab.StartGunicorn(t, app("")).Plain, Host: "ProxyPreserveHost Off\n"})
	}, "pass"},
	{"nginx repairs Location by proxy_redirect", func(t testing.TB) *lab.Server {
		return lab.StartNginx(t, lab.Nginx{Upstream: lab.StartGunicorn(t, app("")).Plain, Location: "proxy_set_header Host $proxy_host;\n"})
	}, "pass"},
	{"gunicorn ends TLS itself", func(t testing.TB) *lab.Server {
		w := app("")
		w.Secure = true
		return lab.StartGunicorn(t, w)
	}, "pass"},
}

func TestStrippingVectorIsFoundAndGoneAfterTheFix(t *testing.T) {
	lab.Needs(t, "nginx", "apache2", "gunicorn", "flask", "uwsgi", "waitress")
	for _, row := range strips {
		t.Run(row.name, func(t *testing.T) {
			_, r := look(t, of(t, row.start(t), "/"))
			if got := verdict(r, proxyRule); got != row.want {
				t.Errorf("%s: %s, want %s", proxyRule, got, row.want)
			}
			explained(t, r, row.want)
		})
	}
}

// explained holds that a leak is a way in at the top of the report, shown by the
// bytes that say so and by a command.
func explained(t *testing.T, r report.Report, want string) {
	t.Helper()
	for _, f := range r.Findings {
		if f.Rule != proxyRule {
			continue
		}
		if len(f.Evidence) == 0 || !strings.Contains(f.Evidence[0].Received, "Location: http://") || len(f.Reproduce) == 0 {
			t.Errorf("the leak is not proven: %+v", f.Evidence)
		}
	}
	for _, p := range r.Attack.Paths {
		if p.Name == "by a forged Host or scheme" && want == "fail" && p.Holds != "yes" {
			t.Errorf("the path %q is %s: %s", p.Name, p.Holds, p.Because)
		}
	}
}
