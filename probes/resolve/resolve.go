// Package resolve finds the target's addresses and pins the scan to one.
package resolve

import (
	"context"

	"middlebrick/observe"
	"middlebrick/probe"
	"middlebrick/wire"
)

// Probe asks for the name once; every later question goes to the same address.
var Probe = probe.Probe{
	Name:  "resolve",
	Fills: []string{observe.Addresses.Name()},
	Most:  probe.Budget{Connections: 8},
	Run:   run,
}

func run(ctx context.Context, w *wire.Wire, rec *observe.Recorder) {
	found, gap := w.Resolve(ctx)
	if gap != nil {
		observe.Miss(rec, observe.Addresses, *gap)
		return
	}
	observe.Put(rec, observe.Addresses, found)
}
