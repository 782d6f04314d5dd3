// Signs that the recordings do not hold: older versions and settings as FLASK.md
// measured them, and answers that must say nothing.

package stack

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"middlebrick/cookieshape"
	"middlebrick/httphead"
	"middlebrick/observe"
)

const oldNotFound = "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 3.2 Final//EN\">\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n" +
	"<p>The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.</p>\n"

func TestOldErrorPageHasTheMeasuredLength(t *testing.T) {
	if len(oldNotFound) != 232 {
		t.Errorf("%d bytes; Werkzeug 1.0.1 wrote 232", len(oldNotFound))
	}
}

// n is what a proxy says of itself.
const n = "Server: nginx\nDate: Mon, 23 Nov 2026 19:50:26 GMT\n"

var single = []struct{ name, path, answer, want string }{
	{"old page", "/x", "HTTP/1.1 404 NOT FOUND\n" + n + "\n" + oldNotFound,
		"nginx proxy certain, Flask framework low, Werkzeug (before 2.1.2) library high; edge nginx"},
	{"redirect of the router before 0.15", "/dir", "HTTP/1.1 301 MOVED PERMANENTLY\n" + n + "Location: http://app.test/dir/\n\n" +
		oldDoctype + "<title>Redirecting...</title>\n<h1>Redirecting...</h1>\n<p>You should be redirected automatically to target URL",
		"nginx proxy certain, Flask framework high, Werkzeug (before 2.1.2) library high; edge nginx"},
	{"redirect of the router", "/dir", "HTTP/1.1 308 Permanent Redirect\n" + n + "Location: http://app.test/dir/\n\n" +
		oldDoctype + "<title>Redirecting...</title>\n<h1>Redirecting...</h1>\n<p>You should be redirected automatically to target URL: <a",
		"nginx proxy certain, Flask framework high, Werkzeug (before 2.1.2) library high; edge nginx"},
	{"redirect of a view", "/old", "HTTP/1.1 302 Found\n" + n + "Location: /users/\n\n<!doctype html>\n<html lang=en>\n<title>Redirecting...</title>\n<h1>Redirecting...</h1>\n",
		"nginx proxy certain; edge nginx"},
	{"capitals", "/x", "HTTP/1.1 405 METHOD NOT ALLOWED\n" + n + "\n", "nginx proxy certain, Flask framework low, Werkzeug library high; edge nginx"},
	{"capitals of another phrase", "/x", "HTTP/1.1 405 NO\n" + n + "\n", "nginx proxy certain; edge nginx"},
	{"OK is in capitals everywhere", "/", "HTTP/1.1 200 OK\n" + n + "\n", "nginx proxy certain; edge nginx"},
	{"no capitals over HTTP/2", "/", "HTTP/2 404 NOT FOUND\n" + n + "\n", "nginx proxy certain; edge nginx"},
	{"permanent session before 2.0", "/login", "HTTP/1.1 200 OK\n" + n + "Set-Cookie: a=b; Expires=Thu, 24-Dec-2026 16:13:46 GMT; HttpOnly; Path=/\n\n",
		"nginx proxy certain, Flask framework low, Werkzeug (before 2.0) library high; edge nginx"},
	{"permanent session since", "/login", "HTTP/1.1 200 OK\n" + n + "Set-Cookie: a=b; Expires=Thu, 24 Dec 2026 16:13:46 GMT; Secure; HttpOnly; Path=/; SameSite=Lax\n\n",
		"nginx proxy certain, Flask framework low, Werkzeug library high; edge nginx"},
	{"Secure spelled out", "/login", "HTTP/1.1 200 OK\n" + n + "Set-Cookie: a=b; Secure=True; HttpOnly; Path=/\n\n",
		"nginx proxy certain, Flask framework low, Werkzeug (2.3 or later) library high; edge nginx"},
	{"partitioned", "/login", "HTTP/1.1 200 OK\n" + n + "Set-Cookie: a=b; Secure; HttpOnly; Path=/; Partitioned\n\n",
		"nginx proxy certain, Flask framework low, Werkzeug (3.1 or later) library high; edge nginx"},
	{"bounds that meet", "/x", "HTTP/1.1 404 NOT FOUND\n" + n + "Set-Cookie: a=b; Secure=1; HttpOnly; Path=/\n\n" + newDoctype + strings.TrimPrefix(oldNotFound, oldDoctype),
		"nginx proxy certain, Flask framework low, Werkzeug (2.3 or later) library high; edge nginx"},
	{"other orders are others'", "/login", "HTTP/1.1 200 OK\n" + n + "Set-Cookie: a=b; Path=/; HttpOnly; Secure\nSet-Cookie: c=d; HttpOnly; SameSite=Lax; Path=/\n\n",
		"nginx proxy certain; edge nginx"},
	{"form token", "/login", "HTTP/1.1 200 OK\n" + n + "\n<input id=\"csrf_token\" name=\"csrf_token\" type=\"hidden\" value=\"" +
		"Ij" + strings.Repeat("Q", 54) + ".awRmFA.xfZEyjO7GMwsiwLBivQ_MzE1kbM\">",
		"nginx proxy certain, Flask framework high, Flask-WTF extension high; edge nginx"},
	{"Talisman", "/", "HTTP/1.1 200 OK\n" + n + "X-Frame-Options: SAMEORIGIN\nReferrer-Policy: strict-origin-when-cross-origin\n" +
		"Strict-Transport-Security: max-age=31556926; includeSubDomains\n\n",
		"nginx proxy certain, Flask framework high, Flask-Talisman extension high; edge nginx"},
	{"two Server fields", "/", "HTTP/1.1 200 OK\nServer: OnionShare\nServer: Werkzeug/2.2.2 Python/3.11.2\nDate: x\n\n",
		"OnionShare server certain, Werkzeug (2.2.2) server certain, Flask framework low, Python (3.11.2) language certain; edge OnionShare; development: Werkzeug's development server"},
	{"two dates on a static file", "/static/x.js", "HTTP/1.1 200 OK\nServer: ours\nDate: x\nContent-Disposition: inline; filename=x.js\n" +
		"ETag: \"1795450370.9360583-15-3122989990\"\nDate: x\n\n",
		"ours server certain, Werkzeug server high, Flask framework high; edge ours; development: Werkzeug's development server"},
	{"Werkzeug serves Django", "/x", "HTTP/1.1 404 Not Found\nServer: Werkzeug/3.0.1 Python/3.12.3\nDate: x\n\n<h1>Not Found</h1><p>The requested resource was not found on this server.</p>",
		"Werkzeug (3.0.1) server certain, Django framework high, Python (3.12.3) language certain; edge Werkzeug; development: Werkzeug's development server"},
	{"neither Server nor Date proves nothing alone", "/", "HTTP/1.1 200 OK\nContent-Type: application/json\nContent-Length: 2\n\n{}", ""},
	{"FastAPI's validation", "/x", "HTTP/1.1 422 Unprocessable Entity\nserver: uvicorn\ndate: x\ncontent-type: application/json\n\n" +
		`{"detail":[{"loc":["query","n"],"msg":"field required","type":"value_error.missing"}]}`,
		"uvicorn server certain, FastAPI framework high; edge uvicorn"},
	{"another detail", "/x", "HTTP/1.1 404 Not Found\n" + n + "content-type: application/json\n\n" + `{"detail":"No such user"}`, "nginx proxy certain; edge nginx"},
	{"Spring Boot in JSON", "/x", "HTTP/1.1 404 \n" + n + "Content-Type: application/json\n\n" + `{"timestamp":"2026-11-23T20:00:00Z","status":404,"error":"Not Found","path":"/x"}`,
		"nginx proxy certain, Spring Boot framework low; edge nginx"},
	{"JSON bomb", "/x", "HTTP/1.1 404 Not Found\n" + n + "Content-Type: application/json\n\n" + strings.Repeat("[", 4000), "nginx proxy certain; edge nginx"},
	{"ASP.NET", "/", "HTTP/1.1 200 OK\nServer: Microsoft-IIS/10.0\nX-AspNet-Version: 4.0.30319\nX-Powered-By: ASP.NET\nDate: x\n\n",
		"IIS (10.0) proxy certain, ASP.NET (4.0.30319) framework certain; edge IIS"},
	{"a network in front of nginx", "/", "HTTP/1.1 200 OK\n" + n + "Via: 1.1 abc.cloudfront.net (CloudFront)\n\n",
		"CloudFront proxy certain, nginx proxy certain; edge CloudFront"},
	{"OpenResty", "/", "HTTP/1.1 200 OK\nServer: openresty/1.21.4.1\nDate: x\n\n", "OpenResty (1.21.4.1) proxy certain; edge OpenResty"},
	{"what is not known names itself", "/", "HTTP/1.1 200 OK\nServer: Zeus/4.3 (x)\nDate: x\n\n", "Zeus (4.3) server certain; edge Zeus"},
	{"a version that is none", "/", "HTTP/1.1 200 OK\nServer: nginx/<script>\nDate: x\n\n", "nginx proxy certain; edge nginx"},
	{"a name that is none", "/", "HTTP/1.1 200 OK\nServer: <b>x</b>\nDate: x\n\n", ""},
	{"a page that quotes an error page", "/", "HTTP/1.1 200 OK\n" + n + "\n" + oldNotFound + "<hr><center>nginx/9.9.9</center>", "nginx proxy certain; edge nginx"},
}

