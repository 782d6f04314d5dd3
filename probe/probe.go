// Package probe is what a probe is and what it may cost. A probe asks the target
// one bounded question and writes the answer down; it holds no opinion.
package probe

import (
	"context"
	"sync"

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

// Beside runs the questions side by side and waits for all of them. One that
// breaks breaks the caller, where the scan catches it.
func Beside(questions ...func()) {
	var all sync.WaitGroup
	var once sync.Once
	var fault any
	for _, ask := range questions {
		all.Add(1)
		go func() {
			defer all.Done()
			defer func() {
				if broken := recover(); broken != nil {
					once.Do(func() { fault = broken })
				}
			}()
			ask()
		}()
	}
	all.Wait()
	if fault != nil {
		panic(fault)
	}
}
