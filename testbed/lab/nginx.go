// nginx in front of an application or of files, with places for directives.

package lab

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"middlebrick/testbed/ca"
)

// Nginx is a server to start: port 80's and port 443's server block (on free
// ports unless given). The zero value serves files with Debian's defaults.
type Nginx struct {
	Upstream string            // address of an application "127.0.0.1:8000"; empty: files
	Plain    int               // port of the http server; 0: a free one
	TLS      int               // port of the https server; 0: a free one
	Pair     ca.Pair           // the zero pair: a good certificate for app.test, localhost and 127.0.0.1
	HTTP     string            // directives of the http block
	Server   string            // directives of the TLS server block
	Server80 string            // what the http server block holds instead of its location
	Location string            // directives of location / of the TLS server block
	Name     string            // server_name of the https server; empty: every name
	Only     string            // if set, hellos for another name, or none, are refused with unrecognized_name
	Files    map[string]string // content to serve, path to text, beside index.html and x.js
	Beside   map[string]string // files beside nginx.conf, such as a staple; cert.pem, key.pem, root.pem and dh1024.pem are there
	Swap     map[string]string // text to replace everywhere: a fix's example paths by real ones

	fixes []Snippet
}

// Sets of directives for Server: Mozilla's three configurations (guideline
// 5.7) and, to start from before a fix, weak ones.
const (
	NginxModern       = "ssl_protocols TLSv1.3;\nssl_prefer_server_ciphers off;\nssl_session_tickets off;\n"
	NginxIntermediate = "ssl_protocols TLSv1.2 TLSv1.3;\nssl_prefer_server_ciphers off;\nssl_session_tickets off;\n" +
		"ssl_session_cache shared:lab:1m;\nssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:" +
		"ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:" +
		"ECDHE-RSA-CHACHA20-POLY1305:DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384:DHE-RSA-CHACHA20-POLY1305;\n"
	NginxOld = "ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3;\nssl_prefer_server_ciphers on;\n" +
		"ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:" +
		"ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:" +
		"DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384:DHE-RSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-SHA256:" +
		"ECDHE-RSA-AES128-SHA256:ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA384:" +
		"ECDHE-RSA-AES256-SHA384:ECDHE-ECDSA-AES256-SHA:ECDHE-RSA-AES256-SHA:DHE-RSA-AES128-SHA256:" +
		"DHE-RSA-AES256-SHA256:AES128-GCM-SHA256:AES256-GCM-SHA384:AES128-SHA256:AES256-SHA256:AES128-SHA:AES256-SHA:" +
		"DES-CBC3-SHA:@SECLEVEL=0;\n"
	// NginxClient asks for a certificate of the test's own authority.
	NginxClient = "ssl_client_certificate root.pem;\nssl_verify_client on;\n"
	// NginxStaple staples the OCSP answer in Beside["staple.der"].
	NginxStaple = "ssl_stapling on;\nssl_stapling_file staple.der;\n"
	// NginxWeakTLS accepts TLS 1.0 and every suite of this OpenSSL, the
	// anonymous and unencrypted ones among them. The default pair is ECDSA:
	// suites with RSA need an RSA pair.
	NginxWeakTLS = "ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3;\nssl_ciphers ALL:COMPLEMENTOFALL:@SECLEVEL=0;\n"
	// NginxWeakDH adds ephemeral Diffie-Hellman over 1024 bits.
	NginxWeakDH = "ssl_dhparam dh1024.pem;\n"
)

// With returns the server with the fixes of a rule applied: a directive of a
// fix replaces the base's directive of the same name in its place, and a
// "server80" fix replaces what that block holds.
func (n Nginx) With(tb testing.TB, fixes ...Snippet) Nginx {
	tb.Helper()
	for _, fix := range fixes {
		if !slices.Contains([]string{"http", "server", "server80", "location"}, fix.Place) {
			tb.Fatalf("nginx has no place %q for a fix", fix.Place)
		}
	}
	n.fixes = append(slices.Clone(n.fixes), fixes...)
	return n
}

// StartNginx starts the server in the foreground, in one process.
func StartNginx(tb testing.TB, n Nginx) *Server {
	tb.Helper()
	Needs(tb, "nginx")
	dir := folder(tb)
	writePair(tb, dir, n.Pair)
	writeSite(tb, dir, n.Files)
	for name, text := range n.Beside {
		write(tb, dir, name, text)
	}
	plain, tls := address(tb, n.Plain), address(tb, n.TLS)
	text, err := n.config(plain, tls)
	if err != nil {
		tb.Fatalf("configuring nginx: %v", err)
	}
	write(tb, dir, "nginx.conf", text)
	args := []string{find("nginx"), "-p", dir, "-c", "nginx.conf", "-e", "stderr"}
	return start(tb, command{args: args, dir: dir}, plain, tls)
}