func TestSingleAnswers(t *testing.T) {
	for _, row := range single {
		t.Run(row.name, func(t *testing.T) {
			if got := words(stackOf([]answer{parseAnswer(t, "https://app.test"+row.path, []byte(row.answer))})); got != row.want {
				t.Errorf("recognised\n%s\nwant\n%s", got, row.want)
			}
		})
	}
}

func TestReasonsRepeatNothingThatATerminalObeys(t *testing.T) {
	head := "HTTP/1.1 200 OK\nServer: nginx " + strings.Repeat("\x1b[2J", 40) + "\nX-Powered-By: PHP/8\x1b]0;x\x07\n\n"
	for _, part := range stackOf([]answer{parseAnswer(t, "https://app.test/", []byte(head))}).Parts {
		if text := part.Because + part.Version; strings.ContainsAny(text, "\x1b\x07") || len(text) > mostShown+20 {
			t.Errorf("%s: %q", part.Name, text)
		}
	}
}

// page is an answer of Flask without a Server field, its other fields in that
// order.
func page(fields ...string) answer {
	a := answer{url: "https://app.test/x", ref: "x/1", body: []byte(newDoctype + strings.TrimPrefix(oldNotFound, oldDoctype))}
	a.head = httphead.Head{Proto: "HTTP/1.1", Status: 404}
	for _, name := range fields {
		a.head.Fields = append(a.head.Fields, httphead.Field{Name: name, Value: "x"})
	}
	return a
}

