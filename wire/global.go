// Which addresses belong to the public Internet: an allow-list, for whatever is
// added to the registries later is not public until somebody says so (UX.md
// section 6).

package wire

import (
	"fmt"
	"net"
	"net/netip"
)

// special are the blocks of the IANA special-purpose registries (RFC 6890) that
// lie inside of what is otherwise global.
var special = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
	"192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	"168.63.129.16/32",
	"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
)

var unicast = netip.MustParsePrefix("2000::/3")

func prefixes(texts ...string) (all []netip.Prefix) {
	for _, text := range texts {
		all = append(all, netip.MustParsePrefix(text))
	}
	return all
}

// global is true for an address of the public Internet.
func global(addr netip.Addr) bool {
	addr = addr.Unmap()
	if !addr.IsValid() || addr.Zone() != "" || addr.Is6() && !unicast.Contains(addr) {
		return false
	}
	for _, block := range special {
		if block.Contains(addr) {
			return false
		}
	}
	return true
}

// PermitPublic is the policy of who scans for others: what PermitAll permits, and
// of that the addresses of the public Internet alone.
func PermitPublic(to netip.AddrPort) error {
	if err := PermitAll(to); err != nil {
		return err
	}
	if !global(to.Addr()) {
		return fmt.Errorf("%w: %s is no address of the public Internet", errBlocked, to.Addr())
	}
	return nil
}

// A counted connection counts what crosses it.
type counted struct {
	net.Conn
	sent, received int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.received += int64(n)
	return n, err
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.sent += int64(n)
	return n, err
}
