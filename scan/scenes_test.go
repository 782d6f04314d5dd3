// A scene: one rule's printed fix for one platform, and the real servers on
// which it is tried. The scenes stand in the other scenes_*_test.go.

package scan_test

import (
	"maps"
	"os/exec"
	"path/filepath"
	"testing"

	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/testbed/ca"
	"middlebrick/testbed/lab"
)

// printedHost is the name that printed fixes use.
const printedHost = "api.example.com"

// A scene is one server that fails a rule, and how to start it with and without
// the fix.
type scene struct {
	path  string      // of the address that is scanned; empty is "/"
	pair  string      // the certificate of testbed/ca's set that is served; empty is "good"
	sound string      // why the server of today cannot be made to fail; empty where it must fail
	serve func(stage) // starts everything
}

// scenes are those of one rule, by platform.
type scenes map[string]scene

// only are the scenes of those platforms.
func (all scenes) only(platforms ...string) scenes {
	kept := scenes{}
	for _, platform := range platforms {
		kept[platform] = all[platform]
	}
	return kept
}

// fixScenes are all of them, by the rule's name.
var fixScenes = joined(protocolScenes, suiteScenes, offerScenes, featureScenes, vulnerableScenes, sessionScenes, certificateScenes, httpScenes, hstsScenes, pageScenes, cookieScenes)

func joined(tables ...map[string]scenes) map[string]scenes {
	all := map[string]scenes{}
	for _, table := range tables {
		maps.Copy(all, table)
	}
	return all
}

// A stage is where a scene plays: a network namespace with nothing in it, whose
// ports 80 and 443 are those of printedHost.
type stage struct {
	testing.TB
	platform string
	pair     ca.Pair           // what the weak server holds
	swap     map[string]string // the paths that fixes print, and what lies there
	fix      []lab.Snippet     // none on the weak server
}

// play starts the servers and scans them.
func (s scene) play(t *testing.T, platform string, fix []rule.Snippet) *observe.Recording {
	t.Helper()
	authority := ca.New()
	name := s.pair
	if name == "" {
		name = "good"
	}
	on := stage{TB: t, platform: platform, pair: authority.Case(name, printedHost).Pair, swap: soundFiles(t, authority)}
	for _, snippet := range fix {
		on.fix = append(on.fix, lab.Snippet{Platform: snippet.Platform, Place: snippet.Place, Text: snippet.Text})
	}
	s.serve(on)
	req := request(t, "https://"+printedHost+s.path)
	req.CAFiles = [][]byte{authority.RootPEM()}
	rec, _ := look(t, req)
	return rec
}

// soundFiles puts a good certificate in the place of the paths that fixes print.
func soundFiles(t *testing.T, authority *ca.CA) map[string]string {
	t.Helper()
	certFile, keyFile, err := authority.Good(printedHost).WritePEM(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return map[string]string{"/etc/ssl/api/fullchain.pem": certFile, "/etc/ssl/api/privkey.pem": keyFile}
}

// soundGroup makes Diffie-Hellman parameters by the command that rule.md prints.
func (s stage) soundGroup() {
	s.Helper()
	file := filepath.Join(s.TempDir(), "dhparam.pem")
	output, err := exec.Command("openssl", "genpkey", "-genparam", "-algorithm", "DH", "-pkeyopt", "group:ffdhe2048", "-out", file).CombinedOutput()
	if err != nil {
		s.Fatalf("making Diffie-Hellman parameters: %v\n%s", err, output)
	}
	s.swap["/etc/ssl/api/dhparam.pem"] = file
}

// mended is true on the stage that has the fix.
func (s stage) mended() bool { return s.fix != nil }

// before is a text that stands on the weak server alone: the fix says in words
// to take it away, or is what becomes of it.
func (s stage) before(text string) string {
	if s.mended() {
		return ""
	}
	return text
}

// app is an application with the fix in it, if the fix is for applications.
func (s stage) app(w lab.WSGI) lab.WSGI {
	s.Helper()
	w.Pair, w.Swap = s.pair, s.swap
	if s.platform == "nginx" || s.platform == "Apache" {
		return w
	}
	return w.With(s.TB, s.fix...)
}

// facing is an application that clients reach themselves: on port 443 where it
// has TLS, and else on port 80.
func (s stage) facing(w lab.WSGI) lab.WSGI {
	s.Helper()
	w = s.app(w)
	w.Port = 80
	if w.Secure {
		w.Port = 443
	}
	return w
}

// flask is Flask's own server before the clients.
func (s stage) flask(w lab.WSGI) { s.Helper(); lab.StartFlask(s.TB, s.facing(w)) }

// gunicorn is gunicorn before the clients.
func (s stage) gunicorn(w lab.WSGI) { s.Helper(); lab.StartGunicorn(s.TB, s.facing(w)) }

// upstream is gunicorn for nginx or Apache to stand before.
func (s stage) upstream(w lab.WSGI) string {
	s.Helper()
	return lab.StartGunicorn(s.TB, s.app(w)).Plain
}

// nginx is nginx, with the fix if it is nginx's.
func (s stage) nginx(n lab.Nginx) {
	s.Helper()
	n.Plain, n.Pair, n.Swap = 80, s.pair, s.swap
	if n.TLS == 0 {
		n.TLS = 443
	}
	if s.platform == "nginx" {
		n = n.With(s.TB, s.fix...)
	}
	lab.StartNginx(s.TB, n)
}

// apache is Apache, with the fix if it is Apache's.
func (s stage) apache(a lab.Apache) {
	s.Helper()
	a.Plain, a.Pair, a.Swap = 80, s.pair, s.swap
	if a.TLS == 0 {
		a.TLS = 443
	}
	if s.platform == "Apache" {
		a = a.With(s.TB, s.fix...)
	}
	lab.StartApache(s.TB, a)
}

// What a scene starts, in the common cases: one server, or one of the two that
// stand before an application.
func onFlask(w lab.WSGI) func(stage)    { return func(s stage) { s.flask(w) } }
func onGunicorn(w lab.WSGI) func(stage) { return func(s stage) { s.gunicorn(w) } }
func onNginx(n lab.Nginx) func(stage)   { return func(s stage) { s.nginx(n) } }
func onApache(a lab.Apache) func(stage) { return func(s stage) { s.apache(a) } }

func underNginx(w lab.WSGI, n lab.Nginx) func(stage) {
	return func(s stage) { n.Upstream = s.upstream(w); s.nginx(n) }
}

func underApache(w lab.WSGI, a lab.Apache) func(stage) {
	return func(s stage) { a.Upstream = s.upstream(w); s.apache(a) }
}
