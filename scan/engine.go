// How the probes run: side by side, each caught when it breaks, and no key left
// open.

package scan

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"middlebrick/observe"
	"middlebrick/probe"
	"middlebrick/wire"
)

type engine struct {
	wire  *wire.Wire
	rec   *observe.Recorder
	tell  func(Event)
	total int

	mu   sync.Mutex
	done int
}

// run runs the probes, each as soon as what it needs has been asked for, answered
// or not. A key that none of them fills is nothing to wait for. No goroutine
// outlives it: every probe ends with all of its keys filled, whatever happens.
func (e *engine) run(ctx context.Context, chosen []probe.Probe) {
	filled := map[string]bool{}
	for _, p := range chosen {
		for _, key := range p.Fills {
			filled[key] = true
		}
	}
	var group errgroup.Group
	for _, p := range chosen {
		awaited := slices.DeleteFunc(slices.Concat(p.Needs, p.After), func(key string) bool { return !filled[key] })
		group.Go(func() error {
			e.rec.Await(awaited...)
			e.one(ctx, p)
			return nil
		})
		if p.Early != nil && filled[observe.Ports.Name()] {
			group.Go(func() error {
				e.rec.Await(observe.Ports.Name())
				e.early(ctx, p)
				return nil
			})
		}
	}
	_ = group.Wait()
}

// early lets a probe ask ahead. What breaks here breaks again in its Run, where it is
// said.
func (e *engine) early(ctx context.Context, p probe.Probe) {
	defer func() { _ = recover() }()
	p.Early(ctx, e.wire, e.rec)
}

func (e *engine) one(ctx context.Context, p probe.Probe) {
	defer e.finished(ctx, p)
	for _, need := range p.Needs {
		if gap := e.rec.GapOf(need); gap != nil {
			for _, key := range p.Fills {
				e.rec.MissNamed(key, *gap)
			}
			return
		}
	}
	p.Run(ctx, e.wire, e.rec)
}

// finished fills what the probe left open. A probe that broke is our fault, and
// never a finding.
func (e *engine) finished(ctx context.Context, p probe.Probe) {
	why := observe.Gap{Why: observe.Unasked, Detail: "the probe " + p.Name + " did not say"}
	if fault := recover(); fault != nil {
		why = observe.Gap{Why: observe.Fault, Detail: fmt.Sprintf("the probe %s broke (a fault of middlebrick, please report it): %v", p.Name, fault)}
	} else if ctx.Err() != nil {
		why = observe.Gap{Why: observe.Cancelled, Detail: "the scan ended before this was asked"}
	}
	for _, key := range p.Fills {
		if !e.rec.Has(key) {
			e.rec.MissNamed(key, why)
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.done++
	e.tell(Event{Kind: "probe", Name: p.Name, Text: p.Name, Done: e.done, Total: e.total})
}
