// The founding document's road as a rising score, walked on real Flask.

package scan_test

import (
	"encoding/json"
	"strings"
	"testing"

	"middlebrick/report"
	"middlebrick/testbed/ca"
	"middlebrick/testbed/lab"
)

func marshal(t testing.TB, r report.Report) []byte {
	t.Helper()
	raw, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

const cookieFlags = `
app.config.update(
    SESSION_COOKIE_NAME='__Host-session',
    SESSION_COOKIE_SECURE=True,
    SESSION_COOKIE_SAMESITE='Lax',
)
`

const hstsHeader = `
@app.after_request
def strict_transport_security(response):
    if request.is_secure:
        response.headers['Strict-Transport-Security'] = 'max-age=63072000; includeSubDomains'
    return response
`

// behindProxy is what every Flask application behind one proxy needs to know on
// which scheme it is.
const behindProxy = `
from werkzeug.middleware.proxy_fix import ProxyFix
app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)
`

const (
	forwarding  = "proxy_set_header X-Forwarded-Proto $scheme;\nproxy_set_header X-Forwarded-For $remote_addr;\nproxy_set_header Host app.test;\n"
	debianTLS   = "ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3;\n"
	modernTLS   = "ssl_protocols TLSv1.2 TLSv1.3;\nssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305;\n"
	redirecting = "return 301 https://app.test$request_uri;\n"
)

type step struct {
	name  string
	start func(*testing.T, *ca.CA) *lab.Server
	path  string
}

// behind is Flask under gunicorn behind nginx on ports 80 and 443, as the steps
// from the third on have it.
func behind(config, tls, server80 string) func(*testing.T, *ca.CA) *lab.Server {
	return func(t *testing.T, authority *ca.CA) *lab.Server {
		app := lab.StartGunicorn(t, lab.WSGI{App: lab.FlaskApp{Config: behindProxy + config}, Env: []string{"SECRET_KEY=" + strings.Repeat("k9", 20)}})
		return lab.StartNginx(t, lab.Nginx{
			Upstream: app.Plain, Plain: 80, TLS: 443, Pair: authority.GoodRSA(host),
			Server: tls, Server80: server80, Location: forwarding,
		})
	}
}

func TestRoadRisesStepByStep(t *testing.T) {
	lab.Needs(t, "nginx", "gunicorn", "flask", "cryptography")
	if !lab.InNamespace(t) {
		return
	}
	env := []string{"SECRET_KEY=" + strings.Repeat("k9", 20)}
	authority := ca.New()
	steps := []step{
		{"default app over http", func(t *testing.T, _ *ca.CA) *lab.Server {
			return lab.StartFlask(t, lab.WSGI{Port: 80, Env: env})
		}, "/login"},
		{"ad-hoc certificate", func(t *testing.T, _ *ca.CA) *lab.Server {
			return lab.StartFlask(t, lab.WSGI{Port: 443, Secure: true, App: lab.FlaskApp{Run: "app.run(ssl_context='adhoc')"}, Env: env})
		}, "/login"},
		{"CA-signed behind nginx", behind("", debianTLS, ""), "/login"},
		{"cookie flags", behind(cookieFlags, debianTLS, ""), "/login"},
		{"HSTS", behind(cookieFlags+hstsHeader, debianTLS, ""), "/login"},
		{"redirect", behind(cookieFlags+hstsHeader, debianTLS, redirecting), "/login"},
		{"TLS 1.2+ with forward secrecy", behind(cookieFlags+hstsHeader, modernTLS, redirecting), "/login"},
	}
	scores := []int{}
	for _, s := range steps {
		t.Run(s.name, func(t *testing.T) {
			server := s.start(t, authority)
			req := of(t, server, s.path)
			req.CAFiles = [][]byte{authority.RootPEM()}
			_, r := look(t, req)
			value := encryption(t, r)
			scores = append(scores, value)
			t.Logf("%-32s %3d  %s", s.name, value, rules(r))
		})
	}
	if len(scores) != len(steps) {
		t.Fatalf("%d of %d steps gave a score", len(scores), len(steps))
	}
	for i := 1; i < len(scores); i++ {
		if scores[i] <= scores[i-1] {
			t.Errorf("step %d (%s): %d is not higher than %d", i+1, steps[i].name, scores[i], scores[i-1])
		}
	}
	if scores[0] > 10 || scores[len(scores)-1] < 95 {
		t.Errorf("the road leads from %d to %d, want at most 10 to at least 95", scores[0], scores[len(scores)-1])
	}
}

func encryption(t *testing.T, r report.Report) int {
	t.Helper()
	value := r.Categories["Encryption"]
	if value == nil {
		t.Fatalf("no score: %s; not tested: %+v", r.Withheld, r.NotTested)
	}
	return *value
}

func rules(r report.Report) string {
	names := []string{}
	for _, f := range r.Findings {
		names = append(names, strings.TrimPrefix(f.Rule, "encryption.")+":"+string(f.Severity))
	}
	return strings.Join(names, " ")
}
