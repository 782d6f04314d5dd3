// Sessions of other frameworks, one of which goes by Flask's own name: none is
// taken for Flask's.

package scan_test

import (
	_ "embed"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"middlebrick/observe"
	"middlebrick/testbed/lab"
)

var (
	//go:embed testdata/django.py
	djangoApp string
	//go:embed testdata/starlette.py
	starletteApp string
)

// A stranger is what a scan makes of an application that is not Flask.
type stranger struct {
	Kinds  string // of the cookies, by name
	Worth  string // verdicts of the cookie rules
	Stack  bool   // Flask was recognised
	Called bool   // a finding speaks of a Flask session
}

func TestOtherFrameworksSessionsAreNotCalledFlasks(t *testing.T) {
	lab.Needs(t, "gunicorn", "flask", "django", "starlette", "uvicorn")
	got := map[string]stranger{}
	for name, start := range map[string]lab.WSGI{
		"Django":    {App: lab.FlaskApp{Routes: djangoApp}, Env: secretKey},
		"Starlette": {App: lab.FlaskApp{Routes: starletteApp}, Env: secretKey, Args: []string{"-k", "uvicorn.workers.UvicornWorker"}},
	} {
		for _, secure := range []bool{false, true} {
			start.Secure = secure
			form := map[bool]string{true: " over https", false: " over http"}[secure]
			got[name+form] = strangerOf(t, lab.StartGunicorn(t, start))
		}
	}
	want := map[string]stranger{
		"Django over http":     {Kinds: djangoKinds, Worth: "-cookieprefix; -cookiesecure; -secretkey; cookieonhttp high; sessionreadable info"},
		"Django over https":    {Kinds: djangoKinds, Worth: "-cookieprefix; -secretkey; cookiesecure critical; sessionreadable info"},
		"Starlette over http":  {Kinds: "session=starlette-session", Worth: "-cookieprefix; -cookiesecure; -secretkey; cookiecache medium; cookieonhttp high; sessionreadable info"},
		"Starlette over https": {Kinds: "session=starlette-session", Worth: "-cookieprefix; -secretkey; cookiecache medium; cookiesecure critical; sessionreadable info"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Django's token against request forgery is read by script, and left alone.
const djangoKinds = "csrftoken=csrf sessionid=django-signed"

func strangerOf(t *testing.T, server *lab.Server) stranger {
	t.Helper()
	req := of(t, server, "/login")
	req.Rules = cookieRules()
	rec, r := look(t, req)
	seen, kinds := stranger{Worth: worth(r)}, []string{}
	cookies, _, _ := observe.Get(rec, observe.SetCookies)
	for _, c := range cookies.Seen {
		kinds = append(kinds, c.Name+"="+c.Shape.Kind)
	}
	seen.Kinds = strings.Join(kinds, " ")
	stack, _, _ := observe.Get(rec, observe.Recognised)
	seen.Stack = stack.Has("Flask")
	for _, f := range r.Findings {
		seen.Called = seen.Called || strings.Contains(f.Description, "Flask")
	}
	return seen
}
