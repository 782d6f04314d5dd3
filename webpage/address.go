// Addresses of a page: how long one may be, and which of them lead to the
// visitor's own network. How they are read is package weburl's.

package webpage

import (
	"net/netip"
	"strings"

	"middlebrick/weburl"
)

// resolve reads ref relative to base. It is false for what a browser cannot
// parse, and for more than maxURL bytes of an address that has a host.
func resolve(base weburl.URL, ref string) (weburl.URL, bool) {
	if len(ref) > maxURL && tooLong(ref) {
		return weburl.URL{}, false
	}
	a, err := weburl.Parse(base, ref)
	return a, err == nil
}

func tooLong(ref string) bool {
	scheme, rest, absolute := weburl.CutScheme(ref)
	return len(rest) > maxURL && (!absolute || weburl.DefaultPort(scheme) != "")
}

// onLocalNetwork says whether Chromium takes a host for one of the visitor's
// own network, to which Local Network Access lets a secure page speak in clear
// once the user agrees: an address that is not routed publicly, or a name of
// multicast DNS (RFC 6762 section 3).
func onLocalNetwork(a weburl.URL) bool {
	name := strings.TrimSuffix(a.Host, ".")
	if name == "local" || strings.HasSuffix(name, ".local") {
		return true
	}
	ip, ok := a.IP()
	if !ok {
		return false
	}
	ip = ip.Unmap()
	for _, p := range localNetworks {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}

// localNetworks was measured address by address: it is shorter than the IANA
// special-purpose registries, and it holds the documentation prefix of IPv6
// but not those of IPv4.
var localNetworks = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("10.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("127.0.0.0/8"),
	netip.MustParsePrefix("169.254.0.0/16"),
	netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("::/127"),
	netip.MustParsePrefix("2001:db8::/32"),
	netip.MustParsePrefix("fc00::/7"),
	netip.MustParsePrefix("fe80::/10"),
}
