// The gate: how many connections may be open at once.

package wire

import (
	"context"
	"slices"
	"sync"
	"time"
)

// A gate admits up to its width at once. It begins at two, for the two questions
// that find out what the ports speak; widen opens it, narrow closes it to one for
// good.
type gate struct {
	mu     sync.Mutex
	full   int // what most was at first
	most   int
	width  int
	inside int
	asked  bool // to widen
	opens  bool // to its full width, in an instant
	fixed  bool
	wait   []turn
}

// A turn is a question that waits to be let in.
type turn struct {
	come chan struct{}
	rank rank
}

// beginning is the width of a gate that nobody has asked to widen.
const beginning = 2

func newGate(most int) *gate { return &gate{full: most, most: most, width: min(beginning, most)} }

func (g *gate) enter(ctx context.Context) error {
	_, err := g.enterOr(ctx, nil)
	return err
}

// enterOr is enter, unless a line is handed over first: who gets one need not come
// in, for the line's own place is kept.
func (g *gate) enterOr(ctx context.Context, handed <-chan *line) (*line, error) {
	g.mu.Lock()
	if g.inside < g.width {
		g.inside++
		g.mu.Unlock()
		return nil, nil
	}
	mine := turn{come: make(chan struct{}), rank: rankOf(ctx)}
	at := slices.IndexFunc(g.wait, func(other turn) bool { return other.rank < mine.rank })
	if at < 0 {
		at = len(g.wait)
	}
	g.wait = slices.Insert(g.wait, at, mine)
	g.mu.Unlock()
	select {
	case <-mine.come:
		return nil, nil
	case l := <-handed:
		g.forget(mine)
		return l, nil
	case <-ctx.Done():
		g.forget(mine)
		return nil, ctx.Err()
	}
}

// forget takes a waiter out; one whose turn had come gives it back.
func (g *gate) forget(mine turn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i, waiting := range g.wait {
		if waiting.come == mine.come {
			g.wait = slices.Delete(g.wait, i, i+1)
			return
		}
	}
	g.inside--
	g.admit()
}

func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inside--
	g.admit()
}

func (g *gate) admit() {
	for g.inside < g.width && len(g.wait) > 0 {
		close(g.wait[0].come)
		g.wait = g.wait[1:]
		g.inside++
	}
}

// instant is how long the gate waits before it widens: until all who begin with the
// same news have come, so that they are let in by their rank.
const instant = time.Millisecond

func (g *gate) widen() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.asked = true
	if g.fixed || g.opens || g.width == g.most {
		return
	}
	g.opens = true
	time.AfterFunc(instant, g.open)
}

func (g *gate) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.opens = false
	if !g.fixed {
		g.width = g.most
		g.admit()
	}
}

func (g *gate) narrow() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.fixed, g.width = true, 1
}

// halve lets half as many in from now on, one at the least.
func (g *gate) halve() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.width = max(1, g.width/2)
	g.most = g.width
}

// double takes a halving back, as far as there was one.
func (g *gate) double() (wider bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.fixed || g.most == g.full {
		return false
	}
	g.most = min(2*g.most, g.full)
	g.width = g.most
	if !g.asked || g.opens {
		g.width = min(beginning, g.most)
	}
	g.admit()
	return true
}

func (g *gate) wide() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.width > 1
}

// A rank says who is let in first of those that wait; of one rank, who came first.
// Where much depends on an answer, one thing after another, it is asked for early:
// what nothing depends on then fills the room beside the last of these.
type rank int

const (
	leaf   rank = iota // nothing waits for its answer
	branch             // the answer leads to the next question
	trunk              // several questions one after another hang on it
	vital              // whether the target still answers must be known before more is asked
)

type rankKey struct{}

func rankOf(ctx context.Context) rank {
	r, _ := ctx.Value(rankKey{}).(rank)
	return r
}

func ranked(ctx context.Context, r rank) context.Context { return context.WithValue(ctx, rankKey{}, r) }

func ahead(ctx context.Context) context.Context { return ranked(ctx, vital) }

// Hurried lets questions asked with its context go before others, once the target
// has shown that it bears many: those whose answers lead to the next question.
func (w *Wire) Hurried(ctx context.Context) context.Context {
	if !w.Wide() {
		return ctx
	}
	return ranked(ctx, branch)
}

// Urgent lets them go before the hurried ones: those that begin a long chain.
func (w *Wire) Urgent(ctx context.Context) context.Context { return ranked(ctx, trunk) }

// Wide is true once the target has shown that it bears many connections.
func (w *Wire) Wide() bool {
	w.gate.mu.Lock()
	defer w.gate.mu.Unlock()
	return w.gate.width > 2 || w.gate.opens && !w.gate.fixed
}
