// Package wire is the only door to the network. It dials, paces, counts, guards
// and keeps what crossed: every limit and every politeness of a scan is here, and
// nothing else opens a connection.
package wire

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"time"

	"middlebrick/httphead"
	"middlebrick/observe"
	"middlebrick/target"
	"middlebrick/tlshello"
)

// A Pin replaces what a name resolves to, for one port (0: for every port).
type Pin struct {
	Host string
	Port int
	Addr netip.Addr
}

// Limits bound one scan. Times bound one connection from dial to close, however
// it drips.
type Limits struct {
	Connections int
	Requests    int
	Bytes       int64         // received
	DNS         time.Duration // name resolution
	Connect     time.Duration // TCP
	Hello       time.Duration // from hello to its answer, from request to response head
	Exchange    time.Duration // whole connection
	Parallel    int           // connections at once
	Gap         time.Duration // least time between two dials
}

// Standard are the limits of the standard profile. Six at once is what a browser
// opens.
func Standard() Limits {
	return Limits{
		Connections: 700, Requests: 60, Bytes: 64 << 20,
		DNS: 5 * time.Second, Connect: 3 * time.Second, Hello: 5 * time.Second, Exchange: 10 * time.Second,
		Parallel: 6,
	}
}

// Options are what a wire needs to know. Dial, Resolve and Permit have the
// network's own behaviour when nil.
type Options struct {
	Target    target.Target
	Headers   []httphead.Field // the caller's: sent to the target's own form alone
	Pins      []Pin
	UserAgent string
	Limits    Limits
	CAFiles   [][]byte // PEM: authorities that the caller trusts beside the known stores
	AskCA     bool     // the certificate's authority may be asked, at the addresses that stand in it
	CTLogs    []byte   // the list of certificate transparency logs, JSON; nil where there is none
	Dial      func(ctx context.Context, network, address string) (net.Conn, error)
	Resolve   func(ctx context.Context, host string) ([]netip.Addr, error)
	Permit    func(netip.AddrPort) error // decides on the dialled address

	Nameservers []string // HOST:PORT, asked for CAA; nil: this machine's, where Resolve is nil too

	// Located is where the target's own name leads, where that is known already;
	// other names are resolved all the same.
	Located func() ([]netip.Addr, error)

	Strained func() bool // this machine is behind with its own work; nil: never

	machine bool // names are resolved as this machine does
}

// A Wire serves one scan of one target.
type Wire struct {
	opts Options
	rec  *observe.Recorder
	gate *gate

	mu       sync.Mutex
	cost     observe.Cost
	addr     netip.Addr
	lastDial time.Time
	silences int  // timeouts in a row
	shut     int  // questions in a row on which the target closed, and on the control hello too
	dead     bool // the target stopped answering
	control  map[int]tlshello.Client
	first    map[int]Reply
	shape    Shape
	nameless bool          // the target refuses the name that it goes by
	unstable bool          // the target closed on a hello and answered it the next moment
	alone    chan struct{} // holds one token; who has it asks an unstable target
	shared   map[string]*flight
	lines    map[int]*lines // connections that carry requests, by port

	best   time.Duration // the quickest answer
	worst  time.Duration // the slowest
	held   int           // bytes of bodies
	stalls map[int]int   // requests in a row that a port did not answer in time

	// Of a target that has slowed down; see pulse.
	apart   time.Duration // least time between two dials
	prompt  int           // prompt answers in a row
	trusted int           // how many of these let it be asked more again
	eased   bool          // it was asked more again since it last was slow
}

// filled has the network's own behaviour where none was given.
func (o Options) filled() Options {
	if o.Permit == nil {
		o.Permit = PermitAll
	}
	o.Permit = surely(o.Permit)
	if o.Dial == nil {
		o.Dial = dialer(o.Permit).DialContext
	}
	if o.Resolve == nil {
		o.machine = true
		resolver := &net.Resolver{PreferGo: true}
		o.Resolve = func(ctx context.Context, host string) ([]netip.Addr, error) {
			return resolver.LookupNetIP(ctx, "ip", host)
		}
	}
	if o.Strained == nil {
		o.Strained = func() bool { return false }
	}
	return o
}

// New makes the wire of one scan. It begins with two connections at once and
// widens when the target has shown that it can bear more.
func New(opts Options, rec *observe.Recorder) *Wire {
	opts = opts.filled()
	for _, field := range opts.Headers {
		for _, secret := range secrets(field) {
			rec.Secret(secret)
		}
	}
	return &Wire{
		opts: opts, rec: rec, gate: newGate(max(1, opts.Limits.Parallel)),
		trusted: firstTrust,
		control: map[int]tlshello.Client{}, first: map[int]Reply{}, shared: map[string]*flight{}, lines: map[int]*lines{}, stalls: map[int]int{}, alone: make(chan struct{}, 1),
	}
}

// Target is what this wire leads to.
func (w *Wire) Target() target.Target { return w.opts.Target }

// CAFiles are the authorities that the caller trusts, as PEM.
func (w *Wire) CAFiles() [][]byte { return w.opts.CAFiles }

// Widen lets as many connections at once as the limits allow, unless the target
// was found to bear only one.
func (w *Wire) Widen() { w.gate.widen() }

// OneAtATime keeps to one connection from now on: a development server that is
// busy with an idle connection serves nobody else.
func (w *Wire) OneAtATime() { w.gate.narrow() }

// Cost is what was asked of the network until now.
func (w *Wire) Cost() observe.Cost {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.cost
}

// Control names a hello that this port is known to accept, and the answer. It
// tells a refusal from a target that stopped answering.
func (w *Wire) Control(port int, hello tlshello.Client, reply Reply) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, known := w.control[port]; !known {
		w.control[port], w.first[port] = hello, reply
	}
}

// First is the first hello that the port accepted, and its answer: what is told
// there need not be asked again.
func (w *Wire) First(port int) (hello tlshello.Client, reply Reply, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	hello, ok = w.control[port]
	return hello, w.first[port], ok
}

func (w *Wire) controlFor(port int) (tlshello.Client, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	hello, ok := w.control[port]
	return hello, ok
}

// spend takes one connection (and requests) from the budget.
func (w *Wire) spend(requests int) *observe.Gap {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch l := w.opts.Limits; {
	case w.dead:
		return &observe.Gap{Why: observe.Throttled, Detail: "the target stopped answering during the scan"}
	case w.cost.Connections >= l.Connections:
		return &observe.Gap{Why: observe.Budget, Detail: "the scan's budget of connections is spent"}
	case w.cost.Requests+requests > l.Requests:
		return &observe.Gap{Why: observe.Budget, Detail: "the scan's budget of requests is spent"}
	case w.cost.BytesReceived >= l.Bytes:
		return &observe.Gap{Why: observe.Budget, Detail: "the scan's budget of bytes is spent"}
	}
	w.cost.Connections++
	w.cost.Requests += requests
	return nil
}

func (w *Wire) count(sent, received int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cost.BytesSent += sent
	w.cost.BytesReceived += received
}

// heard notes whether the target answered; silence in a row is what a target
// does that has had enough of us.
func (w *Wire) heard(why observe.Why) (silences int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if why == observe.Timeout {
		w.silences++
	} else {
		w.silences = 0
	}
	return w.silences
}

func (w *Wire) giveUp() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.dead = true
}
