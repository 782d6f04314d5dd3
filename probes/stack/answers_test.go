// What the real servers and frameworks answered, and the stack that is read from
// it. Each file of testdata/answers was recorded from the software that its name
// says, as Debian 12 has it (Express 4 from npm, Go 1.26), by the requests that
// stand in it.

package stack

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"middlebrick/cookieshape"
	"middlebrick/httphead"
	"middlebrick/observe"
)

// recordedAt is a time after all recordings: cookies count only from the past.
var recordedAt = time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)

var request = regexp.MustCompile(`(?m)^-- (\S+) --\n`)

// readAnswers are the answers of one file, in their order.
func readAnswers(t *testing.T, name string) (all []answer) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "answers", name+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	at := request.FindAllSubmatchIndex(text, -1)
	for i, m := range at {
		end := len(text)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		all = append(all, parseAnswer(t, "https://app.test"+string(text[m[2]:m[3]]), text[m[1]:end]))
	}
	return all
}

func parseAnswer(t *testing.T, url string, raw []byte) answer {
	t.Helper()
	in := bufio.NewReader(bytes.NewReader(raw))
	head, err := httphead.ReadHead(in)
	if err != nil {
		t.Fatalf("%s: %v\n%s", url, err, raw)
	}
	body, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	return answer{url: url, head: head, body: body, ref: observe.Ref(strings.TrimPrefix(url, "https://app.test"))}
}

// stackOf is what the answers come to, with their cookies.
func stackOf(answers []answer) observe.Stack {
	f := newFinder()
	for _, a := range answers {
		f.answer(a)
		for _, line := range a.head.Values("Set-Cookie") {
			c := httphead.ParseSetCookie(line)
			f.cookie(observe.Cookie{Cookie: c, Shape: cookieshape.Classify(c.Name, c.Value, recordedAt), Ref: a.ref})
		}
	}
	found, _ := f.stack()
	return found
}

// words are a stack in one line: each part with version, role and confidence,
// from the outside to the inside.
func words(s observe.Stack) string {
	var parts []string
	for _, p := range s.Parts {
		name := p.Name
		if p.Version != "" {
			name += " (" + p.Version + ")"
		}
		parts = append(parts, name+" "+p.Role+" "+p.Confidence)
	}
	line := strings.Join(parts, ", ")
	if s.Edge != "" {
		line += "; edge " + s.Edge
	}
	if s.Development != "" {
		line += "; development: " + s.Development
	}
	return line
}

