// The policy that holds at this moment.

package egress

import (
	"fmt"
	"net"
	"net/netip"
	"sync/atomic"

	"middlebrick/scan"
)

// Live holds the policy of a server that runs. Whoever dials asks it anew, so that
// a change holds from the next dial on. Its zero value refuses everything.
type Live struct {
	policy atomic.Pointer[Policy]
	own    func() ([]netip.Addr, error)
}

// Start holds a policy.
func Start(p Policy) (*Live, error) {
	if err := p.Valid(); err != nil {
		return nil, err
	}
	l := &Live{own: machine}
	l.policy.Store(&p)
	return l, nil
}

// machine are the addresses of this machine's interfaces, as they are now.
func machine() ([]netip.Addr, error) {
	found, err := net.InterfaceAddrs()
	if err != nil {
		return nil, fmt.Errorf("reading this machine's addresses: %w", err)
	}
	var all []netip.Addr
	for _, one := range found {
		prefix, err := netip.ParsePrefix(one.String())
		if err == nil {
			all = append(all, prefix.Addr().Unmap().WithZone(""))
		}
	}
	return all, nil
}

// Policy is the one that holds.
func (l *Live) Policy() Policy {
	if p := l.policy.Load(); p != nil {
		return *p
	}
	return Policy{}
}

// Set changes what a settings page changes: mode, ranges and ports.
func (l *Live) Set(p Policy) error {
	return l.change(func(now *Policy) { now.Mode, now.Ranges, now.Ports = p.Mode, p.Ranges, p.Ports })
}

// Own says what this server listens on and where its database is, when that is
// known or has changed.
func (l *Live) Own(self ...netip.AddrPort) error {
	return l.change(func(now *Policy) { now.Self = self })
}

func (l *Live) change(what func(*Policy)) error {
	for {
		old := l.policy.Load()
		next := Policy{}
		if old != nil {
			next = *old
		}
		what(&next)
		if err := next.Valid(); err != nil {
			return err
		}
		if l.policy.CompareAndSwap(old, &next) {
			return nil
		}
	}
}

// Permit decides on an address by the policy that holds now. A policy that breaks
// refuses.
func (l *Live) Permit(to netip.AddrPort) error { return l.decide(to, Policy.port) }

// Also is Permit with further ports: for mail, which is not sent to those of HTTP.
func (l *Live) Also(ports ...uint16) func(netip.AddrPort) error {
	return func(to netip.AddrPort) error {
		return l.decide(to, func(p Policy, port uint16) bool {
			for _, one := range ports {
				if one == port {
					return true
				}
			}
			return p.port(port)
		})
	}
}

func (l *Live) decide(to netip.AddrPort, port func(Policy, uint16) bool) (err error) {
	defer func() {
		if recover() != nil {
			err = Blocked{Reason: ByPolicy, To: to}
		}
	}()
	p := l.Policy()
	return p.permit(to, l.own, func(number uint16) bool { return port(p, number) })
}

// Operator decides on what the operator named where this server is started, such as
// the relay for mail: anything but what is refused always. It is never to be asked
// for what came in over the network.
func (l *Live) Operator(to netip.AddrPort) error {
	p := l.Policy()
	p.Mode, p.Self = Anything, nil
	return p.permit(to, nil, func(uint16) bool { return true })
}

// Guard has a scan obey this policy, and go through the proxy where one was named.
// The scan resolves names itself, so that a proxy is asked for addresses, and the
// policy holds for these.
func (l *Live) Guard(req *scan.Request) {
	req.Permit = l.Permit
	way := l.Outbound()
	if way.Proxy == nil {
		return
	}
	way.Timeout, way.Most = scan.DefaultTimeout, mostScanned
	req.Dial = way.Dial
}

// mostScanned is what a scan may receive over one connection: more than it may at
// all.
const mostScanned = 1 << 30

// Outbound is a way out by this policy, to be given its bounds and made a Client.
func (l *Live) Outbound() scan.Outbound {
	return scan.Outbound{Permit: l.Permit, Proxy: l.Policy().Proxy, UserAgent: "middlebrick/" + scan.Version}
}
