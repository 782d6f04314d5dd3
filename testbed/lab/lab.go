// Package lab starts real servers on loopback for tests to scan: nginx,
// Apache, gunicorn, uWSGI, waitress, Flask's development server, OpenSSL's
// s_server and OpenJDK with its legacy algorithms.
//
// Each Start function takes the test, waits until the server listens, stops
// it at the test's end and prints its log if the test failed. A program that
// is missing skips the test and names the Debian package to install.
package lab

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"middlebrick/testbed/ca"
)

// packages names the Debian package of each program.
var packages = map[string]string{
	"nginx":          "nginx-light",
	"apache2":        "apache2",
	"gunicorn":       "gunicorn",
	"uwsgi":          "uwsgi-core",
	"uwsgi_python3":  "uwsgi-plugin-python3",
	"openssl":        "openssl",
	"cupsd":          "cups-daemon",
	"gnutls-serv":    "gnutls-bin",
	"haproxy":        "haproxy",
	"stunnel4":       "stunnel4",
	"selfserv":       "libnss3-tools",
	"certutil":       "libnss3-tools",
	"pk12util":       "libnss3-tools",
	"java":           "openjdk-17-jdk-headless",
	"javac":          "openjdk-17-jdk-headless",
	"chromium":       "chromium",
	"sslscan":        "sslscan",
	"nmap":           "nmap",
	"curl":           "curl",
	"python3":        "python3",
	"flask":          "python3-flask",
	"flask_talisman": "python3-flask-talisman",
	"flask_login":    "python3-flask-login",
	"flask_session":  "python3-flask-session",
	"flask_wtf":      "python3-flaskext.wtf",
	"django":         "python3-django",
	"starlette":      "python3-starlette",
	"uvicorn":        "python3-uvicorn",
	"waitress":       "python3-waitress",
	"cryptography":   "python3-cryptography",
}

// Needs skips the test unless every named program, or Python module of
// Debian's interpreter, is there.
func Needs(tb testing.TB, programs ...string) {
	tb.Helper()
	for _, name := range programs {
		if find(name) == "" && !hasModule(name) {
			tb.Skipf("needs Debian package %s", packageOf(name))
		}
	}
}

func packageOf(program string) string {
	if name, ok := packages[program]; ok {
		return name
	}
	return program
}

// find returns the path of a program. The system's own folders come first:
// a Python from elsewhere lacks Debian's Flask.
func find(program string) string {
	for _, dir := range []string{"/usr/bin", "/usr/sbin", "/usr/local/bin"} {
		path := filepath.Join(dir, program)
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			return path
		}
	}
	path, err := exec.LookPath(program)
	if err != nil {
		return ""
	}
	return path
}

// hasModule looks where Debian's Python keeps its modules.
func hasModule(name string) bool {
	for _, suffix := range []string{"", ".py"} {
		if _, err := os.Stat("/usr/lib/python3/dist-packages/" + name + suffix); err == nil {
			return true
		}
	}
	return false
}

// folder makes a folder that a server which gave up root may still read; the
// test's own TempDir is closed to others.
func folder(tb testing.TB) string {
	tb.Helper()
	dir, err := os.MkdirTemp("", "lab")
	if err != nil {
		tb.Fatalf("making a folder for a server: %v", err)
	}
	tb.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		tb.Fatalf("opening the folder of a server: %v", err)
	}
	return dir
}

// write puts a file into the folder and returns its path.
func write(tb testing.TB, dir, name, text string) string {
	tb.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		tb.Fatalf("writing %s: %v", name, err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		tb.Fatalf("writing %s: %v", name, err)
	}
	return path
}

// writePair puts the pair into the folder as cert.pem and key.pem, and the
// trusted roots as root.pem. The zero pair stands for a good certificate for localhost, app.test and 127.0.0.1.
func writePair(tb testing.TB, dir string, pair ca.Pair) (certFile, keyFile string) {
	tb.Helper()
	if pair.Key == nil {
		pair = ca.New().Good("app.test", "localhost", "127.0.0.1")
	}
	certFile, keyFile, err := pair.WritePEM(dir)
	if err != nil {
		tb.Fatalf("preparing a server's certificate: %v", err)
	}
	write(tb, dir, "root.pem", string(ca.New().RootPEM()))
	return certFile, keyFile
}

// joinPEM writes the chain and the key into one file, both.pem.
func joinPEM(tb testing.TB, dir string) {
	tb.Helper()
	var text string
	for _, name := range []string{"cert.pem", "key.pem"} {
		part, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			tb.Fatalf("joining certificate and key: %v", err)
		}
		text += string(part)
	}
	write(tb, dir, "both.pem", text)
}

// rsaPair is a good RSA pair for the names of the laboratory.
func rsaPair() ca.Pair { return ca.New().GoodRSA("app.test", "localhost", "127.0.0.1") }