// recorded are the files and what each comes to.
var recorded = []struct{ name, want string }{
	{"aiohttp", `aiohttp (3.8.4) server certain, Python (3.11) language certain; edge aiohttp`},
	{"apache", `Apache (2.4.71) proxy certain; edge Apache`},
	{"bottle-gunicorn", `gunicorn server certain, Bottle framework high; edge gunicorn`},
	{"bottle-wsgiref", `wsgiref (0.2) server certain, Bottle framework high, Python (3.11.2) language certain; edge wsgiref; development: Python's wsgiref server`},
	{"cherrypy", `CherryPy (18.8.0) framework certain; edge CherryPy`},
	{"django-dev", `wsgiref (0.2) server certain, Django framework high, Django REST framework framework high, Python (3.11.2) language certain; edge wsgiref; development: Python's wsgiref server`},
	{"django-gunicorn-nginx", `nginx (1.22.1) proxy certain, Django framework high, Django REST framework framework high; edge nginx`},
	{"django-gunicorn", `gunicorn server certain, Django framework high, Django REST framework framework high; edge gunicorn`},
	{"django-signed", `gunicorn server certain, Django framework high, Django REST framework framework high; edge gunicorn`},
	{"express-apache", `Apache (2.4.71) proxy certain, Express framework certain; edge Apache`},
	{"express-cookie", `Express framework certain`},
	{"express-hidden", `Express framework high`},
	{"express", `Express framework certain`},
	{"falcon-gunicorn", `gunicorn server certain, Falcon framework high; edge gunicorn`},
	{"fastapi-uvicorn", `uvicorn server certain, FastAPI framework high, Starlette framework high; edge uvicorn`},
	{"flask-cheroot", `Cheroot (9.0.0) server certain, Flask framework high, Werkzeug (2.1.2 or later) library high; edge Cheroot`},
	{"flask-dev-apache", `Apache proxy high, Werkzeug (2.2.2) server certain, Flask framework high, Python (3.11.2) language certain; edge Apache; development: Werkzeug's development server`},
	{"flask-dev-haproxy", `HAProxy proxy low, Werkzeug (2.2.2) server certain, Flask framework high, Python (3.11.2) language certain; edge HAProxy; development: Werkzeug's development server`},
	{"flask-dev-nginx", `nginx (1.22.1) proxy certain, Flask framework high, Werkzeug (2.1.2 or later) library high; edge nginx`},
	{"flask-dev", `Werkzeug (2.2.2) server certain, Flask framework high, Python (3.11.2) language certain; edge Werkzeug; development: Werkzeug's development server`},
	{"flask-eventlet", `eventlet server low, Flask framework high, Werkzeug (2.1.2 or later) library high`},
	{"flask-gevent", `gevent server low, Flask framework high, Werkzeug (2.1.2 or later) library high`},
	{"flask-gunicorn-apache", `Apache proxy high, gunicorn server certain, Flask framework high, Werkzeug (2.1.2 or later) library high; edge Apache`},
	{"flask-gunicorn-caddy", `Caddy proxy certain, gunicorn server certain, Flask framework high, Werkzeug (2.1.2 or later) library high; edge Caddy`},
	{"flask-gunicorn-haproxy", `HAProxy proxy low, gunicorn server certain, Flask framework high, Werkzeug (2.1.2 or later) library high; edge HAProxy`},
	{"flask-gunicorn-lighttpd", `proxy proxy low, gunicorn server certain, Flask framework high, Werkzeug (2.1.2 or later) library high; edge proxy`},
	{"flask-gunicorn-nginx", `nginx (1.22.1) proxy certain, Flask framework high, Werkzeug (2.1.2 or later) library high; edge nginx`},
	{"flask-gunicorn-varnish", `Varnish proxy certain, gunicorn server certain, Flask framework high, Werkzeug (2.1.2 or later) library high; edge Varnish`},
	{"flask-gunicorn", `gunicorn server certain, Flask framework high, Werkzeug (2.1.2 or later) library high; edge gunicorn`},
	{"flask-modwsgi", `Apache (2.4.71) proxy certain, mod_wsgi (4.9.4) server certain, Flask framework high, Python (3.11) language certain, Werkzeug (2.1.2 or later) library high; edge Apache`},
	{"flask-tornado", `Tornado (6.2) server certain, Flask framework high, Werkzeug (2.1.2 or later) library high; edge Tornado`},
	{"flask-uwsgi-apache", `Apache (2.4.71) proxy certain, Flask framework high, Werkzeug (2.1.2 or later) library high; edge Apache`},
	{"flask-uwsgi-nginx", `nginx (1.22.1) proxy certain, Flask framework high, Werkzeug (2.1.2 or later) library high; edge nginx`},
	{"flask-uwsgi", `uWSGI server low, Flask framework high, Werkzeug (2.1.2 or later) library high`},
	{"flask-waitress-apache", `Apache proxy high, waitress server certain, Flask framework high, Werkzeug (2.1.2 or later) library high; edge Apache`},
	{"flask-waitress-nginx", `nginx (1.22.1) proxy certain, Flask framework high, Werkzeug (2.1.2 or later) library high; edge nginx`},
	{"flask-waitress", `waitress server certain, Flask framework high, Werkzeug (2.1.2 or later) library high; edge waitress`},
	{"flask-wsgiref", `wsgiref (0.2) server certain, Flask framework high, Python (3.11.2) language certain, Werkzeug (2.1.2 or later) library high; edge wsgiref; development: Python's wsgiref server`},
	{"go", `Go net/http server high`},
	{"http.server", `http.server (0.6) server certain, Python (3.11.2) language certain; edge http.server; development: Python's http.server`},
	{"lighttpd", `lighttpd (1.4.69) proxy certain; edge lighttpd`},
	{"nginx", `nginx (1.22.1) proxy certain; edge nginx`},
	{"node", ``},
	{"php", `PHP built-in server server certain, PHP (8.2.36) language certain; development: PHP's built-in server`},
	{"pyramid-waitress", `waitress server certain, Pyramid framework high; edge waitress`},
	{"quart-hypercorn-nginx", `nginx (1.22.1) proxy certain, hypercorn server low, Flask framework high, Werkzeug (2.1.2 or later) library high; edge nginx`},
	{"quart-hypercorn", `hypercorn server certain, Quart framework high, Werkzeug (2.1.2 or later) library high; edge hypercorn`},
	{"quart-uvicorn", `uvicorn server certain, Flask framework high, Werkzeug (2.1.2 or later) library high; edge uvicorn`},
	{"rails-puma", `Puma server low, Rails framework high`},
	{"sinatra-puma", `Puma server low, Sinatra framework certain, Rack framework high`},
	{"starlette-hypercorn", `hypercorn server certain, Starlette framework high; edge hypercorn`},
	{"starlette-uvicorn-apache", `Apache (2.4.71) proxy certain, uvicorn server certain, Starlette framework high; edge Apache`},
	{"starlette-uvicorn-haproxy", `uvicorn server certain, Starlette framework high; edge uvicorn`},
	{"starlette-uvicorn-nginx", `nginx (1.22.1) proxy certain, Starlette framework high; edge nginx`},
	{"starlette-uvicorn", `uvicorn server certain, Starlette framework high; edge uvicorn`},
	{"tomcat", `Tomcat (10.1.60) server high`},
	{"tornado", `Tornado (6.2) framework certain; edge Tornado`},
}

