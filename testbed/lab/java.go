// OpenJDK 17 with its legacy algorithms switched on again: the one server in
// Debian that still speaks SSLv3, EXPORT, RC4 and single DES.

package lab

import (
	_ "embed"
	"net"
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

// StartJava starts the server. It takes about a second and a half.
func StartJava(tb testing.TB, j Java) *Server {
	tb.Helper()
	Needs(tb, "java", "javac")
	if j.Pair.Key == nil {
		j.Pair = ca.New().GoodRSA("app.test", "localhost", "127.0.0.1")
	}
	if j.DHKeySize == "" {
		j.DHKeySize = "legacy"
	}
	dir := folder(tb)
	certFile, keyFile := writePair(tb, dir, j.Pair)
	source := write(tb, dir, "Legacy.java", legacySource)
	security := write(tb, dir, "java.security", javaSecurity)
	at := address(tb, j.Port)
	_, port, err := net.SplitHostPort(at)
	if err != nil {
		tb.Fatalf("splitting %s: %v", at, err)
	}
	args := []string{find("java"), "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Djava.security.properties=" + security,
		"-Djdk.tls.ephemeralDHKeySize=" + j.DHKeySize, "-Djdk.tls.acknowledgeCloseNotify=true", source,
		port, certFile, keyFile, listed(j.Protocols), listed(j.Suites)}
	return start(tb, command{args: args, dir: dir}, "", at)
}

func listed(words []string) string {
	if len(words) == 0 {
		return "all"
	}
	return strings.Join(words, ",")
}
