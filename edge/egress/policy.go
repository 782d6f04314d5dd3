// Package egress is what this server may connect to: a policy that is decided on
// the address that is dialled, at the moment when it is dialled, and the proof that
// somebody owns a host.
package egress

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"middlebrick/scan"
)

// A Mode is how far the server reaches. No mode opens what is always refused: the
// server itself, cloud metadata, link-local and multicast addresses.
type Mode string

// The modes, from the narrowest to the widest.
const (
	Public   Mode = "public"         // addresses of the public Internet alone
	Ranges   Mode = "private-ranges" // these, and the ranges that are listed
	Anything Mode = "anything"       // whatever this machine reaches
)

// A Policy is what this server may connect to. It holds for the whole server: who
// operates it sets it, and no tenant does. Self and Proxy belong to the process that
// runs, and are not stored with the rest.
type Policy struct {
	Mode   Mode           `json:"mode"`
	Ranges []netip.Prefix `json:"ranges"` // beside the public Internet, in the mode of that name
	Ports  []Ports        `json:"ports"`  // beside DefaultPorts

	// Self are this server's own listeners and its database. Port 0 means every
	// port; an unspecified address means every address of this machine.
	Self  []netip.AddrPort `json:"-"`
	Proxy *url.URL         `json:"-"` // the way out, where one was named; it resolves names, and so its policy holds for them
}

// Ports are all ports from the first to the last: "8443", "8000-8999".
type Ports struct{ First, Last uint16 }

// DefaultPorts are where HTTP is usually served.
func DefaultPorts() []Ports { return []Ports{{80, 80}, {443, 443}, {5000, 5000}, {8000, 8999}} }

// MarshalText writes a port, or the first and the last with a hyphen between.
func (p Ports) MarshalText() ([]byte, error) {
	if p.First == p.Last {
		return []byte(strconv.Itoa(int(p.First))), nil
	}
	return fmt.Appendf(nil, "%d-%d", p.First, p.Last), nil
}

// UnmarshalText reads what MarshalText writes.
func (p *Ports) UnmarshalText(text []byte) error {
	first, last, ranged := strings.Cut(string(text), "-")
	if !ranged {
		last = first
	}
	from, err := strconv.ParseUint(strings.TrimSpace(first), 10, 16)
	to, err2 := strconv.ParseUint(strings.TrimSpace(last), 10, 16)
	if err != nil || err2 != nil || from == 0 || to < from {
		return fmt.Errorf("%q is not a port; write 8443, or 8000-8999", shown(string(text)))
	}
	p.First, p.Last = uint16(from), uint16(to)
	return nil
}

// most bounds both lists: a policy is read at every dial.
const most = 256

// Valid says what of the policy cannot hold, and what to write instead.
func (p Policy) Valid() error {
	switch {
	case p.Mode != Public && p.Mode != Ranges && p.Mode != Anything:
		return fmt.Errorf("mode %q is not known; use %q, %q or %q", shown(string(p.Mode)), Public, Ranges, Anything)
	case p.Mode == Ranges && len(p.Ranges) == 0:
		return fmt.Errorf("mode %q lists no range; give one such as 10.20.0.0/16", Ranges)
	case len(p.Ranges) > most || len(p.Ports) > most:
		return fmt.Errorf("more than %d ranges or ports are listed; list wider ones", most)
	case p.Proxy != nil && (p.Proxy.Hostname() == "" || p.Proxy.Scheme != "http" && p.Proxy.Scheme != "https"):
		return errors.New("the egress proxy is not an http:// or https:// address")
	}
	for _, r := range p.Ranges {
		if err := listable(r); err != nil {
			return err
		}
	}
	for _, ports := range p.Ports {
		if ports.First == 0 || ports.Last < ports.First {
			return fmt.Errorf("%d-%d is not a range of ports", ports.First, ports.Last)
		}
	}
	return nil
}

// listable refuses a range that means nothing, or that is refused whatever stands
// in the list.
func listable(r netip.Prefix) error {
	switch {
	case !r.IsValid(), r.Addr().Is4In6():
		return fmt.Errorf("%s is not a range; write 10.20.0.0/16 or fd00:1::/32", r)
	case r != r.Masked():
		return fmt.Errorf("%s has bits beyond its length; write %s", r, r.Masked())
	}
	for _, block := range refused() {
		if block.Overlaps(r) && block.Bits() <= r.Bits() {
			return fmt.Errorf("%s is refused always, as part of %s", r, block)
		}
	}
	return nil
}