func TestOrderOfFieldsTellsSilentServers(t *testing.T) {
	const flask = "Flask framework low, Werkzeug (2.1.2 or later) library high"
	tests := []struct {
		name    string
		answers []answer
		want    string
	}{
		{"neither Server nor Date", []answer{page("Content-Type", "Content-Length")}, "uWSGI server low, " + flask},
		{"a static file brings its Date", []answer{page("Content-Type", "Date"), page("Content-Type", "Content-Length")}, "uWSGI server low, " + flask},
		{"Date last", []answer{page("Content-Type", "Content-Length", "Date")}, "gevent server low, " + flask},
		{"Date last but for Connection", []answer{page("Content-Type", "Content-Length", "Date", "Connection")}, "eventlet server low, " + flask},
		{"alphabet", []answer{page("Connection", "Content-Length", "Content-Type", "Date")}, "waitress server low, " + flask},
		{"Date first", []answer{page("Date", "Content-Type", "Content-Length")}, flask},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for i := range test.answers {
				test.answers[i].head.Reason = "Not Found"
			}
			if got := words(stackOf(test.answers)); got != test.want {
				t.Errorf("recognised\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

func TestCookiesTellTheirMakers(t *testing.T) {
	hex := strings.Repeat("0123456789abcdef", 8)
	for line, want := range map[string]string{
		"remember_token=42|" + hex + "; Secure":                               "Flask framework high, Flask-Login extension high",
		"session=0b0e3a3e-5d1c-4f0e-9d7c-0d6a1b2c3d4e; Secure":                "Flask framework high, Flask-Session extension low",
		"csrf_access_token=0b0e3a3e-5d1c-4f0e-9d7c-0d6a1b2c3d4e; Secure":      "Flask framework high, Flask-JWT-Extended extension high",
		"session=eyJ1c2VyIjoiYWxpY2UifQ.awRmFA.xfZEyjO7GMwsiwLBivQ_MzE1kbM":   "Flask framework high",
		"session=eyJ1c2VyIjogImFsaWNlIn0=.awSYtw.aA3rN5z5lwk2FB6AA6ZkDAlJLzg": "Starlette framework high",
		"sessionid=h1fhoed847udo0wsjy3rd8iiet73d405":                          "Django framework high",
		"connect.sid=x":                               "Express framework low",
		"PHPSESSID=431u9gegue3u3inodlh8bkdafc":        "PHP language high",
		"JSESSIONID=0864422F66C4ACD0943F394A3C633A7B": "Tomcat server high",
		"theme=dark":                                  "",
	} {
		f := newFinder()
		c := httphead.ParseSetCookie(line)
		f.cookie(observe.Cookie{Cookie: c, Shape: cookieshape.Classify(c.Name, c.Value, recordedAt), Ref: "x/1"})
		if got, _ := f.stack(); words(got) != want {
			t.Errorf("%s: %s, want %s", line, words(got), want)
		}
	}
}

func part(name, version, role, sure, because string) observe.Part {
	return observe.Part{Name: name, Version: version, Role: role, Confidence: sure, Because: because, Ref: "x/1"}
}

const usual = "Werkzeug answers, and Flask is what most often runs on it"

func TestOtherObservationsAreRead(t *testing.T) {
	const adhocSays = "the certificate is the one that ssl_context='adhoc' makes"
	tests := []struct {
		name string
		read func(*finder)
		want observe.Stack
	}{
		{"ad-hoc certificate", func(f *finder) {
			f.certificate(observe.Chain{Ref: "x/1", Certificates: []observe.Certificate{{Werkzeug: "adhoc", DNSNames: []string{"*", "*.*"}}}})
		}, observe.Stack{Edge: "Werkzeug", Development: werkzeugServer, Ref: "x/1", Parts: []observe.Part{
			part("Werkzeug", "3.0.3 or later", server, certain, adhocSays), part("Flask", "", framework, low, usual)}}},
		{"ad-hoc certificate of older versions", func(f *finder) {
			f.certificate(observe.Chain{Ref: "x/1", Certificates: []observe.Certificate{{Werkzeug: "adhoc", DNSNames: []string{"*"}}}})
		}, observe.Stack{Edge: "Werkzeug", Development: werkzeugServer, Ref: "x/1", Parts: []observe.Part{
			part("Werkzeug", "1.0 or later, before 3.0.3", server, certain, adhocSays), part("Flask", "", framework, low, usual)}}},
		{"ad-hoc certificate that nginx shows", func(f *finder) {
			f.edge = "nginx"
			f.certificate(observe.Chain{Ref: "x/1", Certificates: []observe.Certificate{{Werkzeug: "adhoc"}}})
		}, observe.Stack{Edge: "nginx", Parts: []observe.Part{
			part("Flask", "", framework, low, usual), part("Werkzeug", "before 1.0", library, certain, adhocSays)}}},
		{"certificate for development", func(f *finder) {
			f.certificate(observe.Chain{Ref: "x/1", Certificates: []observe.Certificate{{Werkzeug: "devcert", DNSNames: []string{"app.test"}}}})
		}, observe.Stack{Parts: []observe.Part{
			part("Flask", "", framework, low, usual), part("Werkzeug", "", library, certain, "the certificate is one that its make_ssl_devcert writes")}}},
		{"another certificate", func(f *finder) {
			f.certificate(observe.Chain{Ref: "x/1", Certificates: []observe.Certificate{{CommonName: "app.test"}}})
		}, observe.Stack{Parts: []observe.Part{}}},
		{"debugger", func(f *finder) { f.debugger(observe.DebuggerAnswer{Found: true, Ref: "x/1"}) },
			observe.Stack{Parts: []observe.Part{part("Flask", "", framework, low, usual), part("Werkzeug", "", library, certain, "its debugger's style sheet is served")}}},
		{"no debugger", func(f *finder) { f.debugger(observe.DebuggerAnswer{Ref: "x/1"}) }, observe.Stack{Parts: []observe.Part{}}},
		{"names in a session", func(f *finder) {
			f.session(observe.Session{Cookie: "s", Kind: "flask-session", Names: []string{"_flashes", "_user_id", "cart"}, Ref: "x/1"})
		}, observe.Stack{Parts: []observe.Part{
			part("Flask", "", framework, certain, "the session holds _flashes"), part("Flask-Login", "", extension, certain, "the session holds _user_id")}}},
		{"a published key", func(f *finder) {
			f.session(observe.Session{Cookie: "s", Kind: "flask-session", KnownKey: "dev", Ref: "x/1"})
		}, observe.Stack{Parts: []observe.Part{part("Flask", "", framework, certain, "cookie s is signed as it signs sessions")}}},
		{"another framework's session", func(f *finder) {
			f.session(observe.Session{Cookie: "s", Kind: "starlette-session", Names: []string{"_user_id"}, Ref: "x/1"})
		}, observe.Stack{Parts: []observe.Part{}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newFinder()
			test.read(f)
			got, _ := f.stack()
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestVersionsNarrow(t *testing.T) {
	tests := []struct {
		name string
		all  []versions
		want string
	}{
		{"nothing", []versions{{}, {}}, ""},
		{"exact wins", []versions{{since: "2.1.2"}, {exact: "2.2.2"}, {before: "3.1"}}, "2.2.2"},
		{"two bounds", []versions{{since: "2.1.2"}, {before: "3.2"}}, "2.1.2 or later, before 3.2"},
		{"the later since", []versions{{since: "2.10"}, {since: "2.9"}, {since: "2.3"}}, "2.10 or later"},
		{"the earlier before", []versions{{before: "3"}, {before: "2.0"}, {before: "2.1.2"}}, "before 2.0"},
		{"contradiction", []versions{{since: "2.3"}, {before: "2.0"}}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var v versions
			for _, other := range test.all {
				v = v.and(other)
			}
			if v.String() != test.want {
				t.Errorf("%q, want %q", v, test.want)
			}
		})
	}
}
