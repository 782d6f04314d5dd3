// The scenes of protocol versions, cipher suites and Diffie-Hellman groups.

package scan_test

import (
	"os"
	"path/filepath"

	"middlebrick/testbed/lab"
)

// Why a server of Debian 12 cannot be made to show some of what these rules
// find; there the fix must still be taken by the server, and the rule pass.
// testbed/quirk and the Java of testbed/lab show the faults themselves.
const (
	noSSL2    = "OpenSSL 1.1.0 and later have no SSLv2"
	noSSL3    = "Debian's OpenSSL is built without SSLv3"
	noRC4     = "Debian's OpenSSL is built without RC4 suites"
	noDES     = "OpenSSL 1.1.0 and later have no single DES suites"
	noDES3    = "Debian's OpenSSL is built without triple DES suites"
	noExport  = "OpenSSL 1.1.0 and later have no export suites"
	modSSL    = "mod_ssl adds !aNULL:!eNULL:!EXP to every list of suites"
	allSuites = "ciphers = 'ALL:COMPLEMENTOFALL:@SECLEVEL=0'\n"
)

// Servers that accept TLS 1.0 and every suite that they have.
var (
	weakNginx    = onNginx(lab.Nginx{Server: lab.NginxWeakTLS})
	weakApache   = onApache(lab.Apache{Host: lab.ApacheWeakTLS})
	weakGunicorn = onGunicorn(lab.WSGI{Secure: true, Conf: allSuites})
)

var protocolScenes = map[string]scenes{
	"sslv2": {"nginx": {serve: weakNginx, sound: noSSL2}, "Apache": {serve: weakApache, sound: noSSL2}},
	"sslv3": {"nginx": {serve: weakNginx, sound: noSSL3}, "Apache": {serve: weakApache, sound: noSSL3}},
	"tls10": {"nginx": {serve: weakNginx}, "Apache": {serve: weakApache}, "gunicorn": {serve: weakGunicorn}},
	"tls11": {"nginx": {serve: weakNginx}, "Apache": {serve: weakApache}, "gunicorn": {serve: weakGunicorn}},
	"notls12": {
		"nginx":    {serve: onNginx(lab.Nginx{Server: "ssl_protocols TLSv1 TLSv1.1;\nssl_ciphers ALL:@SECLEVEL=0;\n"})},
		"Apache":   {serve: onApache(lab.Apache{Host: "SSLProtocol -all +TLSv1 +TLSv1.1\nSSLCipherSuite ALL:@SECLEVEL=0\n"})},
		"gunicorn": {serve: onGunicorn(lab.WSGI{Secure: true, Conf: "import ssl\nssl_version = ssl.PROTOCOL_TLSv1\n" + allSuites})},
	},
	"notls13": {
		"nginx":    {serve: onNginx(lab.Nginx{Server: "ssl_protocols TLSv1.2;\n"})},
		"Apache":   {serve: onApache(lab.Apache{Host: "SSLProtocol -all +TLSv1.2\n"})},
		"gunicorn": {serve: onGunicorn(lab.WSGI{Secure: true, Conf: "import ssl\nssl_version = ssl.PROTOCOL_TLSv1_2\n"})},
	},
	"dhweak": {
		"nginx":  {pair: "goodrsa", serve: func(s stage) { s.soundGroup(); s.nginx(lab.Nginx{Server: lab.NginxWeakTLS + lab.NginxWeakDH}) }},
		"Apache": {pair: "goodrsa", serve: shortGroupInApache},
	},
}

// Suites without forward secrecy need an RSA key.
var suiteScenes = map[string]scenes{
	"suitenull":      offered("", modSSL, ""),
	"suiteanonymous": offered("", modSSL, ""),
	"suiteexport":    offered(noExport, noExport, noExport),
	"suiterc4":       offered(noRC4, noRC4, noRC4),
	"suitedes":       offered(noDES, noDES, noDES),
	"suite3des":      offered(noDES3, noDES3, noDES3),
	"suitestatickey": offered("", "", ""),
}

// offered are the servers that offer all that they have, each with the reason
// why that is not enough to fail.
func offered(nginx, apache, gunicorn string) scenes {
	return scenes{
		"nginx":    {pair: "goodrsa", serve: weakNginx, sound: nginx},
		"Apache":   {pair: "goodrsa", serve: weakApache, sound: apache},
		"gunicorn": {pair: "goodrsa", serve: weakGunicorn, sound: gunicorn},
	}
}

// Apache reads Diffie-Hellman parameters at the end of the certificate's file.
func shortGroupInApache(s stage) {
	s.Helper()
	chain, key := s.pair.PEM()
	group, err := os.ReadFile("../testbed/lab/files/dh1024.pem")
	if err != nil {
		s.Fatal(err)
	}
	dir := s.TempDir()
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for file, text := range map[string][]byte{certFile: append(chain, group...), keyFile: key} {
		if err := os.WriteFile(file, text, 0o600); err != nil {
			s.Fatal(err)
		}
	}
	s.apache(lab.Apache{Host: lab.ApacheWeakTLS + "SSLCertificateFile " + certFile + "\nSSLCertificateKeyFile " + keyFile + "\n"})
}
