// The programs whose hellos the table captured.

package clients

import (
	"crypto/tls"

	"middlebrick/tlshello"
)

const pythonSays = `import socket, ssl
c = ssl.create_default_context()
c.check_hostname = False
c.verify_mode = ssl.CERT_NONE
s = socket.create_connection(("127.0.0.1", PORT))
s = c.wrap_socket(s, server_hostname="HOST")
s.close()`

const nodeSays = `require("tls").connect({host: "127.0.0.1", port: PORT, servername: "HOST", rejectUnauthorized: false},
function () { this.end(); }).on("error", function () {}).on("close", function () { process.exit(0); });`

// javaSays is a whole program; Java runs it from its source.
const javaSays = "testdata/Greet.java"

const onDebian = "Debian 12"

// programs are in the order of the table. What cannot be seen in a hello, how long
// a prime the program takes, is what its library's documentation says.
func programs() []program {
	openssl := program{on: onDebian, kind: "library", year: 2023, leastDH: 2048, mostDH: 10000}
	of := func(base program, name, how string, args ...string) program {
		base.name, base.how, base.args = name, how, args
		return base
	}
	tool := openssl
	tool.kind = "tool"
	gnutls := program{on: onDebian, kind: "library", year: 2022, leastDH: 1008}
	fetch := gnutls
	fetch.kind = "tool"
	oldNode := program{on: "Linux", kind: "library", year: 2014, oldest: tlshello.SSL3, leastDH: 0}
	return []program{
		{name: "Chromium 156", on: onDebian, kind: "browser", year: 2026, how: "chromium --headless",
			args: []string{"chromium", "--headless", "--no-sandbox", "--disable-gpu", "--ignore-certificate-errors", "--user-data-dir=DIR", "--dump-dom", "https://HOST:PORT/"}},
		{name: "Firefox ESR 153", on: onDebian, kind: "browser", year: 2026, how: "firefox-esr --headless", leastDH: 1023,
			args: []string{"firefox-esr", "--headless", "--no-remote", "--profile", "DIR", "https://HOST:PORT/"}},
		of(openssl, "OpenSSL 3.0", "openssl s_client, version 3.0.22", "openssl", "s_client", "-connect", "127.0.0.1:PORT", "-servername", "HOST"),
		of(gnutls, "GnuTLS 3.7", "gnutls-cli, version 3.7.9", "gnutls-cli", "--insecure", "--sni-hostname", "HOST", "-p", "PORT", "127.0.0.1"),
		of(openssl, "Python 3.11, requests", "python3, ssl.create_default_context of Debian's 3.11.2, which requests and urllib3 use", "/usr/bin/python3", "-c", pythonSays),
		{name: "Java 17", on: onDebian, kind: "library", year: 2021, how: "SSLSocketFactory of OpenJDK 17.0.15", leastDH: 1024, mostDH: 8192, args: []string{"java", javaSays, "PORT", "HOST"}},
		{name: "Go 1.26", on: "any system", kind: "library", year: 2026, how: "crypto/tls with an empty configuration, go 1.26 in go.mod", own: goSays},
		{name: "Node.js 20", on: onDebian, kind: "library", year: 2023, how: "tls.connect of 20.20.2, linked with Debian's OpenSSL 3.0", leastDH: 1024, mostDH: 10000, args: []string{"/usr/bin/node", "-e", nodeSays}},
		{name: "Node.js 24", on: "Linux", kind: "library", year: 2025, how: "tls.connect of 24.21.0, which brings OpenSSL 3.5", leastDH: 2048, mostDH: 10000, args: []string{"CACHE/node-24.21.0", "-e", nodeSays}},
		{name: "Node.js 16", on: "Linux", kind: "library", year: 2021, how: "tls.connect of 16.20.2, which brings OpenSSL 1.1.1", leastDH: 1024, mostDH: 10000, args: []string{"CACHE/node-16.20.2", "-e", nodeSays}},
		{name: "Node.js 8", on: "Linux", kind: "library", year: 2017, oldest: tlshello.TLS10, how: "tls.connect of 8.17.0, which brings OpenSSL 1.0.2", leastDH: 1024, mostDH: 10000, args: []string{"CACHE/node-8.17.0", "-e", nodeSays}},
		of(oldNode, "Node.js 0.10", "tls.connect of 0.10.26, which brings OpenSSL 1.0.1", "CACHE/node-0.10.26", "-e", nodeSays),
		{name: "Go 1.24", on: "any system", kind: "library", year: 2025, how: "crypto/tls with an empty configuration, built by go1.24.0", args: []string{"CACHE/go-1.24.0", "127.0.0.1:PORT"}},
		{name: "Go 1.21", on: "any system", kind: "library", year: 2023, how: "crypto/tls with an empty configuration, built by go1.21.13", args: []string{"CACHE/go-1.21.13", "127.0.0.1:PORT"}},
		of(tool, "curl 7.88", "curl 7.88.1 with OpenSSL 3.0", "curl", "-k", "-s", "--max-time", "5", "https://HOST:PORT/"),
		of(fetch, "GNU Wget 1.21", "wget 1.21.3 with GnuTLS 3.7", "wget", "-q", "-O", "/dev/null", "-t", "1", "-T", "5", "--no-check-certificate", "https://HOST:PORT/"),
	}
}

func goSays(address string) {
	conn, err := tls.Dial("tcp", address, &tls.Config{ServerName: "localhost", InsecureSkipVerify: true})
	if err == nil {
		_ = conn.Close()
	}
}
