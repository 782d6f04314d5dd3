// What the engine hands to those who ask it for a part: one rule alone, public
// addresses alone, and the guarded way out for what is no scan.

package scan

import (
	"context"
	"net/netip"

	"middlebrick/checks"
	"middlebrick/rule"
	"middlebrick/target"
	"middlebrick/wire"
)

// Find is the rule of that id, to be scanned for and judged alone.
func Find(id string) (rule.Rule, bool) { return checks.Find(id) }

// Public is the policy, for Request.Permit, that permits addresses of the public
// Internet alone. Without it a scan reaches what this machine reaches, except for
// cloud metadata.
func Public(to netip.AddrPort) error { return wire.PermitPublic(to) }

// ErrBlocked is what every refusal of a policy is: of a Request's Permit, of an
// Outbound's, and of one that is made elsewhere and wants to be known as one.
var ErrBlocked = wire.ErrBlocked

// An Outbound is the one guarded way out for what is sent to others than a target:
// a client of HTTP and a dialer that decide on the address they dial.
type Outbound = wire.Outbound

// Anywhere is the command line's policy: what this machine reaches, except for
// cloud metadata and what is no host's address.
func Anywhere(to netip.AddrPort) error { return wire.PermitAll(to) }

// Global is true for an address of the public Internet, by the registries that
// this program brings along.
func Global(addr netip.Addr) bool { return wire.Global(addr) }

// Metadata is true for the address of a cloud's metadata service, in whichever form
// of address it hides.
func Metadata(addr netip.Addr) bool { return wire.Metadata(addr) }

// Embedded are the IPv4 addresses that an IPv6 address may lead to by way of a
// translator or a tunnel.
func Embedded(addr netip.Addr) []netip.Addr { return wire.Embedded(addr) }

// Special names the block of IANA's special-purpose registries that holds the
// address, and the document that reserved it.
func Special(addr netip.Addr) (name, rfc string, ok bool) { return wire.Special(addr) }

// Texts are the TXT records at a name, none where there is no such name.
// Nameservers are HOST:PORT; nil: this machine's.
func Texts(ctx context.Context, name string, nameservers []string) ([]string, error) {
	return wire.Texts(ctx, name, nameservers)
}

// Addresses are what a host's name resolves to by this machine's resolvers.
func Addresses(ctx context.Context, host string) ([]netip.Addr, error) {
	return wire.Locate(ctx, wire.Options{Target: target.Target{Host: host}, Limits: wire.Standard()})
}
