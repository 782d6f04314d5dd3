// Known faults on real servers: none of those that are maintained is flagged, and
// what is true of an old one is said by other tools, too.

package scan_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"middlebrick/observe"
	"middlebrick/testbed/ca"
	"middlebrick/testbed/lab"
)

// allOfOpenSSL has RSA key exchange and CBC suites at every version that OpenSSL has.
const allOfOpenSSL = "ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3;\nssl_ciphers ALL:@SECLEVEL=0;\n"

var sound = []struct {
	name  string
	needs []string
	start func(t testing.TB) *lab.Server
	want  faultVerdicts
}{
	{"nginx with every suite", []string{"nginx"}, func(t testing.TB) *lab.Server {
		return lab.StartNginx(t, lab.Nginx{Server: allOfOpenSSL, Pair: ca.New().GoodRSA(host)})
	}, faultVerdicts{}},
	{"Apache with every suite", []string{"apache2"}, func(t testing.TB) *lab.Server {
		return lab.StartApache(t, lab.Apache{Host: lab.ApacheWeakTLS, Pair: ca.New().GoodRSA(host)})
	}, faultVerdicts{}},
	{"s_server with CBC and RSA key exchange alone", []string{"openssl"}, func(t testing.TB) *lab.Server {
		return lab.StartOpenSSL(t, lab.OpenSSL{Pair: ca.New().GoodRSA(host), Args: []string{"-tls1_2", "-cipher", "AES128-SHA:AES256-SHA256:CAMELLIA128-SHA:@SECLEVEL=0"}})
	}, faultVerdicts{}},
	{"s_server at TLS 1.0", []string{"openssl"}, func(t testing.TB) *lab.Server {
		return lab.StartOpenSSL(t, lab.OpenSSL{Pair: ca.New().GoodRSA(host), Args: []string{"-tls1", "-cipher", "ALL:@SECLEVEL=0"}})
	}, faultVerdicts{}},
	{"GnuTLS", []string{"gnutls-serv"}, func(t testing.TB) *lab.Server {
		return lab.StartGnuTLS(t, lab.GnuTLS{Pair: ca.New().GoodRSA(host), Priority: lab.GnuTLSWeak})
	}, faultVerdicts{}},
	{"NSS", []string{"selfserv", "certutil", "pk12util", "openssl"}, func(t testing.TB) *lab.Server {
		return lab.StartNSS(t, lab.NSS{})
	}, faultVerdicts{}},
	{"Java", []string{"java", "javac"}, func(t testing.TB) *lab.Server { return lab.StartJava(t, lab.Java{}) }, faultVerdicts{}},
	{"Node 0.10", nil, func(t testing.TB) *lab.Server { return lab.StartNode(t, lab.Node{}) }, faultVerdicts{Failed: words("ccsinjection", "drown", "luckyminus20")}},
	{"Node 0.8", nil, func(t testing.TB) *lab.Server { return lab.StartNode(t, lab.Node{Version: "0.8.28"}) }, faultVerdicts{Failed: words("drown")}},
}

func TestRealServersHaveNoFaultThatTheyDoNotHave(t *testing.T) {
	for _, row := range sound {
		t.Run(row.name, func(t *testing.T) {
			lab.Needs(t, row.needs...)
			rec, r := look(t, of(t, row.start(t), "/"))
			got := faultsOf(r)
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
				whyFaults(t, r)
				reactions(t, rec)
			}
		})
	}
}

// reactions logs how the server took what it was asked.
func reactions(t *testing.T, rec *observe.Recording) {
	t.Helper()
	for _, key := range []observe.Key[observe.Reactions]{observe.EarlyCCS, observe.RSAOracle, observe.CBCOracle} {
		seen, _, gap := observe.Get(rec, key)
		t.Logf("%s: %v %s %s", key.Name(), gap, seen.Why, seen.Detail)
		for _, trial := range seen.Trials {
			t.Logf("  %s %s: %v", trial.Group, trial.Form, trial.Took)
		}
	}
	key, _, _ := observe.Get(rec, observe.SSL2Keys)
	t.Logf("%+v", key)
}

// A good modern server is asked two questions more than before: the early
// change_cipher_spec, and the upgrade of plain HTTP.
func TestGoodServerIsAskedLittleAboutFaults(t *testing.T) {
	lab.Needs(t, "nginx")
	rec, r := look(t, of(t, lab.StartNginx(t, lab.Nginx{Server: modernTLS, Pair: ca.New().GoodRSA(host)}), "/"))
	if diff := cmp.Diff(faultVerdicts{}, faultsOf(r)); diff != "" {
		t.Error(diff)
	}
	asked := 0
	for _, exchange := range rec.Exchanges {
		if strings.Contains(exchange.About, "change_cipher_spec") || strings.Contains(exchange.About, "go on with TLS") || strings.Contains(exchange.About, "heartbeat") ||
			strings.Contains(exchange.About, "premaster") || strings.Contains(exchange.About, " record of ") {
			asked++
		}
	}
	if asked != 2 {
		t.Errorf("%d questions about faults were asked of a server without CBC, RSA key exchange and heartbeats", asked)
	}
}

// What nmap can tell of an old server it tells as we do. Of the early
// change_cipher_spec it can tell nothing here: it waits for an alert, and Node
// closes without one. That OpenSSL 1.0.1e takes it and 1.0.0m does not is what
// OpenSSL's own advisory of 5 June 2014 says.
func TestNmapAgreesAboutOldServers(t *testing.T) {
	lab.Needs(t, "nmap")
	server := lab.StartNode(t, lab.Node{})
	_, r := look(t, of(t, server, "/"))
	for name, script := range map[string]string{"heartbleed": "ssl-heartbleed"} {
		output, err := exec.Command("nmap", "-Pn", "-n", "-p", port(t, server.TLS), "--script", "+"+script, "127.0.0.1").Output()
		if err != nil {
			t.Fatalf("running nmap: %v", err)
		}
		theirs := strings.Contains(string(output), "State: VULNERABLE")
		if ours := verdict(r, "encryption."+name) == "fail"; ours != theirs {
			t.Errorf("%s: we say %v, nmap %v:\n%s", name, ours, theirs, output)
		}
	}
	for version, linked := range map[string]string{"0.10.26": "OpenSSL 1.0.1e", "0.8.28": "OpenSSL 1.0.0m"} {
		lab.StartNode(t, lab.Node{Version: version})
		if !bytes.Contains(program(t, version), []byte(linked)) {
			t.Errorf("Node %s does not hold %s, with which this table was made", version, linked)
		}
	}
}

func program(t *testing.T, version string) []byte {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(cache, "middlebrick", "node-"+version))
	if err != nil {
		t.Fatal(err)
	}
	return text
}
