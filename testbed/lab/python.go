// Flask under each server that runs it: its own, gunicorn, uWSGI, waitress.

package lab

import (
	"net"
	"path/filepath"
	"strings"
	"testing"

	"middlebrick/testbed/ca"
)

// WSGI is a Flask application and how it is served.
type WSGI struct {
	App    FlaskApp
	Port   int               // 0: a free one
	Secure bool              // serve TLS with Pair instead of http
	Pair   ca.Pair           // the zero pair: a good certificate for app.test, localhost and 127.0.0.1
	Args   []string          // further arguments of the server
	Conf   string            // gunicorn.conf.py
	Swap   map[string]string // text to replace in App and Conf: a fix's example paths by real ones
	Env    []string          // further environment, KEY=value
}

// portPatch makes app.run() listen where the laboratory says, whatever the
// application asks for, so that app.py stays a text that a reader could run.
const portPatch = `import os
import werkzeug.serving
_run = werkzeug.serving.run_simple
def run_simple(hostname, port, *args, **kwargs):
    return _run('127.0.0.1', int(os.environ['LAB_PORT']), *args, **kwargs)
werkzeug.serving.run_simple = run_simple
`

// lay writes the application and its certificate into a folder of its own.
func (w WSGI) lay(tb testing.TB) (dir, certFile, keyFile string) {
	tb.Helper()
	dir = folder(tb)
	certFile, keyFile = writePair(tb, dir, w.Pair)
	write(tb, dir, "app.py", swap(w.App.Source(), w.Swap))
	write(tb, dir, "static/x.js", "console.log('lab');\n")
	write(tb, dir, "gunicorn.conf.py", swap(w.Conf, w.Swap))
	return dir, certFile, keyFile
}

func swap(text string, pairs map[string]string) string {
	for from, to := range pairs {
		text = strings.ReplaceAll(text, from, to)
	}
	return text
}

// serve starts the command on one address, which is either TLS or plain.
func (w WSGI) serve(tb testing.TB, dir, at string, args ...string) *Server {
	tb.Helper()
	_, port, err := net.SplitHostPort(at)
	if err != nil {
		tb.Fatalf("splitting %s: %v", at, err)
	}
	env := append([]string{"LAB_PORT=" + port, "PYTHONPATH=" + filepath.Join(dir, "site")}, w.Env...)
	c := command{args: append(args, w.Args...), dir: dir, env: env}
	if w.Secure {
		return start(tb, c, "", at)
	}
	return start(tb, c, at, "")
}

// StartFlask runs the application under Werkzeug's development server, by
// "python3 app.py". Secure uses Pair; for the throw-away certificate set
// App.Run to "app.run(ssl_context='adhoc')" and Secure to true.
func StartFlask(tb testing.TB, w WSGI) *Server {
	tb.Helper()
	Needs(tb, "python3", "flask")
	if w.Secure && w.App.Run == "" {
		w.App.Run = "app.run(ssl_context=('cert.pem', 'key.pem'))"
	}
	dir, _, _ := w.lay(tb)
	write(tb, dir, "site/sitecustomize.py", portPatch)
	return w.serve(tb, dir, address(tb, w.Port), find("python3"), "app.py")
}

// StartGunicorn runs the application under gunicorn with one worker.
func StartGunicorn(tb testing.TB, w WSGI) *Server {
	tb.Helper()
	Needs(tb, "python3", "flask", "gunicorn")
	dir, certFile, keyFile := w.lay(tb)
	at := address(tb, w.Port)
	args := []string{find("gunicorn"), "--config", "gunicorn.conf.py", "--bind", at}
	if w.Secure && !strings.Contains(w.Conf, "certfile") {
		args = append(args, "--certfile", certFile, "--keyfile", keyFile)
	}
	w.Args = append(w.Args, "app:app")
	return w.serve(tb, dir, at, args...)
}

// StartUWSGI runs the application under uWSGI's own http or https router.
func StartUWSGI(tb testing.TB, w WSGI) *Server {
	tb.Helper()
	Needs(tb, "python3", "flask", "uwsgi", "uwsgi_python3")
	dir, certFile, keyFile := w.lay(tb)
	at := address(tb, w.Port)
	door := []string{"--http", at}
	if w.Secure {
		door = []string{"--https", at + "," + certFile + "," + keyFile}
	}
	args := append([]string{find("uwsgi"), "--plugins", "http,python3", "--wsgi-file", "app.py",
		"--callable", "app", "--need-app", "--master", "--die-on-term"}, door...)
	return w.serve(tb, dir, at, args...)
}

// StartWaitress runs the application under waitress, which has no TLS.
func StartWaitress(tb testing.TB, w WSGI) *Server {
	tb.Helper()
	Needs(tb, "python3", "flask", "waitress")
	dir, _, _ := w.lay(tb)
	at := address(tb, w.Port)
	w.Args = append(w.Args, "app:app")
	return w.serve(tb, dir, at, find("python3"), "-m", "waitress", "--listen="+at)
}
