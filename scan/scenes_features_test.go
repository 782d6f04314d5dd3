// The scenes of what hellos of a special form bring to light.

package scan_test

import (
	"middlebrick/testbed/ca"
	"middlebrick/testbed/lab"
)

const noCompression = "Debian's OpenSSL is built without compression, and Apache does not start when told to use it"

var featureScenes = map[string]scenes{
	"compression": {"Apache": {serve: onApache(lab.Apache{}), sound: noCompression}},
	"extendedmastersecret": {
		"nginx":  {serve: onNginx(lab.Nginx{Server: "ssl_conf_command Options -ExtendedMasterSecret;\n"})},
		"Apache": {serve: onApache(lab.Apache{Host: "SSLOpenSSLConfCmd Options -ExtendedMasterSecret\n"})},
	},
	"bodycompression": {
		"nginx":  {serve: onNginx(lab.Nginx{Server: "gzip on;\n"})},
		"Apache": {serve: onApache(lab.Apache{Host: "AddOutputFilterByType DEFLATE text/html\n"})},
	},
	"snidefault": {"nginx": {serve: besideAnother}},
}

// besideAnother is a server whose address shows another host's certificate to who
// says no name.
func besideAnother(s stage) {
	s.Helper()
	chain, key := ca.New().Good("staging.example.net").PEM()
	s.nginx(lab.Nginx{
		Name:   printedHost,
		HTTP:   "server { listen 443 ssl default_server; ssl_certificate other.pem; ssl_certificate_key other-key.pem; }\n",
		Beside: map[string]string{"other.pem": string(chain), "other-key.pem": string(key)},
	})
}
