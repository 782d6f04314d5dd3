// Hosts and escapes of URLs, by the URL standard sections 1.3 and 3.5.

package httphead

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"unicode/utf8"
)

// defaultPorts are left out of a URL.
var defaultPorts = map[string]string{"http": "80", "https": "443"}

// hostPort reads an authority without its userinfo.
func hostPort(scheme, text string) (host, port string, err error) {
	host = text
	if at := strings.LastIndexByte(text, ':'); at >= 0 && at > strings.LastIndexByte(text, ']') {
		host, port = text[:at], text[at+1:]
	}
	if host == "" {
		return "", "", fmt.Errorf("%w: no host", ErrLocation)
	}
	if port != "" {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || !isDigits(port) {
			return "", "", fmt.Errorf("%w: port is not a number up to 65535", ErrLocation)
		}
		port = strconv.FormatUint(n, 10)
	}
	if port == defaultPorts[scheme] {
		port = ""
	}
	host, err = parseHost(host)
	return host, port, err
}

// parseHost lowers a name, and writes an address the one way browsers write it.
func parseHost(text string) (string, error) {
	if text[0] == '[' {
		addr, err := netip.ParseAddr(strings.TrimSuffix(text[1:], "]"))
		if err != nil || !addr.Is6() || addr.Zone() != "" || text[len(text)-1] != ']' {
			return "", fmt.Errorf("%w: not an IPv6 address", ErrLocation)
		}
		return "[" + addr.String() + "]", nil
	}
	name := unescape(text)
	if !utf8.ValidString(name) || strings.ContainsFunc(name, isForbiddenInHost) {
		return "", fmt.Errorf("%w: a byte that no host may hold", ErrLocation)
	}
	name = strings.ToLower(name)
	if !endsInNumber(name) {
		return name, nil
	}
	addr, ok := parseIPv4(name)
	if !ok {
		return "", fmt.Errorf("%w: not an IPv4 address", ErrLocation)
	}
	return addr.String(), nil
}

// isForbiddenInHost holds for the forbidden domain code points.
func isForbiddenInHost(r rune) bool {
	return r <= ' ' || r == 0x7f || strings.ContainsRune("#/:<>?@[\\]^|%`{}", r)
}

// endsInNumber tells the hosts that can only be IPv4 addresses.
func endsInNumber(name string) bool {
	name = strings.TrimSuffix(name, ".")
	last := name[strings.LastIndexByte(name, '.')+1:]
	if isDigits(last) {
		return true
	}
	_, ok := ipv4Part(last)
	return ok && last != ""
}

// parseIPv4 reads the spellings that browsers take for an address: 127.1,
// 0x7f.0.0.1, 2130706433. A redirect may hide loopback behind them.
func parseIPv4(name string) (netip.Addr, bool) {
	parts := strings.Split(strings.TrimSuffix(name, "."), ".")
	if len(parts) > 4 {
		return netip.Addr{}, false
	}
	var sum uint64
	for i, part := range parts {
		n, ok := ipv4Part(part)
		last := i == len(parts)-1
		if !ok || part == "" || !last && n > 255 || last && n >= 1<<(8*(5-len(parts))) {
			return netip.Addr{}, false
		}
		if last {
			sum += n
			break
		}
		sum += n << (8 * (3 - i))
	}
	return netip.AddrFrom4([4]byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)}), true
}

// ipv4Part reads decimal, octal with a leading 0, hexadecimal with 0x.
func ipv4Part(part string) (uint64, bool) {
	base, digits := 10, part
	switch {
	case strings.HasPrefix(part, "0x"):
		base, digits = 16, part[2:]
	case len(part) > 1 && part[0] == '0':
		base, digits = 8, part[1:]
	}
	if digits == "" {
		return 0, base == 16
	}
	n, err := strconv.ParseUint(digits, base, 64)
	return n, err == nil && digits[0] != '+'
}

const hexDigits = "0123456789ABCDEF"

// encode escapes controls, blanks, bytes outside ASCII, the given ones and every
// "%" that begins no escape.
func encode(text, special string) string {
	var out strings.Builder
	for i := range len(text) {
		c := text[i]
		stray := c == '%' && (i+2 >= len(text) || !isHex(text[i+1]) || !isHex(text[i+2]))
		if c <= ' ' || c >= 0x7f || stray || strings.IndexByte(special, c) >= 0 {
			out.WriteString("%" + hexDigits[c>>4:c>>4+1] + hexDigits[c&15:c&15+1])
			continue
		}
		out.WriteByte(c)
	}
	return out.String()
}

func isHex(c byte) bool { return strings.IndexByte("0123456789abcdefABCDEF", c) >= 0 }

// unescape undoes the escapes of a host; a stray "%" stays and is refused later.
func unescape(text string) string {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '%' && i+2 < len(text) && isHex(text[i+1]) && isHex(text[i+2]) {
			n, _ := strconv.ParseUint(text[i+1:i+3], 16, 8)
			out.WriteByte(byte(n))
			i += 2
			continue
		}
		out.WriteByte(text[i])
	}
	return out.String()
}
