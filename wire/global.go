// Which addresses belong to the public Internet: an allow-list, for whatever is
// added to the registries later is not public until somebody says so (UX.md
// section 6).

package wire

import (
	"fmt"
	"net/netip"
)

//go:generate go run ../scripts/specialaddresses

// A block is one entry of IANA's registries of special-purpose addresses.
type block struct {
	prefix    netip.Prefix
	name      string
	rfc       string
	reachable bool // globally, as the registry says
}

// unicast is what addresses of hosts are taken from: the classes A to C of IPv4
// (RFC 1122 section 3.2.1.3), and global unicast of IPv6 as far as it was handed
// out (RFC 4291 section 2.4).
var unicast = prefixes("0.0.0.0/1", "128.0.0.0/2", "192.0.0.0/3", "2000::/3")

// nearest are anycast services that the registries call globally reachable, but
// which answer from whichever network one stands in: its gateway's port mapping
// (RFC 7723), its relay (RFC 8155) and its service registrar (RFC 9665).
var nearest = prefixes("192.0.0.9/32", "192.0.0.10/32", "2001:1::1/128", "2001:1::2/128", "2001:1::3/128")

// metadata are the addresses at which clouds tell a machine its secrets, and
// neighbours of these that answer nobody but that machine. No setting opens them
// (UX.md section 6, rule 4).
var metadata = prefixes(
	"169.254.169.254/32",                    // Amazon, Google, Azure, Oracle, OpenStack, DigitalOcean, Hetzner and more
	"169.254.170.2/32", "169.254.170.23/32", // Amazon: credentials of containers (ECS, EKS)
	"169.254.0.23/32", "169.254.42.42/32", // Tencent, Scaleway
	"fd00:ec2::/32", "fd20:ce::254/128", // Amazon, Google
	"fd00:42::42/128", "fd00:a9fe:a9fe::1/128", // Scaleway, Akamai (Linode)
	"fe80::a9fe:a9fe/128", // OpenStack
	"100.100.100.200/32",  // Alibaba
	"192.0.0.192/32",      // Oracle, classic
	"168.63.129.16/32",    // Azure: the platform's own address, public by registry
)

func prefix(text string) netip.Prefix { return netip.MustParsePrefix(text) }

func prefixes(texts ...string) (all []netip.Prefix) {
	for _, text := range texts {
		all = append(all, prefix(text))
	}
	return all
}

func within(addr netip.Addr, blocks []netip.Prefix) bool {
	for _, block := range blocks {
		if block.Contains(addr) {
			return true
		}
	}
	return false
}

// registered is the narrowest block of the registries that holds the address.
func registered(addr netip.Addr) (block, bool) {
	for _, b := range special {
		if b.prefix.Contains(addr) {
			return b, true
		}
	}
	return block{}, false
}

// Special names the block of IANA's special-purpose registries that holds the
// address, and the document that reserved it.
func Special(addr netip.Addr) (name, rfc string, ok bool) {
	b, ok := registered(addr.Unmap().WithZone(""))
	return b.name, b.rfc, ok
}

// Metadata is true for the address of a cloud's metadata service, in whichever form
// of address it hides.
func Metadata(addr netip.Addr) bool {
	addr = addr.Unmap().WithZone("")
	if within(addr, metadata) {
		return true
	}
	for _, inner := range Embedded(addr) {
		if within(inner, metadata) {
			return true
		}
	}
	return false
}

// Global is true for an address of the public Internet. What brings an IPv4
// address along is not, but for the mapped form, which is that address, and for an
// interface identifier of ISATAP, which is judged by it.
func Global(addr netip.Addr) bool {
	addr = addr.Unmap()
	switch {
	case !addr.IsValid(), addr.Zone() != "", !within(addr, unicast), within(addr, nearest), Metadata(addr):
		return false
	}
	if b, ok := registered(addr); ok && !b.reachable {
		return false
	}
	for _, inner := range Embedded(addr) {
		if !Global(inner) {
			return false
		}
	}
	return true
}

// PermitAll is the command line's policy: the user's machine may reach what it
// reaches, except for cloud metadata, zoned addresses and what is no host.
func PermitAll(to netip.AddrPort) error {
	addr := to.Addr().Unmap()
	switch {
	case !addr.IsValid(), addr.Zone() != "", addr.IsMulticast(), addr.IsUnspecified(), addr == broadcast:
		return fmt.Errorf("%w: %s is not the address of one host", ErrBlocked, addr)
	case Metadata(addr):
		return fmt.Errorf("%w: %s is a cloud metadata service", ErrBlocked, addr)
	}
	return nil
}

var broadcast = netip.AddrFrom4([4]byte{255, 255, 255, 255})

// PermitPublic is the policy of who scans for others: what PermitAll permits, and
// of that the addresses of the public Internet alone.
func PermitPublic(to netip.AddrPort) error {
	if err := PermitAll(to); err != nil {
		return err
	}
	if !Global(to.Addr()) {
		return fmt.Errorf("%w: %s is no address of the public Internet", ErrBlocked, to.Addr())
	}
	return nil
}
