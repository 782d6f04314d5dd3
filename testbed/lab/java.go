// OpenJDK 17 with its legacy algorithms switched on again: the one server in
// Debian that still speaks SSLv3, EXPORT, RC4 and single DES.

package lab

import (
	"crypto/sha256"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"middlebrick/testbed/ca"
)

//go:embed files/Legacy.java
var legacySource string

// Java is an OpenJDK server to start.
type Java struct {
	Port      int      // 0: a free one
	Pair      ca.Pair  // the zero pair: a good RSA certificate for app.test, localhost and 127.0.0.1
	Protocols []string // Java's names: "SSLv3", "TLSv1", …; none: all, SSLv2Hello among them
	Suites    []string // Java's names; none: all
	DHKeySize string   // "legacy" is 768 bits (512 for EXPORT), which is also the default here; or "1024", "2048"
}

// javaSecurity takes back what the JDK has disabled since 2015.
const javaSecurity = `jdk.tls.disabledAlgorithms=
jdk.tls.legacyAlgorithms=
jdk.certpath.disabledAlgorithms=
jdk.jar.disabledAlgorithms=
crypto.policy=unlimited
`

// StartJava starts the server.
func StartJava(tb testing.TB, j Java) *Server {
	tb.Helper()
	Needs(tb, "java", "javac")
	if j.Pair.Key == nil {
		j.Pair = rsaPair()
	}
	if j.DHKeySize == "" {
		j.DHKeySize = "legacy"
	}
	dir := folder(tb)
	certFile, keyFile := writePair(tb, dir, j.Pair)
	classes := compiled(tb)
	security := write(tb, dir, "java.security", javaSecurity)
	at := address(tb, j.Port)
	_, port, err := net.SplitHostPort(at)
	if err != nil {
		tb.Fatalf("splitting %s: %v", at, err)
	}
	args := []string{find("java"), "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Djava.security.properties=" + security,
		"-Djdk.tls.ephemeralDHKeySize=" + j.DHKeySize, "-Djdk.tls.acknowledgeCloseNotify=true", "-cp", classes, "Legacy",
		port, certFile, keyFile, listed(j.Protocols), listed(j.Suites)}
	return start(tb, command{args: args, dir: dir}, "", at)
}

// compiled is the folder of the compiled server. It is kept between runs, under
// a name that its source decides: compiling takes longer than all else.
func compiled(tb testing.TB) string {
	tb.Helper()
	kept := filepath.Join(os.TempDir(), fmt.Sprintf("lab-java-%x", sha256.Sum256([]byte(legacySource))))
	if _, err := os.Stat(filepath.Join(kept, "Legacy.class")); err == nil {
		return kept
	}
	dir := folder(tb)
	write(tb, dir, "Legacy.java", legacySource)
	prepare(tb, dir, "javac", "-d", "classes", "Legacy.java")
	// Another test may have been faster; its folder is as good.
	if err := os.Rename(filepath.Join(dir, "classes"), kept); err != nil && !errors.Is(err, fs.ErrExist) {
		tb.Fatalf("keeping the compiled server: %v", err)
	}
	return kept
}

func listed(words []string) string {
	if len(words) == 0 {
		return "all"
	}
	return strings.Join(words, ",")
}
