// For whom the target answers, and whether Werkzeug's debugger does.

package probes_test

import (
	"bytes"
	"net"
	"net/http"
	"os"
	"os/exec"
	"testing"

	"github.com/google/go-cmp/cmp"

	"middlebrick/observe"
	"middlebrick/target"
	"middlebrick/testbed/lab"
	"middlebrick/wire"
)

func TestAudienceFollowsFromWhatIsServed(t *testing.T) {
	program := observe.Audience{Kind: target.Program, Because: "it serves no HTML page and sets no cookie"}
	page := observe.Audience{Kind: target.Browser, Because: "it serves an HTML page at https://app.test/"}
	tests := []struct {
		name, status, fields, body string
		want                       observe.Audience
	}{
		{"JSON", "200 OK", isJSON, "{}", program},
		{"a page", "200 OK", "Content-Type: text/HTML; charset=utf-8\n", "<p>x", page},
		{"XHTML", "200 OK", "Content-Type: application/xhtml+xml\n", "<p>x", page},
		{"an error page", "403 Forbidden", "Content-Type: text/html\n", "<p>x", program},
		{"a page without content", "204 No Content", "Content-Type: text/html\n", "", program},
		{"a session", "401 Unauthorized", "Set-Cookie: session=eyJ1c2VyIjoiYWxpY2UifQ.awRmFA.xfZEyjO7GMwsiwLBivQ_MzE1kbM; HttpOnly; Path=/\n", "",
			observe.Audience{Kind: target.Browser, Because: "it sets the cookie session"}},
		{"a choice", "200 OK", isJSON + "Set-Cookie: theme=dark\n", "{}", observe.Audience{Kind: target.Browser, Because: "it sets the cookie theme"}},
		{"a load balancer's", "200 OK", isJSON + "Set-Cookie: AWSALB=abcdefghijklmnop; Path=/\nSet-Cookie: __cf_bm=x.y; Path=/\n", "{}", program},
		{"a deleted one", "200 OK", isJSON + "Set-Cookie: session=; Max-Age=0\n", "{}", program},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			v := look(t, "audience", "https://app.test/", "80", pages(map[string]string{"/": text(test.status, test.fields, test.body)}))
			if diff := cmp.Diff(test.want, seen(t, v, observe.Visitors)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestUserOverrulesTheAudience(t *testing.T) {
	to, err := target.Parse("https://app.test/")
	if err != nil {
		t.Fatal(err)
	}
	to.Audience = target.Program
	rec := observe.NewRecorder(observe.Header{}, now, nil)
	byName(t, "audience").Run(t.Context(), wire.New(wire.Options{Target: to}, rec), rec)
	got, gap := observe.Seen(rec, observe.Visitors)
	if want := (observe.Audience{Kind: target.Program, Because: "the user said so"}); gap != nil || got != want {
		t.Errorf("%+v, %v", got, gap)
	}
}

// debuggerOf is what a server of the laboratory says to the debugger's question.
func debuggerOf(t *testing.T, s *lab.Server, path string) observe.Debuggers {
	t.Helper()
	_, port, err := net.SplitHostPort(s.Plain)
	if err != nil {
		t.Fatal(err)
	}
	v := visitReal(t, "debugger", "http://127.0.0.1:"+port+path)
	return seen(t, v, observe.DebugPages)
}

func TestRealDebuggerIsFoundAndItsAbsenceToo(t *testing.T) {
	const debugging = "app.run(debug=True, use_reloader=False)"
	for _, test := range []struct {
		name, run, path string
		found           bool
	}{
		{"on", debugging, "/", true},
		{"on, below a path with a query", debugging, "/users/?x=1", true},
		{"off", "app.run()", "/", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := debuggerOf(t, lab.StartFlask(t, lab.WSGI{App: lab.FlaskApp{Run: test.run}}), test.path)
			if len(got.Asked) != 1 || got.Asked[0].Found != test.found || got.Asked[0].Status == 0 {
				t.Errorf("%+v", got)
			}
		})
	}
}

// The sheet is told by what it styles, on every version that is at hand.
func TestSheetAlikeIsNotTheDebugger(t *testing.T) {
	lab.Needs(t, "python3", "flask")
	where, err := exec.Command("/usr/bin/python3", "-c", "import werkzeug.debug as d, os; print(os.path.join(os.path.dirname(d.__file__), 'shared', 'style.css'), end='')").Output()
	if err != nil {
		t.Skipf("needs Debian package python3-werkzeug: %v", err)
	}
	real, err := os.ReadFile(string(bytes.TrimSpace(where)))
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		answer string
		found  bool
	}{
		"the real one":        {text("200 OK", "Content-Type: text/css; charset=utf-8\n", string(real)), true},
		"as a page":           {text("200 OK", "Content-Type: text/html\n", string(real)), false},
		"as an error":         {text("404 Not Found", "Content-Type: text/css\n", string(real)), false},
		"another style sheet": {text("200 OK", "Content-Type: text/css\n", "body { color: black }"), false},
	} {
		t.Run(name, func(t *testing.T) {
			v := look(t, "debugger", "https://app.test/x?y=1", "80", func(r *http.Request) string {
				if r.URL.RawQuery == "__debugger__=yes&cmd=resource&f=style.css" && r.URL.Path == "/x" {
					return test.answer
				}
				return text("200 OK", "", "x")
			})
			got := seen(t, v, observe.DebugPages)
			if len(got.Asked) != 1 || got.Asked[0].Found != test.found {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestSilentDebuggerQuestionIsAGap(t *testing.T) {
	v := look(t, "debugger", "https://app.test/", "80", func(r *http.Request) string {
		if r.URL.RawQuery != "" {
			return ""
		}
		return text("200 OK", "", "x")
	})
	if _, gap := observe.Seen(v.rec, observe.DebugPages); gap == nil || gap.Why != observe.Closed {
		t.Errorf("the gap is %v", gap)
	}
}
