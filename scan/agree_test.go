// The agreement with other scanners: on every real server of the laboratory we
// say what sslscan, Nmap and OpenSSL say, and where not, the table knows why.

package scan_test

import (
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/testbed/ca"
	"middlebrick/testbed/lab"
)

// A member is one real server of the fleet.
type member struct {
	name   string
	packed bool // puts its whole flight into one record, at which sslscan waits for more until its time is up
	start  func(t testing.TB) *lab.Server
}

// everySuite is OpenSSL's list of all that it has, weak ones too.
const everySuite = "ALL:COMPLEMENTOFALL:@SECLEVEL=0"

func fleet(upstream string) []member {
	rsa := ca.New().GoodRSA(host, "127.0.0.1")
	return []member{
		{"nginx modern", false, func(t testing.TB) *lab.Server { return lab.StartNginx(t, lab.Nginx{Server: lab.NginxModern}) }},
		{"nginx ECDSA", false, func(t testing.TB) *lab.Server { return lab.StartNginx(t, lab.Nginx{}) }},
		{"nginx intermediate", false, startIntermediate},
		{"nginx client", false, func(t testing.TB) *lab.Server {
			return lab.StartNginx(t, lab.Nginx{Pair: rsa, Server: lab.NginxIntermediate + lab.NginxClient})
		}},
		{"nginx old", false, func(t testing.TB) *lab.Server {
			return lab.StartNginx(t, lab.Nginx{Pair: rsa, Server: lab.NginxOld})
		}},
		{"nginx weak", false, func(t testing.TB) *lab.Server {
			return lab.StartNginx(t, lab.Nginx{Pair: rsa, Server: lab.NginxWeakTLS + lab.NginxWeakDH})
		}},
		{"Apache", false, func(t testing.TB) *lab.Server {
			return lab.StartApache(t, lab.Apache{Pair: rsa, Host: lab.ApacheWeakTLS})
		}},
		{"s_server", false, func(t testing.TB) *lab.Server {
			return lab.StartOpenSSL(t, lab.OpenSSL{Pair: rsa, Args: []string{"-cipher", everySuite, "-min_protocol", "TLSv1"}})
		}},
		{"s_server PSK DSA", false, startKeys},
		{"Java legacy", false, func(t testing.TB) *lab.Server { return lab.StartJava(t, lab.Java{}) }},
		{"NSS", true, func(t testing.TB) *lab.Server { return lab.StartNSS(t, lab.NSS{}) }},
		{"GnuTLS", false, func(t testing.TB) *lab.Server { return lab.StartGnuTLS(t, lab.GnuTLS{Pair: rsa}) }},
		{"GnuTLS legacy", false, func(t testing.TB) *lab.Server {
			return lab.StartGnuTLS(t, lab.GnuTLS{Pair: rsa, Priority: "LEGACY"})
		}},
		{"GnuTLS weak", false, func(t testing.TB) *lab.Server {
			return lab.StartGnuTLS(t, lab.GnuTLS{Pair: rsa, Priority: lab.GnuTLSWeak})
		}},
		{"HAProxy", false, func(t testing.TB) *lab.Server {
			return lab.StartHAProxy(t, lab.Proxy{Upstream: upstream, Bind: "ssl-min-ver TLSv1.0 ciphers ALL:@SECLEVEL=0"})
		}},
		{"stunnel", false, func(t testing.TB) *lab.Server {
			return lab.StartStunnel(t, lab.Proxy{Upstream: upstream, Lines: "sslVersionMin = TLSv1\nciphers = ALL:@SECLEVEL=0\nsecurityLevel = 0"})
		}},
		{"Node 0.10", false, func(t testing.TB) *lab.Server { return lab.StartNode(t, lab.Node{}) }},
		{"Node 0.8", false, func(t testing.TB) *lab.Server { return lab.StartNode(t, lab.Node{Version: "0.8.28"}) }},
		{"gunicorn", false, func(t testing.TB) *lab.Server { return lab.StartGunicorn(t, lab.WSGI{Secure: true}) }},
		{"Flask", false, func(t testing.TB) *lab.Server { return lab.StartFlask(t, lab.WSGI{Secure: true, Pair: rsa}) }},
		{"Go", false, func(t testing.TB) *lab.Server { return startGo(t, &tls.Config{}) }},
		{"Go legacy", false, func(t testing.TB) *lab.Server {
			suites := []uint16{}
			for _, s := range slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites()) {
				suites = append(suites, s.ID)
			}
			return startGo(t, &tls.Config{MinVersion: tls.VersionTLS10, CipherSuites: suites, Certificates: []tls.Certificate{rsa.TLS()}})
		}},
	}
}

// startIntermediate is nginx as Mozilla would have it, with an RSA and an ECDSA
// certificate.
func startIntermediate(t testing.TB) *lab.Server {
	t.Helper()
	group := output(t, "openssl", "genpkey", "-genparam", "-algorithm", "DH", "-pkeyopt", "group:ffdhe2048")
	chain, key := ca.New().GoodRSA(host).PEM()
	return lab.StartNginx(t, lab.Nginx{
		Beside: map[string]string{"rsa.pem": string(chain), "rsakey.pem": string(key), "dh2048.pem": string(group)},
		Server: lab.NginxIntermediate +
			"ssl_dhparam dh2048.pem;\nssl_certificate cert.pem;\nssl_certificate_key key.pem;\nssl_certificate rsa.pem;\nssl_certificate_key rsakey.pem;\n",
	})
}

