// Where scans wait, run and are kept: two at once, twenty waiting, the latest
// hundred results.

package mcp

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"middlebrick/report"
	"middlebrick/scan"
	"middlebrick/target"
)

const (
	mostAtOnce  = 2
	mostWaiting = 20
	mostKept    = 100
)

// The states of a scan that is not over.
const (
	queued     = "queued"
	processing = "processing"
)

// A desk takes scans in. What it runs ends with the context that it was made with.
type desk struct {
	ctx     context.Context
	options Options
	engine  engine
	now     func() time.Time
	slots   chan struct{} // one token for each scan that runs
	running sync.WaitGroup

	mu      sync.Mutex
	waiting int
	kept    []*visit // oldest first
}

// A visit is one scan from its order to its result.
type visit struct {
	desk    *desk
	target  target.Target
	secret  bool // not kept for get_scan and list_scans
	cancel  context.CancelFunc
	done    chan struct{} // closed at the end
	verdict report.Report // of a secret one; read after done

	// Guarded by the desk's lock.
	told    Scan
	changed chan struct{} // closed at the next change
	event   scan.Event
}

func newDesk(ctx context.Context, o Options, e engine) *desk {
	d := &desk{ctx: ctx, options: o, engine: e, now: o.Now, slots: make(chan struct{}, mostAtOnce)}
	if d.now == nil {
		d.now = time.Now
	}
	return d
}

// order takes a scan in, or says why not. It runs until it is over or cancelled,
// whoever waits for it.
func (d *desk) order(req scan.Request, secret bool) (*visit, error) {
	random := make([]byte, 16)
	if _, err := rand.Read(random); err != nil {
		return nil, fmt.Errorf("naming the scan: %w", err)
	}
	if d.options.PublicOnly {
		req.Permit = scan.Public
	}
	ctx, cancel := context.WithCancel(d.ctx)
	v := &visit{desk: d, target: req.Target, secret: secret, cancel: cancel, done: make(chan struct{}), changed: make(chan struct{}), told: blank()}
	v.told.ScanID, v.told.Status, v.told.Method, v.told.CreatedAt = hex.EncodeToString(random), queued, req.Target.Method, d.now().UTC()
	v.told.Untrusted.URL = tame(req.Target.URL, mostText)
	if err := d.admit(v); err != nil {
		cancel()
		return nil, err
	}
	d.running.Go(func() {
		defer cancel()
		v.run(ctx, req)
	})
	return v, nil
}

func (d *desk) admit(v *visit) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.ctx.Err() != nil:
		return errors.New("the server is ending; no further scan is taken")
	case d.waiting >= mostWaiting+mostAtOnce-len(d.slots):
		return fmt.Errorf("%d scans wait already and no more are taken; wait until list_scans shows fewer that are queued, then call again", mostWaiting)
	}
	d.waiting++
	if v.secret {
		return nil
	}
	d.kept = append(d.kept, v)
	for len(d.kept) > mostKept {
		// What still runs stays; there are fewer of these than are kept.
		at := slices.IndexFunc(d.kept, func(old *visit) bool { return old.told.over() })
		d.kept = slices.Delete(d.kept, at, at+1)
	}
	return nil
}

func (s Scan) over() bool { return s.Status != queued && s.Status != processing }

// run waits for its turn and scans. A scan that breaks is our fault, and ends
// nothing but itself.
func (v *visit) run(ctx context.Context, req scan.Request) {
	defer close(v.done)
	defer func() {
		if fault := recover(); fault != nil {
			v.end(func(s *Scan) { s.fail(fmt.Sprintf("a fault of middlebrick, please report it: %v", fault)) })
		}
	}()
	d := v.desk
	turn := false
	select {
	case d.slots <- struct{}{}:
		turn = true
		defer func() { <-d.slots }()
	case <-ctx.Done():
	}
	d.mu.Lock()
	d.waiting--
	d.mu.Unlock()
	if !turn {
		v.end(func(s *Scan) { s.stop("cancelled before it began") })
		return
	}
	v.look(ctx, req)
}

func (v *visit) look(ctx context.Context, req scan.Request) {
	v.change(func(s *Scan) { s.Status = processing })
	if v.desk.options.Prepare != nil {
		v.desk.options.Prepare(&req)
	}
	rec, err := v.desk.engine.run(ctx, req, func(e scan.Event) {
		v.change(func(s *Scan) {
			v.event = e
			s.Progress = fmt.Sprintf("%d of %d questions asked", e.Done, e.Total)
		})
	})
	switch {
	case rec != nil:
		r := v.desk.engine.judge(rec, req.Rules)
		if v.secret {
			v.verdict = r
		}
		v.end(func(s *Scan) { s.fill(r) })
	case ctx.Err() != nil:
		v.end(func(s *Scan) { s.stop("cancelled before anything was seen") })
	default:
		v.end(func(s *Scan) { s.fail(fmt.Sprintf("scanning: %v", err)) })
	}
}

func (s *Scan) fail(why string) {
	s.Status, s.Untrusted.Trouble = string(report.Failed), tame(why, mostText)
}

func (s *Scan) stop(why string) {
	s.Status, s.Partial, s.Untrusted.Trouble = string(report.Interrupted), true, why
}

func (v *visit) end(what func(*Scan)) {
	v.change(func(s *Scan) {
		what(s)
		now := v.desk.now().UTC()
		s.CompletedAt, s.Progress = &now, ""
	})
}

// change alters what is told of the scan, and wakes who waits for it.
func (v *visit) change(what func(*Scan)) {
	v.desk.mu.Lock()
	defer v.desk.mu.Unlock()
	what(&v.told)
	close(v.changed)
	v.changed = make(chan struct{})
}

// now is the scan as it stands, how far it is, and what is closed at the next
// change. The lists in it are never written again.
func (v *visit) now() (Scan, scan.Event, <-chan struct{}) {
	v.desk.mu.Lock()
	defer v.desk.mu.Unlock()
	return v.told, v.event, v.changed
}

// find is the kept scan of that id.
func (d *desk) find(id string) (*visit, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, v := range d.kept {
		if v.told.ScanID == id {
			return v, nil
		}
	}
	return nil, fmt.Errorf("no scan %q is kept here; list_scans tells those that are, the latest %d since this server began", tame(id, 80), mostKept)
}

// all are the kept scans, the latest first.
func (d *desk) all() []Scan {
	d.mu.Lock()
	defer d.mu.Unlock()
	var all []Scan
	for _, v := range slices.Backward(d.kept) {
		all = append(all, v.told)
	}
	return all
}
