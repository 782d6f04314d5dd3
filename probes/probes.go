// Package probes holds all probes: which there are. What a probe is, package
// probe says.
package probes

import (
	"slices"

	"middlebrick/probe"
)

//go:generate go run ./internal/catalogue

// All is every probe, in the order of their folders.
func All() []probe.Probe { return slices.Clone(catalogue) }
