// What may be called where: no clock, no network, no files and no dice in pure
// folders; one door to the network; contexts that come from the caller.

package middlebrick_test

import (
	"slices"
	"strings"
	"testing"
)

// pure are the folders whose answers depend on their arguments alone.
var pure = []string{"target", "tlshello", "strategy", "tlsclient", "weburl", "httphead", "cookieshape", "webpage", "pysrc", "certread", "certlint",
	"observe", "rule", "checks", "score", "ssllabs", "policy", "clients", "attack", "report", "edge/web/pages"}

// generators are programs that stand in a pure folder.
var generators = []string{"checks/internal"}

func isPure(folder string) bool { return within(folder, pure...) && !within(folder, generators...) }

// closed are the packages that a pure folder may not import at all. crypto/rand
// is no exception: who needs chance is handed a reader.
var closed = map[string]string{
	"os":            "it opens nothing",
	"os/exec":       "it starts nothing",
	"os/signal":     "it waits for nothing",
	"syscall":       "it asks the system nothing",
	"math/rand":     "it rolls no dice",
	"math/rand/v2":  "it rolls no dice",
	"crypto/rand":   "it rolls no dice; take an io.Reader",
	"log":           "it writes to nobody",
	"log/slog":      "it writes to nobody",
	"io/ioutil":     "it opens nothing",
	"path/filepath": "its paths are not those of this machine; use path",
	"net/smtp":      "it asks the network nothing",
	"net/rpc":       "it asks the network nothing",
	"database/sql":  "it keeps nothing",
}

// open are the packages of which a pure folder may use these names alone: the
// parsing half of packages that can also do things.
var open = map[string][]string{
	"net": {"JoinHostPort", "SplitHostPort", "IP", "IPv4", "IPv6len", "IPv4len", "IPNet", "IPMask", "ParseIP",
		"ParseCIDR", "CIDRMask", "Error", "ErrClosed", "OpError", "AddrError", "ParseError"},
	"net/http": {"Header", "Cookie", "SameSite", "SameSiteDefaultMode", "SameSiteLaxMode", "SameSiteStrictMode",
		"SameSiteNoneMode", "CanonicalHeaderKey", "ParseTime", "ParseSetCookie", "ParseCookie", "StatusText",
		"DetectContentType", "TimeFormat"},
	"crypto/tls": {"CipherSuiteName", "VersionName", "CurveID"},
}

// withheld are single names that a pure folder may not use of packages that are
// otherwise open to it.
var withheld = map[string][]string{
	"time":        {"Now", "Since", "Until", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker", "Sleep", "Local", "LoadLocation"},
	"crypto/x509": {"SystemCertPool"},
	"context":     {"Background", "TODO"},
}

func statusCode(imported, name string) bool {
	return imported == "net/http" && len(name) > 6 && (name[:6] == "Status" || name[:6] == "Method")
}

func TestPureFoldersLookAtNothing(t *testing.T) {
	for _, s := range product(t) {
		if !isPure(s.folder) {
			continue
		}
		for _, imported := range s.imports {
			if reason, bad := closed[imported]; bad {
				t.Errorf("%s imports %s: a pure folder; %s", s.path, imported, reason)
			}
		}
		for _, u := range s.uses() {
			names, limited := open[u.imported]
			if limited && !slices.Contains(names, u.name) && !statusCode(u.imported, u.name) {
				t.Errorf("%s:%d: %s.%s in a pure folder, which may parse and not ask", s.path, u.line, u.imported, u.name)
			}
			if slices.Contains(withheld[u.imported], u.name) {
				t.Errorf("%s:%d: %s.%s in a pure folder; let the caller pass it", s.path, u.line, u.imported, u.name)
			}
		}
	}
}

// doors are the ways to the network that only wire may open: it alone paces,
// counts, guards and captures.
var doors = map[string][]string{
	"net": {"Dial", "DialTimeout", "DialTCP", "DialUDP", "DialUnix", "DialIP", "Dialer", "Resolver", "DefaultResolver",
		"LookupHost", "LookupIP", "LookupAddr", "LookupCNAME", "LookupMX", "LookupNS", "LookupPort", "LookupSRV", "LookupTXT"},
	"net/http":          {"Get", "Head", "Post", "PostForm", "DefaultClient", "DefaultTransport"},
	"net/http/httputil": {"ReverseProxy", "NewSingleHostReverseProxy"},
	"net/smtp":          {"Dial", "SendMail"},
	"crypto/tls":        {"Dial", "DialWithDialer", "Dialer"},
}

func TestOnlyWireOpensConnections(t *testing.T) {
	for _, s := range product(t) {
		if within(s.folder, "wire", "testbed") {
			continue
		}
		for _, u := range s.uses() {
			if slices.Contains(doors[u.imported], u.name) {
				t.Errorf("%s:%d: %s.%s; wire is the only door to the network", s.path, u.line, u.imported, u.name)
			}
		}
	}
}

// strangers are the folders that send by a way of their own, each with its reason.
// The server knows none of them.
var strangers = map[string]string{
	"edge/ci": "it reports to the build service in whose job it runs, with that job's token, by the proxy of that job's environment",
}

// Who is handed a client names *http.Client; who makes one has a way out that is not
// guarded.
func TestOnlyWireMakesClients(t *testing.T) {
	needed := map[string]bool{}
	for _, s := range product(t) {
		if within(s.folder, "wire", "testbed") {
			continue
		}
		for _, line := range s.made("net/http", "Client", "Transport") {
			if _, known := strangers[s.folder]; known {
				needed[s.folder] = true
				continue
			}
			t.Errorf("%s:%d: an http client of its own; take one of scan.Outbound, which decides on the address it dials", s.path, line)
		}
		for _, imported := range s.imports {
			folder, _ := strings.CutPrefix(imported, module+"/")
			if _, stranger := strangers[folder]; stranger && !within(s.folder, "edge/cli", "cmd", folder) {
				t.Errorf("%s imports %s, which sends by a way of its own: %s", s.path, folder, strangers[folder])
			}
		}
	}
	for folder := range strangers {
		if !needed[folder] {
			t.Errorf("%s makes no client any more; strike it from the list", folder)
		}
	}
}

func TestContextsComeFromTheCaller(t *testing.T) {
	for _, s := range product(t) {
		if within(s.folder, "cmd", "testbed") {
			continue
		}
		for _, u := range s.uses() {
			if u.imported == "context" && (u.name == "Background" || u.name == "TODO") {
				t.Errorf("%s:%d: context.%s; take the caller's context", s.path, u.line, u.name)
			}
		}
	}
}

func TestOnlyProgramsExit(t *testing.T) {
	for _, s := range product(t) {
		if s.file.Name.Name == "main" {
			continue
		}
		for _, u := range s.uses() {
			if u.imported == "os" && u.name == "Exit" || u.imported == "log" && len(u.name) > 4 && u.name[:5] == "Fatal" {
				t.Errorf("%s:%d: %s.%s; only main exits", s.path, u.line, u.imported, u.name)
			}
		}
	}
}
