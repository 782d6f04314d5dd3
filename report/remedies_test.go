// Which remedy a finding shows first, stack by stack.

package report

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"middlebrick/observe"
	"middlebrick/rule"
)

// stackFrom reads "nginx/proxy gunicorn/server Flask/framework", from the outside
// to the inside; the first is the edge.
func stackFrom(text string) Target {
	t := Target{Stack: []Part{}}
	for _, one := range strings.Fields(text) {
		name, role, _ := strings.Cut(strings.ReplaceAll(one, "_", " "), "/")
		if t.Edge == "" {
			t.Edge = name
		}
		t.Stack = append(t.Stack, Part{Name: name, Role: role})
	}
	return t
}

const code = "```\nx\n```"

// A rule about cookies, one about suites, and one about HSTS, as their rule.md
// have something to type.
var (
	cookieDoc = rule.Doc{Fixes: map[string]string{"Flask": code, "gunicorn": "Not here.", "nginx": code, "Apache": code, "Elsewhere": "Django: x. Express: y."}}
	suiteDoc  = rule.Doc{Fixes: map[string]string{"Flask": "Not here.", "gunicorn": code, "nginx": code, "Apache": code, "Elsewhere": "HAProxy: x. Plays no role."}}
	hstsDoc   = rule.Doc{Fixes: map[string]string{"Flask": code, "gunicorn": "Not here.", "nginx": code, "Apache": code, "Elsewhere": "Caddy: x. Django: y."}}
)

func TestRemedyFitsTheStack(t *testing.T) {
	const (
		usual  = "nginx/proxy gunicorn/server Flask/framework Flask-Login/extension Python/language Werkzeug/library"
		django = "nginx/proxy gunicorn/server Django/framework"
	)
	tests := []struct {
		name, stack string
		doc         rule.Doc
		atEdge      bool
		want        string
	}{
		{"cookies behind nginx", usual, cookieDoc, false, "Flask nginx gunicorn Apache Elsewhere"},
		{"suites behind nginx", usual, suiteDoc, true, "nginx gunicorn Flask Apache Elsewhere"},
		{"HSTS behind nginx", usual, hstsDoc, true, "nginx Flask gunicorn Apache Elsewhere"},
		{"HSTS behind Apache", "Apache/proxy waitress/server Flask/framework", hstsDoc, true, "Apache Flask gunicorn nginx Elsewhere"},
		{"suites of gunicorn", "gunicorn/server Flask/framework", suiteDoc, true, "gunicorn Flask nginx Apache Elsewhere"},
		{"HSTS of gunicorn", "gunicorn/server Flask/framework", hstsDoc, true, "Flask gunicorn nginx Apache Elsewhere"},
		{"suites of the development server", "Werkzeug/server Flask/framework", suiteDoc, true, "Flask gunicorn nginx Apache Elsewhere"},
		{"suites of Caddy", "Caddy/proxy gunicorn/server Flask/framework", suiteDoc, true, "Elsewhere gunicorn Flask nginx Apache"},
		{"cookies behind Caddy", "Caddy/proxy gunicorn/server Flask/framework", cookieDoc, false, "Flask gunicorn nginx Apache Elsewhere"},
		{"suites of HAProxy", "HAProxy/proxy gunicorn/server Flask/framework", suiteDoc, true, "Elsewhere gunicorn Flask nginx Apache"},
		{"cookies of Django", django, cookieDoc, false, "Elsewhere nginx gunicorn Flask Apache"},
		{"suites of Django", django, suiteDoc, true, "nginx gunicorn Flask Apache Elsewhere"},
		{"cookies of what no text names", "nginx/proxy Pyramid/framework", cookieDoc, false, "nginx Flask gunicorn Apache Elsewhere"},
		{"a name inside of another word", "nginx/proxy Play/framework", suiteDoc, false, "nginx Flask gunicorn Apache Elsewhere"},
		{"a language is no remedy", "nginx/proxy Express/language", cookieDoc, false, "nginx Flask gunicorn Apache Elsewhere"},
		{"Quart", "hypercorn/server Quart/framework Werkzeug/library", cookieDoc, false, "Flask gunicorn nginx Apache Elsewhere"},
		{"OpenResty", "OpenResty/proxy Express/framework", suiteDoc, true, "nginx Flask gunicorn Apache Elsewhere"},
		{"mod_wsgi", "Apache/proxy mod_wsgi/server Flask/framework", suiteDoc, true, "Apache Flask gunicorn nginx Elsewhere"},
		{"nothing", "", cookieDoc, false, "Elsewhere Flask gunicorn nginx Apache"},
		{"nothing, at the edge", "", suiteDoc, true, "Elsewhere Flask gunicorn nginx Apache"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, fix := range fixesFor(test.doc, stackFrom(test.stack), test.atEdge) {
				got = append(got, fix.Platform)
			}
			if diff := cmp.Diff(strings.Fields(test.want), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestEdgeRulesAreThoseThatLookAtTheEdgeAlone(t *testing.T) {
	cat := Catalogue{Needs: func(id string) []string {
		return map[string][]string{
			"tls":        {observe.TLSVersions.Name(), observe.TLSSuites.Name()},
			"cert":       {observe.Certificates.Name()},
			"hsts":       {observe.SecureHSTS.Name()},
			"plain":      {observe.PlainPages.Name(), observe.PlainHops.Name()},
			"cookie":     {observe.SetCookies.Name()},
			"cookieonly": {observe.SetCookies.Name(), observe.PlainPages.Name()},
			"scheme":     {observe.OwnScheme.Name()},
		}[id]
	}}
	for id, want := range map[string]bool{"tls": true, "cert": true, "hsts": true, "plain": true, "cookie": false, "cookieonly": false, "scheme": false, "unknown": false} {
		if got := settledAtTheEdge(cat, id); got != want {
			t.Errorf("%s: %v", id, got)
		}
	}
}

func TestPlatformIsTheInnermostWithAHeading(t *testing.T) {
	for stack, want := range map[string]string{
		"nginx/proxy gunicorn/server Flask/framework": "Flask", "nginx/proxy gunicorn/server Django/framework": "gunicorn",
		"OpenResty/proxy Express/framework": "nginx", "Apache/proxy": "Apache", "Caddy/proxy": "Elsewhere", "": "Elsewhere",
		"hypercorn/server Quart/framework": "Flask",
	} {
		if got := platform(stackFrom(stack)); got != want {
			t.Errorf("%q: %s, want %s", stack, got, want)
		}
	}
}