func TestRealAnswersAreRecognised(t *testing.T) {
	for _, row := range recorded {
		t.Run(row.name, func(t *testing.T) {
			if got := words(stackOf(readAnswers(t, row.name))); got != row.want {
				t.Errorf("recognised\n%s\nwant\n%s", got, row.want)
			}
		})
	}
}

func TestEveryRecordedAnswerIsHeldToItsStack(t *testing.T) {
	files, err := filepath.Glob("testdata/answers/*.txt")
	if err != nil || len(files) != len(recorded) {
		t.Errorf("%d files, %d rows: %v", len(files), len(recorded), err)
	}
}

// TestOthersAreNotCalledFlask: a fix for Flask must not be shown to those who
// run something else, by no answer alone and by all together.
func TestOthersAreNotCalledFlask(t *testing.T) {
	for _, row := range recorded {
		if strings.HasPrefix(row.name, "flask") || strings.HasPrefix(row.name, "quart") {
			continue
		}
		answers := readAnswers(t, row.name)
		for i := range answers {
			one := stackOf(answers[i : i+1])
			if one.Has("Flask") || one.Has("Quart") || one.Has("Werkzeug") {
				t.Errorf("%s: %s is taken for %s", row.name, answers[i].url, words(one))
			}
		}
	}
}

// TestEveryPartRestsOnAnAnswer: no part without a reason and the exchange that
// gives it.
func TestEveryPartRestsOnAnAnswer(t *testing.T) {
	for _, row := range recorded {
		for _, part := range stackOf(readAnswers(t, row.name)).Parts {
			if part.Ref == "" || part.Because == "" || confidence[part.Confidence] == 0 || roleOrder[part.Role] == 0 && part.Role != proxy {
				t.Errorf("%s: %+v", row.name, part)
			}
		}
	}
}