// startKeys is OpenSSL with a key of every kind: RSA, DSA and a shared one.
func startKeys(t testing.TB) *lab.Server {
	t.Helper()
	dir := t.TempDir()
	key, certificate := filepath.Join(dir, "dsa.pem"), filepath.Join(dir, "dsacert.pem")
	output(t, "openssl", "dsaparam", "-genkey", "-noout", "-out", key, "1024")
	output(t, "openssl", "req", "-x509", "-new", "-key", key, "-subj", "/CN="+host, "-out", certificate)
	return lab.StartOpenSSL(t, lab.OpenSSL{Pair: ca.New().GoodRSA(host), Args: []string{"-cipher", everySuite, "-min_protocol", "TLSv1",
		"-dcert", certificate, "-dkey", key, "-psk", "00112233"}})
}

// startGo serves TLS by Go's own crypto/tls, in this process.
func startGo(t testing.TB, config *tls.Config) *lab.Server {
	t.Helper()
	if config.Certificates == nil {
		config.Certificates = []tls.Certificate{ca.New().Good(host).TLS()}
	}
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.TLS, server.Config.ErrorLog = config, log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return &lab.Server{TLS: server.Listener.Addr().String()}
}

// helloRules make a scan look at all that hellos tell, and at nothing else.
func helloRules() []rule.Rule {
	meta := rule.Meta{ID: "encryption.agreement"}
	return []rule.Rule{
		rule.On(meta, observe.TLSVersions, func(observe.Versions) rule.Verdict { return rule.Pass() }),
		rule.On(meta, observe.TLSSuites, func(observe.Suites) rule.Verdict { return rule.Pass() }),
		rule.On(meta, observe.TLSGroups, func(observe.Groups) rule.Verdict { return rule.Pass() }),
		rule.On(meta, observe.Certificates, func(observe.Chain) rule.Verdict { return rule.Pass() }),
	}
}

func TestWeAgreeWithOtherScanners(t *testing.T) {
	lab.Needs(t, "sslscan", "nmap", "openssl", "gnutls-serv")
	app := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(app.Close)
	two := make(chan struct{}, 2)
	members := fleet(app.Listener.Addr().String())
	for _, row := range explanations {
		for name := range row.count {
			if !slices.ContainsFunc(members, func(m member) bool { return m.name == name }) {
				t.Errorf("a difference is explained on %q, which is not in the fleet", name)
			}
		}
	}
	for _, m := range members {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			two <- struct{}{}
			defer func() { <-two }()
			agree(t, m)
		})
	}
}

// agree scans one server by everybody and holds the answers against each other.
func agree(t *testing.T, m member) {
	server := m.start(t)
	req := of(t, server, "/")
	req.Rules = helloRules()
	rec, _ := look(t, req)
	on := &witnesses{member: m, server: server, ours: ours(t, rec), theirs: map[string]claims{}}
	for _, j := range judges() {
		on.theirs[j.name] = j.ask(t, m, server)
	}
	for _, j := range judges() {
		theirs := on.theirs[j.name]
		explain(t, on, j.name, false, on.ours.without(theirs, j.topics))
		explain(t, on, j.name, true, theirs.without(on.ours, j.topics))
	}
	versions := []string{}
	for _, claim := range on.ours.about("accepted") {
		versions = append(versions, strings.TrimSuffix(claim, " accepted"))
	}
	fmt.Printf("%-18s %-43s suites: ours %d, nmap %d, sslscan %d; groups: ours %d, sslscan %d\n", m.name, strings.Join(versions, ", "),
		len(on.ours.about("suite")), len(on.theirs["nmap"].about("suite")), len(on.theirs["sslscan"].about("suite")),
		len(on.ours.about("group")), len(on.theirs["sslscan"].about("group")))
}

// explain fails for every claim that one of us alone makes and no row of the
// table explains, and for every row that explains another number of them.
func explain(t *testing.T, on *witnesses, tool string, alone bool, claims []string) {
	t.Helper()
	for _, row := range explanations {
		count, here := row.count[on.name]
		if !here || row.tool != tool || row.alone != alone {
			continue
		}
		left, met := []string{}, 0
		for _, claim := range claims {
			if !row.claims.MatchString(claim) {
				left = append(left, claim)
				continue
			}
			met++
			if !row.proof(t, on, claim) {
				t.Errorf("%s on %s: not proven that %s", tool, claim, row.why)
			}
		}
		if met != count {
			t.Errorf("%s: %d claims, not %d, differ because %s", tool, met, count, row.why)
		}
		claims = left
	}
	for _, claim := range claims {
		t.Errorf("%s: %s", map[bool]string{true: tool + " alone says", false: tool + " does not say"}[alone], claim)
	}
}
