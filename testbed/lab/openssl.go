// OpenSSL's own test server, for what nginx and Apache cannot be told to do.

package lab

import (
	_ "embed"
	"net"
	"testing"

	"middlebrick/testbed/ca"
)

// dh1024 is a Diffie-Hellman group of 1024 bits over a prime of its own.
//
//go:embed files/dh1024.pem
var dh1024 string

// OpenSSL is an "openssl s_server" to start.
type OpenSSL struct {
	Port int      // 0: a free one
	Pair ca.Pair  // the zero pair: a good certificate for app.test, localhost and 127.0.0.1
	Args []string // such as "-tls1_2", "-cipher", "ALL:@SECLEVEL=0"; dh1024.pem lies in its folder
}

// StartOpenSSL starts s_server as a small https server: -www answers every
// request with a page about the connection.
func StartOpenSSL(tb testing.TB, o OpenSSL) *Server {
	tb.Helper()
	Needs(tb, "openssl")
	dir := folder(tb)
	writePair(tb, dir, o.Pair)
	write(tb, dir, "dh1024.pem", dh1024)
	at := address(tb, o.Port)
	_, port, err := net.SplitHostPort(at)
	if err != nil {
		tb.Fatalf("splitting %s: %v", at, err)
	}
	args := []string{find("openssl"), "s_server", "-4", "-accept", port, "-cert", "cert.pem", "-cert_chain", "cert.pem",
		"-key", "key.pem", "-www"}
	return start(tb, command{args: append(args, o.Args...), dir: dir}, "", at)
}
