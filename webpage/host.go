// Hosts as browsers read them (WHATWG URL section 3.5), and which of them
// count as the visitor's own machine or own network.

package webpage

import (
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

// Insecure says whether u names something that is fetched in clear from
// somewhere else: an http:, ws: or ftp: URL of a host that is not the
// visitor's own machine. By Secure Contexts section 3.1 that machine is
// 127.0.0.0/8, ::1, localhost and names below it. A relative or unreadable
// URL is not insecure, nor is data:, blob: or about:.
func Insecure(u string) bool {
	a, ok := resolve(address{}, u)
	return ok && a.insecure()
}

func (a address) insecure() bool {
	switch a.scheme {
	case "http", "ws", "ftp":
		return !loopback(a.host)
	}
	return false
}

func loopback(host string) bool {
	name := strings.TrimSuffix(host, ".")
	if name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return true
	}
	ip, ok := ipLiteral(host)
	return ok && ip.IsLoopback() && !ip.Is4In6()
}

// ipLiteral reads a serialized host as an IP address.
func ipLiteral(host string) (netip.Addr, bool) {
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return ip, err == nil
}

// parseHost returns the host as a browser would print it.
func parseHost(s string) (string, bool) {
	if strings.HasPrefix(s, "[") {
		return parseIPv6(s)
	}
	if strings.IndexByte(s, '%') >= 0 {
		decoded, err := url.PathUnescape(s)
		if err != nil {
			return "", false
		}
		s = decoded
	}
	s, ok := toASCII(s)
	if !ok || s == "" || strings.ContainsAny(s, "\x00\t\n\r #/:<>?@[\\]^|%\x7f") || hasControl(s) {
		return "", false
	}
	if !endsInNumber(s) {
		return s, true
	}
	return parseIPv4(s)
}

func hasControl(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < ' ' }) >= 0
}

// toASCII maps a name by UTS 46, non-transitional, as browsers do.
func toASCII(s string) (string, bool) {
	if isASCII(s) && !strings.Contains(strings.ToLower(s), "xn--") {
		return strings.ToLower(s), true
	}
	if len(s) > 1024 { // a DNS name has at most 253 bytes
		return "", false
	}
	profile := idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false), idna.CheckHyphens(false))
	name, err := profile.ToASCII(s)
	if err != nil {
		return "", false
	}
	again, err := profile.ToASCII(name)
	return name, err == nil && again == name // what the mapping made must itself be valid
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

func parseIPv6(s string) (string, bool) {
	inner, ok := strings.CutSuffix(s[1:], "]")
	ip, err := netip.ParseAddr(inner)
	if !ok || err != nil || !ip.Is6() || ip.Zone() != "" {
		return "", false
	}
	if b := ip.As16(); ip.Is4In6() {
		return fmt.Sprintf("[::ffff:%x:%x]", int(b[12])<<8|int(b[13]), int(b[14])<<8|int(b[15])), true
	}
	return "[" + ip.String() + "]", true
}

// endsInNumber says whether the last label looks like a number, which makes
// the whole host an IPv4 address or nothing.
func endsInNumber(s string) bool {
	s = strings.TrimSuffix(s, ".")
	last := s[strings.LastIndexByte(s, '.')+1:]
	if last == "" {
		return false
	}
	if strings.Trim(last, "0123456789") == "" {
		return true
	}
	_, err := parseNumber(last)
	return err == nil
}

// parseIPv4 reads one to four parts in decimal, octal or hexadecimal, the
// last of which fills the bytes that are left: 127.1, 0x7f000001.
func parseIPv4(s string) (string, bool) {
	parts := strings.Split(strings.TrimSuffix(s, "."), ".")
	if len(parts) > 4 {
		return "", false
	}
	var ip uint64
	for i, p := range parts {
		n, err := parseNumber(p)
		room := uint(8)
		if i == len(parts)-1 {
			room = uint(8 * (5 - len(parts)))
		}
		if err != nil || n >= 1<<room {
			return "", false
		}
		ip = ip<<room | n
	}
	return netip.AddrFrom4([4]byte{byte(ip >> 24), byte(ip >> 16), byte(ip >> 8), byte(ip)}).String(), true
}

func parseNumber(s string) (uint64, error) {
	lower := strings.ToLower(s)
	switch {
	case lower == "0x":
		return 0, nil
	case strings.HasPrefix(lower, "0x"):
		return strconv.ParseUint(lower[2:], 16, 33)
	case len(lower) > 1 && lower[0] == '0':
		return strconv.ParseUint(lower[1:], 8, 33)
	}
	return strconv.ParseUint(lower, 10, 33)
}

// onLocalNetwork says whether Chromium takes a host for one of the visitor's
// own network, to which Local Network Access lets a secure page speak in clear
// once the user agrees: an address that is not routed publicly, or a name of
// multicast DNS (RFC 6762 section 3).
func onLocalNetwork(host string) bool {
	name := strings.TrimSuffix(host, ".")
	if name == "local" || strings.HasSuffix(name, ".local") {
		return true
	}
	ip, ok := ipLiteral(host)
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
