// Apache with mod_ssl, in front of an application, of files or with mod_wsgi.

package lab

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"middlebrick/testbed/ca"
)

// Apache is a server to start: one VirtualHost for http and one for TLS. The
// zero value serves files with Debian's defaults.
type Apache struct {
	Upstream string            // address of an application "127.0.0.1:8000"; empty: files
	WSGI     *WSGI             // run this application by mod_wsgi instead
	Plain    int               // port of the http server; 0: a free one
	TLS      int               // port of the https server; 0: a free one
	Pair     ca.Pair           // the zero pair: a good certificate for app.test, localhost and 127.0.0.1
	Server   string            // directives outside of both hosts
	Host     string            // directives of the TLS host
	Host80   string            // what the http host holds instead of its content
	Files    map[string]string // content to serve, path to text, beside index.html and x.js
	Swap     map[string]string // text to replace everywhere: a fix's example paths by real ones

	fixes []Snippet
}

// Weak sets of directives to start from, before a fix.
const (
	// ApacheWeakTLS accepts TLS 1.0 and every suite of this OpenSSL.
	ApacheWeakTLS = "SSLProtocol all -SSLv3 +TLSv1 +TLSv1.1\nSSLCipherSuite ALL:COMPLEMENTOFALL:@SECLEVEL=0\n"
)

// With returns the server with the fixes of a rule applied, as Nginx.With.
func (a Apache) With(tb testing.TB, fixes ...Snippet) Apache {
	tb.Helper()
	for _, fix := range fixes {
		if !slices.Contains([]string{"server", "vhost", "vhost80"}, fix.Place) {
			tb.Fatalf("Apache has no place %q for a fix", fix.Place)
		}
	}
	a.fixes = append(slices.Clone(a.fixes), fixes...)
	return a
}

// StartApache starts the server in the foreground, in one process.
func StartApache(tb testing.TB, a Apache) *Server {
	tb.Helper()
	Needs(tb, "apache2")
	dir := folder(tb)
	writePair(tb, dir, a.Pair)
	writeSite(tb, dir, a.Files)
	if a.WSGI != nil {
		Needs(tb, "python3", "flask")
		write(tb, dir, "app.py", swap(a.WSGI.App.Source(), a.WSGI.Swap)+"\napplication = app\n")
		write(tb, dir, "static/x.js", "console.log('lab');\n")
	}
	plain, tls := address(tb, a.Plain), address(tb, a.TLS)
	text, err := a.config(dir, plain, tls)
	if err != nil {
		tb.Fatalf("configuring Apache: %v", err)
	}
	write(tb, dir, "httpd.conf", text)
	args := []string{find("apache2"), "-X", "-d", dir, "-f", "httpd.conf"}
	return start(tb, command{args: args, dir: dir}, plain, tls)
}

// modules are loaded where they exist: Debian builds some of them in.
var modules = []string{"mpm_event", "authz_core", "mime", "dir", "alias", "ssl", "socache_shmcb", "headers", "rewrite",
	"proxy", "proxy_http", "setenvif", "env", "http2", "deflate", "filter", "reqtimeout", "remoteip", "expires"}

const modulesDir = "/usr/lib/apache2/modules/"

// config is httpd.conf with the fixes in it.
func (a Apache) config(dir, plain, tls string) (string, error) {
	content := a.content(dir)
	texts := map[string]string{"server": a.Server, "vhost": content + a.Host, "vhost80": content}
	if a.Host80 != "" {
		texts["vhost80"] = a.Host80
	}
	places := map[string][]apacheItem{}
	for place, text := range texts {
		items, err := parseApache(swap(text, a.Swap))
		if err != nil {
			return "", fmt.Errorf("%s: %w", place, err)
		}
		places[place] = mergeApache(nil, items)
	}
	for _, fix := range a.fixes {
		items, err := parseApache(swap(fix.Text, a.Swap))
		if err != nil {
			return "", fmt.Errorf("fix for %s: %w", fix.Place, err)
		}
		if fix.Place == "vhost80" {
			places["vhost80"] = nil
		}
		places[fix.Place] = mergeApache(places[fix.Place], unwrapHost(items))
	}
	base, err := parseApache("SSLEngine on\nSSLCertificateFile cert.pem\nSSLCertificateKeyFile key.pem\n")
	if err != nil {
		return "", err
	}
	places["vhost"] = mergeApache(base, places["vhost"])
	return a.assemble(places, plain, tls), nil
}

func (a Apache) assemble(places map[string][]apacheItem, plain, tls string) string {
	var b strings.Builder
	for _, module := range append(modules, "wsgi") {
		if module == "wsgi" && a.WSGI == nil {
			continue
		}
		if _, err := os.Stat(modulesDir + "mod_" + module + ".so"); err == nil {
			fmt.Fprintf(&b, "LoadModule %s_module %smod_%s.so\n", module, modulesDir, module)
		}
	}
	fmt.Fprintf(&b, "Listen %s\nListen %s https\n", plain, tls)
	b.WriteString("ServerName app.test\nPidFile httpd.pid\nErrorLog /dev/stderr\nTypesConfig /dev/null\nAddType text/html .html\n" +
		"AddType application/javascript .js\nSSLSessionCache none\nDirectoryIndex index.html\nDefaultRuntimeDir .\n")
	if os.Getuid() == 0 {
		b.WriteString("User www-data\nGroup www-data\n")
	}
	b.WriteString(printApache(places["server"], ""))
	b.WriteString("<VirtualHost *:" + portOf(plain) + ">\n" + printApache(places["vhost80"], "    ") + "</VirtualHost>\n")
	b.WriteString("<VirtualHost *:" + portOf(tls) + ">\n" + printApache(places["vhost"], "    ") + "</VirtualHost>\n")
	return b.String()
}

// content serves the application or the files.
func (a Apache) content(dir string) string {
	switch {
	case a.WSGI != nil:
		return "WSGIScriptAlias / " + dir + "/app.py\n<Directory " + dir + ">\nRequire all granted\n</Directory>\n"
	case a.Upstream != "":
		return "ProxyPreserveHost On\nProxyPass / http://" + a.Upstream + "/\n"
	}
	return "DocumentRoot www\n<Directory " + dir + "/www>\nRequire all granted\n</Directory>\n"
}

// unwrapHost takes a fix out of a <VirtualHost> around it and drops the names
// of the example.
func unwrapHost(items []apacheItem) []apacheItem {
	if len(items) == 1 && items[0].name == "<virtualhost" {
		items = items[0].body
	}
	return slices.DeleteFunc(slices.Clone(items), func(i apacheItem) bool {
		return i.name == "servername" || i.name == "serveralias" || i.name == "loadmodule"
	})
}

func portOf(at string) string { return at[strings.LastIndexByte(at, ':')+1:] }