// refused are the blocks that no mode opens: what has no host, and what has
// another one on every link.
func refused() []netip.Prefix {
	return []netip.Prefix{
		netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("169.254.0.0/16"), netip.MustParsePrefix("224.0.0.0/4"), netip.MustParsePrefix("255.255.255.255/32"),
		netip.MustParsePrefix("::/128"), netip.MustParsePrefix("fe80::/10"), netip.MustParsePrefix("ff00::/8"),
	}
}

// Permit decides on one address, for Request.Permit and Outbound.Permit of the
// engine. Every error is a Blocked.
func (p Policy) Permit(to netip.AddrPort) error { return p.permit(to, nil, p.port) }

// permit asks in the order of what weighs most. Own are the addresses of this
// machine, asked for only where a listener stands on all of them; nil: loopback
// alone is known to be.
func (p Policy) permit(to netip.AddrPort, own func() ([]netip.Addr, error), port func(uint16) bool) error {
	addr := to.Addr().Unmap()
	block := func(why Reason) error { return Blocked{Reason: why, To: to} }
	switch {
	case !addr.IsValid() || to.Port() == 0:
		return block(ByPolicy)
	case addr.Zone() != "":
		return block(Zone)
	case scan.Metadata(addr):
		return block(Metadata)
	case slices.ContainsFunc(refused(), func(b netip.Prefix) bool { return b.Contains(addr) }):
		return block(ByPolicy)
	case p.self(addr, to.Port(), own):
		return block(Self)
	case !port(to.Port()):
		return block(Port)
	case !p.reaches(addr):
		return block(ByPolicy)
	}
	return nil
}

func (p Policy) port(port uint16) bool {
	holds := func(r Ports) bool { return r.First <= port && port <= r.Last }
	return slices.ContainsFunc(DefaultPorts(), holds) || slices.ContainsFunc(p.Ports, holds)
}

// reaches is the mode's word on an address. A range that is listed opens no IPv4
// address by way of a translator that is not open by itself.
func (p Policy) reaches(addr netip.Addr) bool {
	switch {
	case p.Mode == Anything, scan.Global(addr):
		return p.Mode == Public || p.Mode == Ranges || p.Mode == Anything
	case p.Mode != Ranges || !slices.ContainsFunc(p.Ranges, func(r netip.Prefix) bool { return r.Contains(addr) }):
		return false
	}
	for _, inner := range scan.Embedded(addr) {
		if p.always(inner) || !p.reaches(inner) {
			return false
		}
	}
	return true
}

func (p Policy) always(addr netip.Addr) bool {
	return scan.Metadata(addr) || slices.ContainsFunc(refused(), func(b netip.Prefix) bool { return b.Contains(addr) })
}

// self is true for what this server listens on, under whichever of its addresses
// and in whichever form of them.
func (p Policy) self(addr netip.Addr, port uint16, own func() ([]netip.Addr, error)) bool {
	for _, one := range append(scan.Embedded(addr), addr) {
		if slices.ContainsFunc(p.Self, func(s netip.AddrPort) bool { return s.Port() == 0 || s.Port() == port }) && p.mine(one, port, own) {
			return true
		}
	}
	return false
}

func (p Policy) mine(addr netip.Addr, port uint16, own func() ([]netip.Addr, error)) bool {
	for _, s := range p.Self {
		if s.Port() != 0 && s.Port() != port {
			continue
		}
		if s.Addr().Unmap().WithZone("") == addr || s.Addr().Unmap().IsUnspecified() && local(addr, own) {
			return true
		}
	}
	return false
}

// local is true for an address of this machine; where it cannot be known, for all.
func local(addr netip.Addr, own func() ([]netip.Addr, error)) bool {
	if addr.IsLoopback() || own == nil {
		return addr.IsLoopback()
	}
	all, err := own()
	return err != nil || slices.Contains(all, addr)
}

// MarshalJSON is the form in which a policy is stored.
func (p Policy) MarshalJSON() ([]byte, error) {
	type plain Policy
	stored := plain(p)
	stored.Ranges, stored.Ports = append([]netip.Prefix{}, p.Ranges...), append([]Ports{}, p.Ports...)
	return json.Marshal(stored)
}

// ParsePolicy reads a policy as it is stored.
func ParsePolicy(text []byte) (Policy, error) {
	p := Policy{Ranges: []netip.Prefix{}, Ports: []Ports{}}
	if err := json.Unmarshal(text, &p); err != nil {
		return Policy{}, fmt.Errorf("reading the scan policy: %w", err)
	}
	if err := p.Valid(); err != nil {
		return Policy{}, fmt.Errorf("reading the scan policy: %w", err)
	}
	return p, nil
}
