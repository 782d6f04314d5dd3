// Hosts as browsers read them (WHATWG URL section 3.5).

package weburl

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

var (
	errNoHost = errors.New("no host")
	errHost   = errors.New("a character that no host may hold")
	errName   = errors.New("not a domain name (UTS 46)")
	errIPv4   = errors.New("not an IPv4 address")
	errIPv6   = errors.New("not an IPv6 address")
)

// parseHost returns the host as a browser would print it.
func parseHost(s string) (string, error) {
	if s == "" {
		return "", errNoHost
	}
	if s[0] == '[' {
		return parseIPv6(s)
	}
	if strings.IndexByte(s, '%') >= 0 {
		decoded, err := url.PathUnescape(s)
		if err != nil {
			return "", errHost
		}
		s = decoded
	}
	s, err := toASCII(s)
	switch {
	case err != nil:
		return "", err
	case s == "" || strings.IndexFunc(s, forbidden) >= 0:
		return "", errHost
	case endsInNumber(s):
		return parseIPv4(s)
	}
	return s, nil
}

// forbidden holds for the forbidden domain code points.
func forbidden(r rune) bool {
	return r <= ' ' || r == 0x7F || strings.ContainsRune(`#/:<>?@[\]^|%`, r)
}

// maxName bounds what is mapped, in bytes: a DNS name has at most 253.
const maxName = 1024

// profile is UTS 46 with the flags of the standard's "domain to ASCII"; mapper
// is its mapping alone.
var (
	profile = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false),
		idna.CheckHyphens(false), idna.BidiRule())
	mapper = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false), idna.ValidateLabels(false))
)

// toASCII maps a name by UTS 46, non-transitional, as the standard has it.
// Chromium is laxer with a name that is in ASCII from the start: it does not
// look at what stands behind "xn--".
func toASCII(s string) (string, error) {
	lower := strings.ToLower(s)
	if isASCII(s) && !strings.Contains(lower, "xn--") {
		return lower, nil
	}
	if len(s) > maxName || !utf8.ValidString(s) || falsePunycode(s) {
		return "", errName
	}
	name, err := profile.ToASCII(s)
	if err != nil {
		return "", errName
	}
	// What the mapping made must itself be valid.
	if again, err := profile.ToASCII(name); err != nil || again != name {
		return "", errName
	}
	return name, nil
}

// falsePunycode finds labels with "xn--" before nothing or before characters
// outside ASCII, which package idna lets through (UTS 46 section 4, step 4). A
// letter set before a label keeps the mapper from decoding it.
func falsePunycode(name string) bool {
	for label := range strings.FieldsFuncSeq(name, func(r rune) bool { return strings.ContainsRune(".\u3002\uff0e\uff61", r) }) {
		mapped, _ := mapper.ToUnicode("a" + label)
		code, prefixed := strings.CutPrefix(mapped, "axn--")
		if prefixed && (code == "" || !isASCII(code)) {
			return true
		}
	}
	return false
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func parseIPv6(s string) (string, error) {
	inner, ok := strings.CutSuffix(s[1:], "]")
	ip, err := netip.ParseAddr(inner)
	if !ok || err != nil || !ip.Is6() || ip.Zone() != "" {
		return "", errIPv6
	}
	if b := ip.As16(); ip.Is4In6() {
		return fmt.Sprintf("[::ffff:%x:%x]", int(b[12])<<8|int(b[13]), int(b[14])<<8|int(b[15])), nil
	}
	return "[" + ip.String() + "]", nil
}

// endsInNumber says whether the last label looks like a number, which makes
// the whole host an IPv4 address or nothing.
func endsInNumber(s string) bool {
	s = strings.TrimSuffix(s, ".")
	last := s[strings.LastIndexByte(s, '.')+1:]
	if hex, ok := strings.CutPrefix(last, "0x"); ok {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}
	return last != "" && strings.Trim(last, "0123456789") == ""
}

// parseIPv4 reads one to four parts in decimal, octal or hexadecimal, the last
// of which fills the bytes that are left: 127.1, 0x7f000001. A redirect may
// hide loopback behind them.
func parseIPv4(s string) (string, error) {
	parts := strings.Split(strings.TrimSuffix(s, "."), ".")
	if len(parts) > 4 {
		return "", errIPv4
	}
	var ip uint64
	for i, p := range parts {
		n, err := parseNumber(p)
		room := uint(8)
		if i == len(parts)-1 {
			room = uint(8 * (5 - len(parts)))
		}
		if err != nil || n >= 1<<room {
			return "", errIPv4
		}
		ip = ip<<room | n
	}
	return netip.AddrFrom4([4]byte{byte(ip >> 24), byte(ip >> 16), byte(ip >> 8), byte(ip)}).String(), nil
}

// parseNumber reads one part, which is in lower case. What does not fit into 33
// bits is an error: no part may be that large.
func parseNumber(s string) (uint64, error) {
	switch {
	case s == "0x":
		return 0, nil
	case strings.HasPrefix(s, "0x"):
		return strconv.ParseUint(s[2:], 16, 33)
	case len(s) > 1 && s[0] == '0':
		return strconv.ParseUint(s[1:], 8, 33)
	}
	return strconv.ParseUint(s, 10, 33)
}
