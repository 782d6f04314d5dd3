// The IPv4 addresses that hide in IPv6 addresses: a translator or a tunnel on the
// way takes a packet to these, and a filter that looks at the outside lets it pass.

package wire

import (
	"net/netip"
)

// An embedding is a form of IPv6 address that brings an IPv4 address along, and
// where in its sixteen bytes that stands.
type embedding struct {
	block netip.Prefix
	takes func(b [16]byte) []netip.Addr
}

var embeddings = []embedding{
	{prefix("::/96"), at(12, 13, 14, 15)},           // IPv4-compatible, RFC 4291 section 2.5.5.1
	{prefix("::ffff:0:0:0/96"), at(12, 13, 14, 15)}, // IPv4-translated, RFC 2765 section 2.1
	{prefix("64:ff9b::/96"), at(12, 13, 14, 15)},    // NAT64, RFC 6052 section 2.1
	{prefix("64:ff9b:1::/48"), translated},          // local NAT64, RFC 8215
	{prefix("2002::/16"), at(2, 3, 4, 5)},           // 6to4, RFC 3056 section 2
	{prefix("2001::/32"), teredo},                   // Teredo, RFC 4380 section 4
	{prefix("::/0"), interfaceIdentifier(0x00)},     // ISATAP, RFC 5214 section 6.1
	{prefix("::/0"), interfaceIdentifier(0x02)},     // the same, of an IPv4 address that is unique
}

// Embedded are the IPv4 addresses that an IPv6 address brings along; where a form
// leaves open at which place, all that it may be. The mapped form is no such one:
// it is the IPv4 address, see netip.Addr.Unmap.
func Embedded(addr netip.Addr) []netip.Addr {
	if !addr.Is6() || addr.Is4In6() || addr.IsUnspecified() || addr.IsLoopback() {
		return nil
	}
	var all []netip.Addr
	for _, e := range embeddings {
		if e.block.Contains(addr.WithZone("")) {
			all = append(all, e.takes(addr.As16())...)
		}
	}
	return all
}

func at(first, second, third, fourth int) func([16]byte) []netip.Addr {
	return func(b [16]byte) []netip.Addr {
		return []netip.Addr{netip.AddrFrom4([4]byte{b[first], b[second], b[third], b[fourth]})}
	}
}

// translated are the places for each length of prefix that fits into a /48 (RFC
// 6052 section 2.2).
func translated(b [16]byte) []netip.Addr {
	var all []netip.Addr
	for _, take := range []func([16]byte) []netip.Addr{at(6, 7, 9, 10), at(7, 9, 10, 11), at(9, 10, 11, 12), at(12, 13, 14, 15)} {
		all = append(all, take(b)...)
	}
	return all
}

// teredo has the server's address, and the client's with every bit turned.
func teredo(b [16]byte) []netip.Addr {
	client := netip.AddrFrom4([4]byte{^b[12], ^b[13], ^b[14], ^b[15]})
	return append(at(4, 5, 6, 7)(b), client)
}

func interfaceIdentifier(unique byte) func([16]byte) []netip.Addr {
	return func(b [16]byte) []netip.Addr {
		if [4]byte(b[8:12]) != [4]byte{unique, 0, 0x5e, 0xfe} {
			return nil
		}
		return at(12, 13, 14, 15)(b)
	}
}
