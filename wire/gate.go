// The gate: how many connections may be open at once.

package wire

import (
	"context"
	"sync"
)

// A gate admits up to its width at once. It begins at two, for the two questions
// that find out what the ports speak; widen opens it, narrow closes it to one for
// good.
type gate struct {
	mu     sync.Mutex
	most   int
	width  int
	inside int
	fixed  bool
	wait   []chan struct{}
}

func newGate(most int) *gate { return &gate{most: most, width: min(2, most)} }

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
	turn := make(chan struct{})
	if ctx.Value(first{}) != nil {
		g.wait = append([]chan struct{}{turn}, g.wait...)
	} else {
		g.wait = append(g.wait, turn)
	}
	g.mu.Unlock()
	select {
	case <-turn:
		return nil, nil
	case l := <-handed:
		g.forget(turn)
		return l, nil
	case <-ctx.Done():
		g.forget(turn)
		return nil, ctx.Err()
	}
}

// forget takes a waiter out; one whose turn had come gives it back.
func (g *gate) forget(turn chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i, waiting := range g.wait {
		if waiting == turn {
			g.wait = append(g.wait[:i], g.wait[i+1:]...)
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
		close(g.wait[0])
		g.wait = g.wait[1:]
		g.inside++
	}
}

func (g *gate) widen() {
	g.mu.Lock()
	defer g.mu.Unlock()
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

func (g *gate) wide() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.width > 1
}

// first marks a question that is let in before all that wait: whether the target
// still answers must be known before more is asked of it.
type first struct{}

func ahead(ctx context.Context) context.Context { return context.WithValue(ctx, first{}, true) }

// Hurried lets questions asked with its context go before others, once the target
// has shown that it bears many: those whose answers lead to the next question.
func (w *Wire) Hurried(ctx context.Context) context.Context {
	w.gate.mu.Lock()
	defer w.gate.mu.Unlock()
	if w.gate.width <= 2 {
		return ctx
	}
	return ahead(ctx)
}
