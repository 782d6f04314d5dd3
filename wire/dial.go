// Names to addresses, once for the whole scan, and addresses to connections.

package wire

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"middlebrick/observe"
)

// perFamily is how many addresses of one name are looked at, of IPv4 and of IPv6
// each; one is scanned.
const perFamily = 4

// Resolve finds the target's addresses and pins the scan to one of them: the
// first, in the resolver's order, that may be scanned and accepts a connection
// on either port; when none does, the first that may be scanned.
func (w *Wire) Resolve(ctx context.Context) (observe.Resolution, *observe.Gap) {
	t := w.opts.Target
	all, gap := w.lookup(ctx)
	res := observe.Resolution{Host: t.Host, Addresses: []string{}, Left: []string{}}
	if gap != nil {
		return res, gap
	}
	found := few(all)
	var permitted []netip.Addr
	for _, addr := range found {
		addr = addr.Unmap()
		if err := w.opts.Permit(netip.AddrPortFrom(addr, uint16(t.Port))); err != nil {
			res.Left = append(res.Left, refusal(addr, err))
			continue
		}
		res.Addresses = append(res.Addresses, addr.String())
		permitted = append(permitted, addr)
	}
	if more := len(all) - len(found); more > 0 {
		res.Left = append(res.Left, fmt.Sprintf("%d more addresses: %d of each family are enough", more, perFamily))
	}
	if len(permitted) == 0 {
		return res, &observe.Gap{Why: observe.Scope, Detail: fmt.Sprintf("every address of %s is one that may not be scanned", t.Host)}
	}
	w.pin(w.choose(ctx, permitted))
	res.Pinned = w.address().String()
	return res, nil
}

// refusal tells which address is left aside and why. A policy of a server that scans
// for others keeps quiet about what a name leads to in its own network.
func refusal(addr netip.Addr, err error) string {
	var quiet interface{ Quiet() bool }
	if errors.As(err, &quiet) && quiet.Quiet() {
		return err.Error()
	}
	return addr.String() + ": " + err.Error()
}

func (w *Wire) lookup(ctx context.Context) ([]netip.Addr, *observe.Gap) {
	host := w.opts.Target.Host
	found, err := locate(ctx, w.opts)
	if err != nil {
		return nil, gap(err, "resolving "+host)
	}
	if len(found) == 0 {
		return nil, &observe.Gap{Why: observe.Unnamed, Detail: "resolving " + host + ": the name has no address"}
	}
	return found, nil
}

// Locate finds the addresses that a scan with these options would look at.
func Locate(ctx context.Context, opts Options) ([]netip.Addr, error) {
	found, err := locate(ctx, opts.filled())
	return few(found), err
}

// locate asks in turn the pins, the target itself where it is an address, and the
// resolver.
func locate(ctx context.Context, opts Options) ([]netip.Addr, error) {
	t := opts.Target
	for _, pin := range opts.Pins {
		if pin.Host == t.Host && (pin.Port == 0 || pin.Port == t.HTTPSPort || pin.Port == t.HTTPPort) {
			return []netip.Addr{pin.Addr}, nil
		}
	}
	if addr, err := netip.ParseAddr(t.Host); err == nil {
		return []netip.Addr{addr}, nil
	}
	if opts.Located != nil {
		return opts.Located()
	}
	ctx, cancel := context.WithTimeout(ctx, opts.Limits.DNS)
	defer cancel()
	return opts.Resolve(ctx, t.Host)
}

// few are the first addresses of each family in the resolver's order, IPv4 first:
// a black hole of IPv6 is more usual than one of IPv4.
func few(all []netip.Addr) []netip.Addr {
	var four, six []netip.Addr
	for _, addr := range all {
		if addr.Unmap().Is4() {
			four = append(four, addr)
		} else {
			six = append(six, addr)
		}
	}
	return slices.Concat(four[:min(len(four), perFamily)], six[:min(len(six), perFamily)])
}

// choose tries the addresses in turn, each once; with only one there is nothing to
// choose. After three that swallow us it is more likely that all do.
func (w *Wire) choose(ctx context.Context, addrs []netip.Addr) netip.Addr {
	if len(addrs) == 1 {
		return addrs[0]
	}
	silent := 0
	for _, addr := range addrs {
		w.pin(addr)
		conn, gap := w.dialOnce(ctx, w.opts.Target.Port, 0)
		if gap == nil {
			conn.Close()
			return addr
		}
		if gap.Why == observe.Timeout {
			silent++
		}
		if silent == 3 {
			break
		}
	}
	return addrs[0]
}

func (w *Wire) pin(addr netip.Addr) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.addr = addr
}

