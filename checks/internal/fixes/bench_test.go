// The workshop: on which server, in which bad state, each rule's fix is tried.

package fixes_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"middlebrick/testbed/ca"
	"middlebrick/testbed/lab"
)

// A workshop holds what all servers share: an authority, a good certificate and
// sound Diffie-Hellman parameters at the places that fixes name.
type workshop struct {
	authority *ca.CA
	swap      map[string]string
}

func newWorkshop(t *testing.T) workshop {
	t.Helper()
	w := workshop{authority: ca.New()}
	dir := t.TempDir()
	certFile, keyFile, err := w.authority.Good(host).WritePEM(dir)
	if err != nil {
		t.Fatal(err)
	}
	parameters := filepath.Join(dir, "dhparam.pem")
	make := exec.Command("openssl", "genpkey", "-genparam", "-algorithm", "DH", "-pkeyopt", "group:ffdhe2048", "-out", parameters)
	if output, err := make.CombinedOutput(); err != nil {
		t.Fatalf("making Diffie-Hellman parameters: %v\n%s", err, output)
	}
	w.swap = map[string]string{
		"/etc/ssl/api/fullchain.pem": certFile,
		"/etc/ssl/api/privkey.pem":   keyFile,
		"/etc/ssl/api/dhparam.pem":   parameters,
	}
	w.addWeakDH(t)
	return w
}

// weakDH and its key are an RSA certificate with short parameters at the end of
// the file, where Apache reads them.
const (
	weakDH    = "/etc/ssl/api/weakdh.pem"
	weakDHKey = "/etc/ssl/api/weakdh.key"
)

func (w workshop) addWeakDH(t *testing.T) {
	t.Helper()
	certFile, keyFile, err := w.authority.GoodRSA(host).WritePEM(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	parameters, err := os.ReadFile("../../../testbed/lab/files/dh1024.pem")
	if err != nil {
		t.Fatal(err)
	}
	chain, err := os.ReadFile(certFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(certFile, append(chain, parameters...), 0o644); err != nil {
		t.Fatal(err)
	}
	w.swap[weakDH], w.swap[weakDHKey] = certFile, keyFile
}

// A bench is one server in its bad state.
type bench struct {
	platform string
	path     string // of the URL that is scanned
	pair     string // of the certificates of testbed/ca
	app      lab.FlaskApp
	front    lab.Nginx // before Flask or gunicorn, or nginx itself
	host     string    // Apache's TLS host
	host80   string    // Apache's http host
	serves   service   // how Flask and gunicorn are reached
	needs    []string  // programs or modules beyond those of every server

	// What stands there before the fix alone, for the fix is an edit of it.
	badConf, badRun, badRoutes string
	development                bool // Werkzeug's server instead of gunicorn
}

// A service is how Flask and gunicorn are reached: by TLS of their own, without
// any, or behind an nginx that tells them the scheme.
type service int

const (
	direct service = iota
	plain
	mended // plain before the fix, TLS after it
	proxied
)

// forwarding is what a right proxy tells the application beside the host.
const forwarding = "proxy_set_header X-Forwarded-Proto $scheme;\nproxy_set_header X-Forwarded-For $remote_addr;\n"

var secretKey = []string{"SECRET_KEY=" + strings.Repeat("k9", 20)}

// newBench is the bad server for a rule: the one that all share, changed where
// the rule needs another.
func newBench(name, platform string) bench {
	b := bench{platform: platform, path: "/", pair: "good", front: lab.Nginx{Server: lab.NginxWeakTLS}, host: lab.ApacheWeakTLS}
	if change, ok := changes[name]; ok {
		change(&b)
	}
	return b
}

// start starts the server and returns the URL of its root.
func (b bench) start(t *testing.T, w workshop, fixes []lab.Snippet) string {
	t.Helper()
	pair := w.authority.Case(b.pair, host).Pair
	switch b.platform {
	case "nginx":
		n := b.front
		n.Upstream, n.Plain, n.TLS, n.Pair, n.Swap = b.upstream(t), 80, 443, pair, w.swap
		lab.StartNginx(t, n.With(t, fixes...))
	case "apache":
		a := lab.Apache{Upstream: b.upstream(t), Plain: 80, TLS: 443, Pair: pair, Host: b.host, Host80: b.host80, Swap: w.swap}
		lab.StartApache(t, a.With(t, fixes...))
	default:
		return b.startPython(t, w, pair, fixes)
	}
	return "https://" + host
}

// upstream is the application behind nginx or Apache.
func (b bench) upstream(t *testing.T) string {
	t.Helper()
	app := b.app
	app.Routes += b.badRoutes
	return lab.StartGunicorn(t, lab.WSGI{App: app, Env: secretKey}).Plain
}

func (b bench) startPython(t *testing.T, w workshop, pair ca.Pair, fixes []lab.Snippet) string {
	t.Helper()
	app := lab.WSGI{App: b.app, Pair: pair, Swap: w.swap, Env: secretKey}
	if fixes == nil {
		app.Conf, app.App.Run = b.badConf, b.badRun
		app.App.Routes += b.badRoutes
	}
	app = app.With(t, fixes...)
	app.Secure = b.serves == direct || b.serves == mended && fixes != nil
	start := lab.StartFlask
	if b.platform == "gunicorn" && !(b.development && fixes == nil) {
		start = lab.StartGunicorn
	}
	switch {
	case b.serves == proxied:
		front := b.front
		front.Upstream, front.Plain, front.TLS, front.Pair = start(t, app).Plain, 80, 443, pair
		lab.StartNginx(t, front)
	case app.Secure:
		app.Port = 443
		start(t, app)
	default:
		app.Port = 80
		start(t, app)
		return "http://" + host
	}
	return "https://" + host
}
