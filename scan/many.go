// Many targets: which of them are scanned when. Hundreds at a time, and of those
// that live at one address only one, so that no machine notices that it bears
// many names.

package scan

import (
	"context"
	"net/netip"
	"sync"

	"middlebrick/target"
	"middlebrick/wire"
)

// A Listed is one target of a list.
type Listed struct {
	Line   int // in the list, from 1
	Target target.Target
}

// A Place is where a target lives, or why that is not known. Found is in the
// resolver's order.
type Place struct {
	Found []netip.Addr
	Err   error
}

// A Batch is a scan of many targets. Nothing is kept of a target that is done.
type Batch struct {
	InFlight int                                                        // targets at a time at the most, at least 1
	Strained func() bool                                                // this machine is behind with its work; nil: never
	Next     func() (Listed, bool)                                      // the next target; false at the end; asked by one goroutine at a time
	Locate   func(context.Context, target.Target) ([]netip.Addr, error) // nil: every target is alone at its address
	Scan     func(context.Context, Listed, Place)                       // looks, judges and tells; called by many goroutines
}

// mostWaiting bounds the targets that wait for a neighbour at their address: with
// more, no further ones are read.
const mostWaiting = 4096

// Many scans a batch and returns when the last scan has ended. When the context
// ends, no further target is begun.
func Many(ctx context.Context, b Batch) {
	m := &crowd{Batch: b, busy: map[netip.Addr]bool{}, located: make(chan guest), left: make(chan guest)}
	m.width = min(max(m.InFlight, 1), firstWidth)
	inside, stop := context.WithCancel(ctx)
	defer stop()
	m.read(inside)
	m.serve(inside)
	stop()
	m.all.Wait()
}

// guest is a target with its place.
type guest struct {
	Listed
	Place
}

type crowd struct {
	Batch
	all     sync.WaitGroup
	arrive  chan Listed // closed at the end of the list
	located chan guest
	left    chan guest

	// Of serve alone.
	busy    map[netip.Addr]bool // addresses with a scan
	waiting []guest             // whose address is busy
	locates int                 // looking for their address
	scans   int
	width   int // targets at a time now
	since   int // scans that ended since the width was last made smaller
}

// The width begins here, which any machine bears, and grows by one with each scan
// that ends while the machine keeps up, so that it doubles in the time of a scan. A
// machine that is behind measures its own slowness instead of the target's.
const firstWidth = 32

// adapt is called when a scan has ended. One strain makes the width smaller once.
func (m *crowd) adapt() {
	m.since++
	switch {
	case m.Strained == nil || !m.Strained():
		m.width = min(m.width+1, max(m.InFlight, 1))
	case m.since >= m.width:
		m.width, m.since = max(m.width*3/4, min(firstWidth, m.width)), 0
	}
}

func (m *crowd) read(ctx context.Context) {
	m.arrive = make(chan Listed)
	m.all.Go(func() {
		defer close(m.arrive)
		for {
			one, ok := m.Next()
			if !ok {
				return
			}
			select {
			case m.arrive <- one:
			case <-ctx.Done():
				return
			}
		}
	})
}

// serve is the one goroutine that decides. It ends when nothing is left to do, or
// when the context has ended and all that had begun is over.
func (m *crowd) serve(ctx context.Context) {
	arrive, stopped := m.arrive, ctx.Done()
	for arrive != nil || m.locates+m.scans > 0 || len(m.waiting) > 0 {
		open := arrive
		if m.locates+m.scans >= m.width || len(m.waiting) >= mostWaiting {
			open = nil
		}
		select {
		case one, more := <-open:
			if !more {
				arrive = nil
				continue
			}
			m.locate(ctx, one)
		case g := <-m.located:
			m.locates--
			m.admit(ctx, g)
		case g := <-m.left:
			m.leave(ctx, g)
		case <-stopped:
			arrive, stopped, m.waiting = nil, nil, nil
		}
	}
}

func (m *crowd) locate(ctx context.Context, one Listed) {
	m.locates++
	m.all.Go(func() {
		g := guest{Listed: one}
		if m.Locate != nil {
			g.Found, g.Err = m.Locate(ctx, one.Target)
		}
		m.located <- g
	})
}

// admit begins the scan, or has it wait for its neighbours. A target without an
// address has none.
func (m *crowd) admit(ctx context.Context, g guest) {
	switch {
	case ctx.Err() != nil:
		return
	case m.scans >= m.width || m.neighbours(g):
		m.waiting = append(m.waiting, g)
		return
	}
	for _, addr := range g.Found {
		m.busy[addr.Unmap()] = true
	}
	m.scans++
	m.all.Go(func() {
		defer func() { m.left <- g }()
		m.Scan(ctx, g.Listed, g.Place)
	})
}

func (m *crowd) neighbours(g guest) bool {
	for _, addr := range g.Found {
		if m.busy[addr.Unmap()] {
			return true
		}
	}
	return false
}

// leave frees the addresses and lets in who waited for them, in the order of
// their coming.
func (m *crowd) leave(ctx context.Context, g guest) {
	m.scans--
	m.adapt()
	for _, addr := range g.Found {
		delete(m.busy, addr.Unmap())
	}
	still := m.waiting[:0]
	waiting := m.waiting
	for i, w := range waiting {
		if m.scans >= m.width {
			still = append(still, waiting[i:]...)
			break
		}
		if m.neighbours(w) {
			still = append(still, w)
			continue
		}
		m.admit(ctx, w)
	}
	clear(waiting[len(still):])
	m.waiting = still
}

// Locate finds the addresses of the request's target: where its pins lead, or
// the resolver.
func (r Request) Locate(ctx context.Context) ([]netip.Addr, error) {
	return wire.Locate(ctx, r.wire())
}

// At is the request for a target whose place is known: it is not looked for again.
func (r Request) At(p Place) Request {
	r.located = func() ([]netip.Addr, error) { return p.Found, p.Err }
	return r
}