func (w *Wire) address() netip.Addr {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.addr
}

// dial opens one connection to the pinned address, within the gate and the
// budget, with an absolute deadline on all that follows. A connect that times
// out is tried a second time, unless the target has answered on another port:
// then it is a firewall that swallows us, and the kernel has asked twice already.
func (w *Wire) dial(ctx context.Context, port, requests int) (*conn, *observe.Gap) {
	c, gap := w.dialOnce(ctx, port, requests)
	if w.worthAgain(ctx, gap) {
		return w.dialOnce(ctx, port, requests)
	}
	return c, gap
}

func (w *Wire) worthAgain(ctx context.Context, gap *observe.Gap) bool {
	return gap != nil && gap.Why == observe.Timeout && ctx.Err() == nil && !w.alive()
}

func (w *Wire) dialOnce(ctx context.Context, port, requests int) (*conn, *observe.Gap) {
	if err := w.gate.enter(ctx); err != nil {
		return nil, ended(ctx, "connecting to "+bracketed(w.address().String())+":"+portText(port))
	}
	return w.dialInside(ctx, port, requests)
}

// dialInside opens a connection for which there is a place in the gate, and gives
// the place back where it fails.
func (w *Wire) dialInside(ctx context.Context, port, requests int) (*conn, *observe.Gap) {
	to := netip.AddrPortFrom(w.address(), uint16(port))
	doing := "connecting to " + to.String()
	if err := w.opts.Permit(to); err != nil {
		w.gate.leave()
		return nil, gap(err, doing)
	}
	if spent := w.spend(requests); spent != nil {
		w.gate.leave()
		return nil, spent
	}
	if err := w.pace(ctx); err != nil {
		w.gate.leave()
		return nil, ended(ctx, doing)
	}
	limit, cancel := context.WithTimeout(ctx, w.opts.Limits.Connect)
	defer cancel()
	raw, err := w.open(limit, to.String())
	if err != nil {
		w.gate.leave()
		if ctx.Err() != nil {
			return nil, ended(ctx, doing)
		}
		return nil, gap(err, doing)
	}
	return w.watch(ctx, raw, to), nil
}

// open dials, and tries again where this machine was out of descriptors or ports.
func (w *Wire) open(ctx context.Context, to string) (net.Conn, error) {
	raw, err := w.opts.Dial(ctx, "tcp", to)
	for _, wait := range waits {
		if err == nil || !exhausted(err) || !pause(ctx, wait) {
			break
		}
		raw, err = w.opts.Dial(ctx, "tcp", to)
	}
	return raw, err
}

// pace keeps the least time between two dials.
func (w *Wire) pace(ctx context.Context) error {
	apart := w.apartNow()
	if apart <= 0 {
		return ctx.Err()
	}
	w.mu.Lock()
	now := time.Now()
	next := w.lastDial.Add(apart)
	if next.Before(now) {
		next = now
	}
	w.lastDial = next
	w.mu.Unlock()
	timer := time.NewTimer(next.Sub(now))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// ended is the gap of a scan that was stopped or ran out of its own time.
func ended(ctx context.Context, doing string) *observe.Gap {
	if context.Cause(ctx) == context.DeadlineExceeded {
		return &observe.Gap{Why: observe.Budget, Detail: doing + ": the scan's own time was up"}
	}
	return &observe.Gap{Why: observe.Cancelled, Detail: doing + ": the scan was stopped"}
}

// A conn counts what crosses it, keeps the first bytes each way, and ends at its
// deadline whatever else happens.
type conn struct {
	net.Conn
	wire     *Wire
	to       string
	port     int
	opened   time.Time
	sent     tape
	received tape
	stop     func() bool
	once     bool
}

func (w *Wire) watch(ctx context.Context, raw net.Conn, to netip.AddrPort) *conn {
	c := &conn{Conn: raw, wire: w, to: to.String(), port: int(to.Port()), opened: time.Now()}
	_ = raw.SetDeadline(c.opened.Add(w.opts.Limits.Exchange))
	c.stop = context.AfterFunc(ctx, func() { _ = raw.SetDeadline(time.Unix(1, 0)) })
	return c
}

func (c *conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.received.add(p[:n])
	return n, err
}

func (c *conn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.sent.add(p[:n])
	return n, err
}

func (c *conn) Close() error {
	if c.once {
		return nil
	}
	c.once = true
	c.stop()
	err := c.Conn.Close()
	c.wire.count(c.sent.total, c.received.total)
	c.wire.gate.leave()
	return err
}

// portText is a port for messages.
func portText(port int) string { return strconv.Itoa(port) }
