// CUPS, the one server in Debian that still goes on with TLS when plain HTTP asks
// for it (RFC 2817).

package lab

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// CUPS is a printing server to start. Its port speaks plain HTTP and TLS, by what a
// connection begins with.
type CUPS struct {
	Port int // 0: a free one
}

// StartCUPS starts the server. It must be root's, and gives that up.
func StartCUPS(tb testing.TB, c CUPS) *Server {
	tb.Helper()
	Needs(tb, "cupsd")
	if os.Geteuid() != 0 {
		tb.Skip("needs root, as whom cupsd starts")
	}
	dir := folder(tb)
	at := address(tb, c.Port)
	conf := write(tb, dir, "cupsd.conf", fmt.Sprintf("Listen %s\nServerAlias *\nWebInterface Yes\nDefaultEncryption Never\n"+
		"<Location />\n  Order allow,deny\n  Allow all\n</Location>\n", at))
	files := write(tb, dir, "cups-files.conf", fmt.Sprintf("ServerRoot %[1]s\nServerKeychain %[1]s/ssl\nRequestRoot %[1]s/spool\nCacheDir %[1]s/cache\n"+
		"StateDir %[1]s/run\nDocumentRoot %[1]s/www\nTempDir %[1]s/tmp\nAccessLog %[1]s/access.log\nPageLog %[1]s/page.log\nErrorLog stderr\n"+
		"CreateSelfSignedCerts yes\nUser lp\nGroup lp\nSystemGroup lpadmin\n", dir))
	write(tb, dir, "www/index.html", "<!doctype html>\n<html lang=\"en\"><head><title>lab</title></head><body>lab</body></html>\n")
	for _, name := range []string{"ssl", "spool", "cache", "run", "tmp"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			tb.Fatalf("making a folder for CUPS: %v", err)
		}
	}
	return start(tb, command{args: []string{find("cupsd"), "-f", "-c", conf, "-s", files}, dir: dir}, at, "")
}
