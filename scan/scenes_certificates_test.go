// The scenes of certificates: each server holds a bad one of testbed/ca, and the
// fix names the good one.

package scan_test

import (
	"os"
	"path/filepath"

	"middlebrick/testbed/lab"
)

var certificateScenes = map[string]scenes{
	"certadhoc":           adhocScenes(),
	"certchainincomplete": holding("incomplete"),
	"certchainorder":      holding("misordered"),
	"certexpired":         holding("expired"),
	"certexpiring":        holding("expiring"),
	"certkey":             holding("rsa1024"),
	"certlifetime":        holding("longlife"),
	"certlint":            holding("longserial"),
	"certmalformed":       holding("negativeserial"),
	"certname":            holding("wronghost"),
	"certnotyet":          holding("notyet"),
	"certsan":             holding("nosan"),
	"certselfsigned":      holding("selfsigned"),
	"certsignature":       holding("ecdsasha1"),
	"certstaple":          holding("muststaple"),
	"certuntrusted":       holding("untrustedroot"),
}

// holding are the servers that hold that certificate.
func holding(name string) scenes {
	return scenes{
		"Flask":    {pair: name, serve: func(s stage) { s.flask(lab.WSGI{Secure: true, Env: s.lenient()}) }},
		"gunicorn": {pair: name, serve: func(s stage) { s.gunicorn(lab.WSGI{Secure: true, Env: s.lenient()}) }},
		"nginx":    {pair: name, serve: weakNginx},
		"Apache":   {pair: name, serve: weakApache},
	}
}

// Flask makes its ad-hoc certificate itself.
func adhocScenes() scenes {
	all := holding("adhoc")
	all["Flask"] = scene{serve: onFlask(lab.WSGI{Secure: true, App: lab.FlaskApp{Run: "app.run(ssl_context='adhoc')"}})}
	return all
}

// lenient makes OpenSSL load keys and signatures that it has long refused, as
// nginx's and Apache's lists of suites do with @SECLEVEL=0: a server's operator
// who set that once to get a certificate accepted.
func (s stage) lenient() []string {
	s.Helper()
	file := filepath.Join(s.TempDir(), "openssl.cnf")
	text := "openssl_conf = all\n[all]\nssl_conf = modules\n[modules]\nsystem_default = weak\n[weak]\nCipherString = DEFAULT:@SECLEVEL=0\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		s.Fatal(err)
	}
	return []string{"OPENSSL_CONF=" + file}
}
