// How a target is treated that has had enough: it is asked fewer things at once
// and further apart, as before once it has recovered, and in the end nothing more
// (FAULTS H01).

package wire

import (
	"context"
	"fmt"
	"time"

	"middlebrick/observe"
)

// A target that takes several times as long as it did at its best, and that long,
// is being slowed down, most likely by us. One that takes less than half of that
// answers promptly.
const (
	slower   = 5
	slowness = 500 * time.Millisecond
	firstGap = 50 * time.Millisecond // between two dials, from the first slowness on
	mostGap  = time.Second
)

// After so many prompt answers in a row a target that had slowed down is asked more
// again. One that then slows down again is pressed by just that: it must answer
// promptly twice as often the next time.
const (
	firstTrust = 4
	mostTrust  = 32
)

// pulse takes in how long an answer took. What is slow while this machine is behind
// with its own work says nothing about the target.
func (w *Wire) pulse(took time.Duration) {
	slow := w.timed(took)
	switch {
	case took >= slow && !w.opts.Strained():
		w.slacken()
	case took < slow:
		w.trust(took < slow/2)
	}
}

// timed keeps the quickest and the slowest answer, and gives from when on an answer
// is slow.
func (w *Wire) timed(took time.Duration) (slow time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.best == 0 || took < w.best {
		w.best = max(took, 1)
	}
	w.worst = max(w.worst, took)
	return max(slowness, slower*w.best)
}

// slacken asks less from now on.
func (w *Wire) slacken() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.eased {
		w.trusted = min(2*w.trusted, mostTrust)
	}
	w.eased, w.prompt = false, 0
	w.gate.halve()
	w.apart = min(max(2*w.apart, firstGap), mostGap)
}

// trust counts prompt answers in a row, and asks more again after enough of them:
// step by step, and never more than before the target slowed down.
func (w *Wire) trust(prompt bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !prompt {
		w.prompt = 0
		return
	}
	if w.prompt++; w.prompt < w.trusted {
		return
	}
	w.prompt = 0
	if !w.gate.double() && w.apart == 0 {
		return
	}
	w.eased = true
	if w.apart /= 2; w.apart < firstGap {
		w.apart = 0
	}
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
