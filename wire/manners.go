// How a target is treated that has had enough: it is asked fewer things at once
// and further apart, and in the end nothing more (FAULTS H01).

package wire

import (
	"context"
	"fmt"
	"time"

	"middlebrick/observe"
)

// A target that takes several times as long as it did at its best, and that long,
// is being slowed down, most likely by us.
const (
	slower   = 5
	slowness = 500 * time.Millisecond
	firstGap = 50 * time.Millisecond // between two dials, from the first slowness on
	mostGap  = time.Second
)

// pulse takes in how long an answer took.
func (w *Wire) pulse(took time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.best == 0 || took < w.best {
		w.best = max(took, 1)
	}
	w.worst = max(w.worst, took)
	if took < slowness || took < slower*w.best {
		return
	}
	w.gate.halve()
	w.apart = min(max(2*w.apart, firstGap), mostGap)
}

// Silence that is expected lasts as long as several of the slowest answers that the
// target has given, and that long at the least.
const (
	longer  = 8
	silence = time.Second
)

type briefKey struct{}

// Brief is for questions that a target with a fault answers by silence, where one
// without answers at once: they wait for no longer than it takes to be sure.
func Brief(ctx context.Context) context.Context { return context.WithValue(ctx, briefKey{}, true) }

// longEnough is how long an answer is waited for.
func (w *Wire) longEnough(ctx context.Context) time.Duration {
	if ctx.Value(briefKey{}) == nil {
		return w.opts.Limits.Hello
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.worst == 0 {
		return w.opts.Limits.Hello
	}
	return min(w.opts.Limits.Hello, max(silence, longer*w.worst))
}

// alive is true once the target has answered anything.
func (w *Wire) alive() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.best > 0
}

// apartNow is the least time between two dials.
func (w *Wire) apartNow() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return max(w.apart, w.opts.Limits.Gap)
}

// mostStalls is after how many requests in a row that were not answered in time,
// or whose answer stood still, a port is asked for nothing more.
const mostStalls = 3

// stalled counts requests to a port that were not answered in time.
func (w *Wire) stalled(port int, late bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !late {
		w.stalls[port] = 0
		return
	}
	w.stalls[port]++
}

// patience is the gap of a port that has stalled too often; nil before.
func (w *Wire) patience(port int) *observe.Gap {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stalls[port] < mostStalls {
		return nil
	}
	return &observe.Gap{Why: observe.Throttled, Detail: fmt.Sprintf("%d requests in a row to port %d were not answered in time; no more were sent", mostStalls, port)}
}

// waits are the pauses before this machine tries again to open a connection for
// which it has no file descriptor or port left (FAULTS C11).
var waits = []time.Duration{200 * time.Millisecond, 600 * time.Millisecond, 1800 * time.Millisecond}
