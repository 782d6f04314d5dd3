// The scenes of what a server offers beside what is broken outright: old and CBC
// suites, short tags, the order of suites, groups, shared primes, signatures.

package scan_test

import (
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"

	"middlebrick/testbed/lab"
)

// Why a server of Debian 12 cannot be made to show some of it.
const noLegacy = "Debian's servers do not load OpenSSL's legacy provider, in which IDEA and SEED are"

// Lists of suites without authenticated encryption: one that was copied, and the
// name that uvicorn used to give.
const (
	cbcOnly   = "ECDHE-RSA-AES128-SHA:ECDHE-RSA-AES256-SHA384:AES128-SHA"
	likeUvi   = "ciphers = 'TLSv1'\n"
	weakFirst = "ciphers = 'AES128-SHA:ECDHE+AESGCM'\n"
)

// A curve of 192 bits, which OpenSSL's level 0 allows.
const shortCurves = "P-192:X25519:P-256"

var offerScenes = map[string]scenes{
	"suiteold":  offered(noLegacy, noLegacy, noLegacy),
	"suiteccm8": offered("", "", ""),
	"suitecbc":  offered("", "", ""),
	"serverpreference": {
		"nginx": {pair: "goodrsa", serve: weakNginx}, "Apache": {pair: "goodrsa", serve: weakApache},
		"gunicorn": {pair: "goodrsa", serve: onGunicorn(lab.WSGI{Secure: true, Conf: weakFirst})},
	},
	"aeadmissing": {
		"nginx":    {pair: "goodrsa", serve: onNginx(lab.Nginx{Server: "ssl_ciphers " + cbcOnly + ";\n"})},
		"Apache":   {pair: "goodrsa", serve: onApache(lab.Apache{Host: "SSLCipherSuite " + cbcOnly + "\n"})},
		"gunicorn": {pair: "goodrsa", serve: onGunicorn(lab.WSGI{Secure: true, Conf: likeUvi})},
	},
	"groupweak": {
		"nginx":  {pair: "goodrsa", serve: onNginx(lab.Nginx{Server: lab.NginxWeakTLS + "ssl_ecdh_curve " + shortCurves + ";\n"})},
		"Apache": {pair: "goodrsa", serve: onApache(lab.Apache{Host: lab.ApacheWeakTLS + "SSLOpenSSLConfCmd Groups " + shortCurves + "\n"})},
	},
	"signaturesha1": {
		"nginx": {pair: "goodrsa", serve: weakNginx}, "Apache": {pair: "goodrsa", serve: weakApache},
		"gunicorn": {pair: "goodrsa", serve: weakGunicorn},
	},
	"dhcommon": {
		"nginx": {pair: "goodrsa", serve: func(s stage) {
			s.soundGroup()
			s.nginx(lab.Nginx{Server: lab.NginxWeakTLS + "ssl_dhparam " + s.written("dhparam.pem", oakley(s)) + ";\n"})
		}},
		"Apache": {pair: "goodrsa", serve: func(s stage) {
			chain, key := s.pair.PEM()
			files := "SSLCertificateFile " + s.written("cert.pem", append(chain, oakley(s)...)) + "\nSSLCertificateKeyFile " + s.written("key.pem", key) + "\n"
			s.apache(lab.Apache{Host: lab.ApacheWeakTLS + files})
		}},
	},
}

// written is the path of a file of that text, which lives as long as the stage.
func (s stage) written(name string, text []byte) string {
	s.Helper()
	file := filepath.Join(s.TempDir(), name)
	if err := os.WriteFile(file, text, 0o600); err != nil {
		s.Fatal(err)
	}
	return file
}

// oakley is the second group of RFC 2409 section 6.2 as OpenSSL keeps parameters:
// 1024 bits that half the world used.
func oakley(s stage) []byte {
	s.Helper()
	p, _ := new(big.Int).SetString(strings.Join([]string{
		"FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74",
		"020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437",
		"4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED",
		"EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF",
	}, ""), 16)
	der, err := asn1.Marshal(struct {
		P *big.Int
		G int
	}{p, 2})
	if err != nil {
		s.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "DH PARAMETERS", Bytes: der})
}
