// The rest of the fleet: TLS libraries other than OpenSSL, and the proxies
// that people put before an application.

package lab

import (
	"crypto/tls"
	"fmt"
	"net"
	"os/exec"
	"testing"
	"time"

	"middlebrick/testbed/ca"
)

// GnuTLS is a gnutls-serv to start, as an http server.
type GnuTLS struct {
	Port     int
	Pair     ca.Pair // the zero pair: a good one for app.test, localhost and 127.0.0.1
	Priority string  // GnuTLS's own language; empty: its default, which has TLS 1.0
	Args     []string
}

// GnuTLSWeak has RC4, 3DES, NULL, anonymous and DHE suites from TLS 1.0 up.
const GnuTLSWeak = "NORMAL:+VERS-ALL:+ARCFOUR-128:+3DES-CBC:+NULL:+ANON-DH:+ANON-ECDH:+DHE-RSA:+RSA:+MD5:+SHA1:%COMPAT:%VERIFY_ALLOW_SIGN_WITH_SHA1"

// StartGnuTLS starts the server. It asks for no client certificate.
func StartGnuTLS(tb testing.TB, g GnuTLS) *Server {
	tb.Helper()
	Needs(tb, "gnutls-serv")
	dir := folder(tb)
	certFile, keyFile := writePair(tb, dir, g.Pair)
	at := address(tb, g.Port)
	args := []string{find("gnutls-serv"), "--http", "--disable-client-cert", "--port", portOf(at),
		"--x509certfile", certFile, "--x509keyfile", keyFile}
	if g.Priority != "" {
		args = append(args, "--priority", g.Priority)
	}
	return start(tb, command{args: append(args, g.Args...), dir: dir}, "", at)
}

// NSS is a selfserv to start, Mozilla's test server.
type NSS struct {
	Port int
	Pair ca.Pair  // the zero pair: a good RSA one for app.test, localhost and 127.0.0.1
	Args []string // such as "-V", "tls1.0:", "-c", ":0005:000A"
}

// StartNSS starts the server with weak Diffie-Hellman allowed, tickets on and
// every version that NSS still has.
func StartNSS(tb testing.TB, n NSS) *Server {
	tb.Helper()
	Needs(tb, "selfserv", "certutil", "pk12util", "openssl")
	if n.Pair.Key == nil {
		n.Pair = rsaPair()
	}
	dir := folder(tb)
	certFile, keyFile := writePair(tb, dir, n.Pair)
	at := address(tb, n.Port)
	for _, step := range [][]string{
		{"openssl", "pkcs12", "-export", "-in", certFile, "-inkey", keyFile, "-name", "leaf", "-out", "leaf.p12", "-passout", "pass:lab"},
		{"certutil", "-N", "-d", dir, "--empty-password"},
		{"pk12util", "-i", "leaf.p12", "-d", dir, "-W", "lab"},
	} {
		prepare(tb, dir, step...)
	}
	args := []string{find("selfserv"), "-n", "leaf", "-p", portOf(at), "-d", dir, "-V", ":", "-H", "1", "-W", "1", "-u", "-Q", "-G"}
	server := start(tb, command{args: append(args, n.Args...), dir: dir}, "", at)
	// It listens before it has made its Diffie-Hellman parameters.
	conn, err := tls.DialWithDialer(&net.Dialer{Timeout: time.Minute}, "tcp", at, &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		tb.Fatalf("waiting for selfserv: %v", err)
	}
	_ = conn.Close()
	return server
}

// prepare runs a program that a server needs before its start.
func prepare(tb testing.TB, dir string, args ...string) {
	tb.Helper()
	cmd := exec.Command(find(args[0]), args[1:]...)
	cmd.Dir, cmd.Env = dir, environment()
	if output, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("running %s: %v\n%s", args[0], err, output)
	}
}

// Proxy is a TLS proxy before an application on plain http.
type Proxy struct {
	Upstream string  // address of the application "127.0.0.1:8000"
	TLS      int     // port; 0: a free one
	Pair     ca.Pair // the zero pair: a good one for app.test, localhost and 127.0.0.1
	Bind     string  // HAProxy: what follows "bind", such as "ssl-min-ver TLSv1.0 ciphers ALL:@SECLEVEL=0 alpn h2,http/1.1"
	Lines    string  // HAProxy: lines of the frontend; stunnel: options of the service
}

// StartHAProxy starts HAProxy in the foreground.
func StartHAProxy(tb testing.TB, p Proxy) *Server {
	tb.Helper()
	Needs(tb, "haproxy")
	dir := folder(tb)
	writePair(tb, dir, p.Pair)
	joinPEM(tb, dir)
	at := address(tb, p.TLS)
	text := fmt.Sprintf("global\n    log stderr format raw local0\ndefaults\n    mode http\n    timeout client 30s\n    timeout server 30s\n"+
		"    timeout connect 5s\nfrontend door\n    bind %s ssl crt %s/both.pem %s\n%s\n    default_backend app\nbackend app\n    server app %s\n",
		at, dir, p.Bind, p.Lines, p.Upstream)
	path := write(tb, dir, "haproxy.cfg", text)
	return start(tb, command{args: []string{find("haproxy"), "-db", "-f", path}, dir: dir}, "", at)
}

// StartStunnel starts stunnel in the foreground.
func StartStunnel(tb testing.TB, p Proxy) *Server {
	tb.Helper()
	Needs(tb, "stunnel4")
	dir := folder(tb)
	writePair(tb, dir, p.Pair)
	at := address(tb, p.TLS)
	text := fmt.Sprintf("foreground = yes\npid =\nsyslog = no\n[app]\naccept = %s\nconnect = %s\ncert = %s/cert.pem\nkey = %s/key.pem\n%s\n",
		at, p.Upstream, dir, dir, p.Lines)
	path := write(tb, dir, "stunnel.conf", text)
	return start(tb, command{args: []string{find("stunnel4"), path}, dir: dir}, "", at)
}
