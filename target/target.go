// Package target is what the user asked to have scanned: one canonical URL,
// where its two forms (https and http) live, and what the scan may do there.
package target

import (
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// Audience says who uses the target: people in browsers, who type names and
// can be stripped of https, or programs that were told https:// once.
type Audience string

// The two audiences; empty means that the scan decides from what it sees.
const (
	Browser Audience = "browser"
	Program Audience = "program"
)

// A Target is one URL in canonical form, with the ports of its https and http
// forms. Where the URL names the default port of its scheme, the other form is
// the other default port; where it names any other port, the other form is
// asked for on that same port, because no port is touched that nobody named.
type Target struct {
	URL       string   `json:"url"`
	Scheme    string   `json:"scheme"`
	Host      string   `json:"host"` // A-label or address, without brackets
	Unicode   string   `json:"unicode,omitempty"`
	Port      int      `json:"port"`
	HTTPSPort int      `json:"httpsPort"`
	HTTPPort  int      `json:"httpPort"`
	Path      string   `json:"path"` // path and query, begins with "/"
	Method    string   `json:"method"`
	Audience  Audience `json:"audience,omitempty"`
}

// HTTPS is the https form of the target's URL.
func (t Target) HTTPS() string { return form("https", t.Host, t.HTTPSPort, 443, t.Path) }

// HTTP is the http form of the target's URL.
func (t Target) HTTP() string { return form("http", t.Host, t.HTTPPort, 80, t.Path) }

// Literal is true when the host is an IP address: no SNI is sent for it
// (RFC 6066 section 3) and HSTS does not apply to it (RFC 6797 section 8.1.1).
func (t Target) Literal() bool {
	_, err := netip.ParseAddr(t.Host)
	return err == nil
}

// Loopback is true for addresses and names that never leave this machine
// (RFC 6761 section 6.3).
func (t Target) Loopback() bool {
	if addr, err := netip.ParseAddr(t.Host); err == nil {
		return addr.IsLoopback()
	}
	return t.Host == "localhost" || strings.HasSuffix(t.Host, ".localhost")
}

// Authority is the host with its port where the scheme's default is not meant,
// as a Host header has it.
func Authority(scheme, host string, port int) string {
	defaults := map[string]int{"https": 443, "http": 80}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if defaults[scheme] == port {
		return host
	}
	return host + ":" + strconv.Itoa(port)
}

func form(scheme, host string, port, std int, path string) string {
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port != std {
		host = net.JoinHostPort(strings.Trim(host, "[]"), strconv.Itoa(port))
	}
	return scheme + "://" + host + path
}