// config is nginx.conf with the fixes in it.
func (n Nginx) config(plain, tls string) (string, error) {
	texts := map[string]string{
		"http":     n.HTTP,
		"server":   n.Server,
		"server80": "location / { " + n.content() + " }",
		"location": n.content() + n.Location,
	}
	if n.Server80 != "" {
		texts["server80"] = n.Server80
	}
	places := map[string][]directive{}
	for place, text := range texts {
		list, err := parseNginx(swap(text, n.Swap))
		if err != nil {
			return "", fmt.Errorf("%s: %w", place, err)
		}
		places[place] = list
	}
	for _, fix := range n.fixes {
		list, err := parseNginx(swap(fix.Text, n.Swap))
		if err != nil {
			return "", fmt.Errorf("fix for %s: %w", fix.Place, err)
		}
		if fix.Place == "server80" {
			places["server80"] = nil
		}
		places[fix.Place] = mergeNginx(places[fix.Place], unwrap(fix.Place, list))
	}
	places["http"] = bound(places["http"], tls)
	return n.assemble(places, plain, tls), nil
}

// content serves the upstream or the files.
func (n Nginx) content() string {
	if n.Upstream == "" {
		return "root www;\n"
	}
	return "proxy_pass http://" + n.Upstream + ";\nproxy_set_header Host $http_host;\n"
}

// ours are the directives of a server block that the laboratory sets itself,
// for ports and names of an example are not those of a test.
var ours = []string{"listen", "server_name"}

// unwrap takes a fix out of a "server { … }" or "http { … }" around it, if an
// author wrote one, and drops its ports and names. A server that a fix adds beside
// the others stays what it is.
func unwrap(place string, list []directive) []directive {
	if place == "http" && slices.ContainsFunc(list, isServer) {
		return list
	}
	if len(list) == 1 && list[0].brace && slices.Contains([]string{"server", "http", "location"}, list[0].words[0]) {
		if list[0].words[0] != "location" || slices.Equal(list[0].words, []string{"location", "/"}) {
			list = list[0].block
		}
	}
	return slices.DeleteFunc(slices.Clone(list), func(d directive) bool { return slices.Contains(ours, d.words[0]) })
}

func isServer(d directive) bool { return d.brace && d.words[0] == "server" }

// bound has the servers that stand in the http block listen where the https server
// does, whatever port they name; one that names its address of loopback keeps it.
func bound(list []directive, tls string) []directive {
	list = slices.Clone(list)
	for i, server := range list {
		if !isServer(server) {
			continue
		}
		list[i].block = slices.Clone(server.block)
		for j, d := range server.block {
			if d.words[0] == "listen" && !strings.HasPrefix(d.words[1], "127.0.0.1:") {
				list[i].block[j].words = append([]string{"listen", tls}, d.words[2:]...)
			}
		}
	}
	return list
}

// assemble lays the places out as one file. A "location /" that a fix wrote
// into the server block is merged with ours.
func (n Nginx) assemble(places map[string][]directive, plain, tls string) string {
	location, server := places["location"], []directive(nil)
	for _, d := range places["server"] {
		if slices.Equal(d.words, []string{"location", "/"}) {
			location = mergeNginx(location, d.block)
			continue
		}
		server = append(server, d)
	}
	base, _ := parseNginx("ssl_certificate cert.pem; ssl_certificate_key key.pem;")
	server = mergeNginx(base, server)
	listen := "listen " + tls + " ssl;\n"
	if http2(&server) {
		listen = "listen " + tls + " ssl http2;\n"
	}
	var b strings.Builder
	b.WriteString("daemon off;\nmaster_process off;\npid nginx.pid;\nerror_log stderr;\nevents {}\nhttp {\n" + temporary)
	b.WriteString(printNginx(places["http"], "    "))
	b.WriteString("server {\n    listen " + plain + ";\n    server_name _;\n" + printNginx(places["server80"], "    ") + "}\n")
	name := "_"
	if n.Name != "" {
		name = n.Name
	}
	if n.Only != "" {
		name = n.Only
		b.WriteString("server {\n    listen " + tls + " ssl default_server;\n    ssl_reject_handshake on;\n}\n")
	}
	b.WriteString("server {\n    " + listen + "    server_name " + name + ";\n" + printNginx(server, "    "))
	b.WriteString("    location / {\n" + printNginx(location, "        ") + "    }\n}\n}\n")
	return b.String()
}

// http2 takes "http2 on" (nginx 1.25.1 and later) out of the block and says
// whether it was there: Debian 12's nginx has the older spelling.
func http2(server *[]directive) bool {
	before := len(*server)
	*server = slices.DeleteFunc(*server, func(d directive) bool { return d.words[0] == "http2" })
	return len(*server) < before
}

// temporary keeps all of nginx's own files in its folder.
const temporary = `    types { text/html html; application/javascript js; application/json json; text/css css; image/png png; }
    default_type text/plain;
    access_log off;
    client_body_temp_path tmp-body;
    proxy_temp_path tmp-proxy;
    fastcgi_temp_path tmp-fastcgi;
    uwsgi_temp_path tmp-uwsgi;
    scgi_temp_path tmp-scgi;
`

// writeSite writes the files that a server without an application serves, and
// the Diffie-Hellman parameters of the weak bases.
func writeSite(tb testing.TB, dir string, files map[string]string) {
	tb.Helper()
	write(tb, dir, "www/index.html", "<!doctype html>\n<html lang=\"en\"><head><title>lab</title></head><body>lab</body></html>\n")
	write(tb, dir, "www/x.js", "console.log('lab');\n")
	write(tb, dir, "dh1024.pem", dh1024)
	for path, text := range files {
		write(tb, dir, "www/"+path, text)
	}
}
