// Package probe is what a probe is and what it may cost. A probe asks the target
// one bounded question and writes the answer down; it holds no opinion.
package probe

import (
	"context"

	"middlebrick/observe"
	"middlebrick/wire"
)

// A Budget is the worst that a probe can cost: connections, requests among them,
// and bytes received.
type Budget struct {
	Connections int   `json:"connections"`
	Requests    int   `json:"requests"`
	Bytes       int64 `json:"bytes"`
}

// A Probe asks one question. Every key in Fills ends as a value or a gap; where
// Run leaves one open, the scan fills in a gap that says so.
type Probe struct {
	Name  string
	Needs []string // keys that must hold a value before it can ask
	Fills []string
	Most  Budget
	Run   func(context.Context, *wire.Wire, *observe.Recorder)
}
