// A fix of each platform and place takes effect on the running server.

package lab

import (
	"crypto/tls"
	"strings"
	"testing"
)

// corrected is the remedy for a Flask application behind one TLS proxy.
const corrected = `## Flask

` + "```python app" + `
import os
from flask import Flask
from flask_talisman import Talisman
from werkzeug.middleware.proxy_fix import ProxyFix

app = Flask(__name__)
app.config.update(
    SECRET_KEY=os.environ['SECRET_KEY'],
    SESSION_COOKIE_NAME='__Host-session',
    SESSION_COOKIE_SECURE=True,
    SESSION_COOKIE_SAMESITE='Lax',
    REMEMBER_COOKIE_SECURE=True, REMEMBER_COOKIE_HTTPONLY=True,
)
app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)
Talisman(app, session_cookie_samesite='Lax', force_https_permanent=True)
` + "```" + `

## nginx

` + "```nginx location" + `
proxy_set_header Host $host;
proxy_set_header X-Forwarded-Proto $scheme;
proxy_set_header X-Forwarded-For $remote_addr;
` + "```" + `

` + "```nginx server80" + `
return 301 https://$host$request_uri;
` + "```\n"

func TestCorrectedFlaskAndNginxHoldOnTheirRealPorts(t *testing.T) {
	if !InNamespace(t) {
		return
	}
	Needs(t, "flask_talisman")
	app := StartGunicorn(t, WSGI{}.With(t, Snippets(corrected, "Flask")...))
	s := StartNginx(t, Nginx{Upstream: app.Plain, Plain: 80, TLS: 443}.With(t, Snippets(corrected, "nginx")...))
	answer, _ := get(t, s, "/login")
	cookie := answer.Header.Get("Set-Cookie")
	if !strings.HasPrefix(cookie, "__Host-session=eyJ") || !strings.HasSuffix(cookie, "; Secure; HttpOnly; Path=/; SameSite=Lax") {
		t.Errorf("session cookie is %q", cookie)
	}
	if got := answer.Header.Get("Strict-Transport-Security"); got != "max-age=31556926; includeSubDomains" {
		t.Errorf("HSTS is %q", got)
	}
	answer, _ = get(t, s, "/users")
	if got := answer.Header.Get("Location"); got != "https://127.0.0.1/users/" {
		t.Errorf("/users sends to %q", got)
	}
	answer, _ = getAt(t, "http", s.Plain, "/login")
	if got := answer.Header.Get("Location"); answer.StatusCode != 301 || got != "https://127.0.0.1/login" {
		t.Errorf("port 80 answers %d and sends to %q", answer.StatusCode, got)
	}
}

func TestFixTakesEffect(t *testing.T) {
	hsts := "max-age=31536000"
	header := func(name, want string) func(testing.TB, *Server) {
		return func(tb testing.TB, s *Server) {
			answer, _ := get(tb, s, "/login")
			if got := answer.Header.Get(name); !strings.Contains(got, want) {
				tb.Errorf("%s is %q, want %q", name, got, want)
			}
		}
	}
	only13 := func(tb testing.TB, s *Server) {
		if got := version(tb, s.TLS, tls.VersionTLS12); got != 0 {
			tb.Errorf("still negotiates %s", tls.VersionName(got))
		}
	}
	weak := Nginx{HTTP: NginxWeakTLS, Location: "add_header Strict-Transport-Security max-age=0;"}
	pair := map[string]string{"/etc/ssl/app.pem": "cert.pem", "/etc/ssl/app.key": "key.pem"}
	tests := []struct {
		name  string
		start func(tb testing.TB) *Server
		check func(testing.TB, *Server)
	}{
		{"nginx http", func(tb testing.TB) *Server {
			return StartNginx(tb, weak.With(tb, Snippet{Place: "http", Text: "http { ssl_protocols TLSv1.3; }"}))
		}, only13},
		{"nginx server", func(tb testing.TB) *Server {
			return StartNginx(tb, weak.With(tb, Snippet{Place: "server", Text: "server { listen 443 ssl; http2 on; server_name app.example; ssl_protocols TLSv1.3; }"}))
		}, only13},
		{"nginx location", func(tb testing.TB) *Server {
			return StartNginx(tb, weak.With(tb, Snippet{Place: "location", Text: "add_header Strict-Transport-Security " + hsts + " always;"}))
		}, header("Strict-Transport-Security", hsts)},
		{"apache server", func(tb testing.TB) *Server {
			return StartApache(tb, Apache{}.With(tb, Snippet{Place: "server", Text: "ServerTokens Prod\nSSLProtocol -all +TLSv1.3\n"}))
		}, only13},
		{"apache vhost", func(tb testing.TB) *Server {
			return StartApache(tb, Apache{}.With(tb, Snippet{Place: "vhost",
				Text: "<VirtualHost *:443>\nServerName app.example\nHeader always set Strict-Transport-Security \"" + hsts + "\"\n</VirtualHost>\n"}))
		}, header("Strict-Transport-Security", hsts)},
		{"flask app", func(tb testing.TB) *Server {
			return StartFlask(tb, WSGI{Secure: true}.With(tb, Snippet{Place: "app", Text: "app.config['SESSION_COOKIE_SECURE'] = True\n"}))
		}, header("Set-Cookie", "; Secure; HttpOnly; Path=/")},
		{"flask run", func(tb testing.TB) *Server {
			fix := Snippet{Place: "run", Text: "app.run(host='0.0.0.0', port=443, ssl_context=('/etc/ssl/app.pem', '/etc/ssl/app.key'))\n"}
			return StartFlask(tb, WSGI{Secure: true, Swap: pair}.With(tb, fix))
		}, header("Server", "Werkzeug/")},
		{"gunicorn conf", func(tb testing.TB) *Server {
			fix := Snippet{Place: "gunicorn.conf.py", Text: "bind = '0.0.0.0:443'\ncertfile = '/etc/ssl/app.pem'\nkeyfile = '/etc/ssl/app.key'\n"}
			return StartGunicorn(tb, WSGI{Secure: true, Swap: pair}.With(tb, fix))
		}, header("Server", "gunicorn")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.check(t, test.start(t))
		})
	}
}

func TestAdhocCertificateIsThatOfWerkzeug(t *testing.T) {
	Needs(t, "cryptography")
	s := StartFlask(t, WSGI{Secure: true, App: FlaskApp{Run: "app.run(ssl_context='adhoc', debug=True)"}})
	conn, err := tls.Dial("tcp", s.TLS, &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	leaf := conn.ConnectionState().PeerCertificates[0]
	if got := leaf.Subject.ToRDNSequence().String(); got != "CN=*,O=Dummy Certificate" || leaf.Issuer.String() != got {
		t.Errorf("subject is %s, issuer %s", got, leaf.Issuer)
	}
}
