// Package caa asks the DNS who may issue certificates for the target's name.
package caa

import (
	"context"
	"net/netip"
	"strings"

	"golang.org/x/net/publicsuffix"

	"middlebrick/observe"
	"middlebrick/probe"
	"middlebrick/wire"
)

// Probe asks resolvers, and nothing of the target.
var Probe = probe.Probe{
	Name:  "caa",
	Needs: []string{observe.Addresses.Name()},
	Fills: []string{observe.NameCAA.Name()},
	Most:  probe.Budget{},
	Run:   run,
}

// maxSteps is how many names are asked for, from the target's own upwards.
const maxSteps = 12

func run(ctx context.Context, w *wire.Wire, rec *observe.Recorder) {
	found, _ := observe.Seen(rec, observe.Addresses)
	name := strings.TrimSuffix(w.Target().Host, ".")
	seen := observe.CAA{Name: name, Asked: []string{}, Records: []observe.CAARecord{}}
	if seen.Absent = absent(name, found, w.Target().Literal()); seen.Absent != "" {
		observe.Put(rec, observe.NameCAA, seen)
		return
	}
	var refs []observe.Ref
	for _, at := range climb(name) {
		records, ref, gap := w.CAA(ctx, at)
		if ref != "" {
			refs = append(refs, ref)
		}
		if gap != nil {
			// Whoever goes on above it could take the parents' records for the
			// name's own.
			observe.Miss(rec, observe.NameCAA, *gap, refs...)
			return
		}
		seen.Asked, seen.Ref = append(seen.Asked, at), ref
		if len(records) > 0 {
			seen.At, seen.Records = at, records
			break
		}
	}
	observe.Put(rec, observe.NameCAA, seen, refs...)
}

// climb is the name and its parents, below the root (RFC 8659 section 3).
func climb(name string) (names []string) {
	for name != "" && len(names) < maxSteps {
		names = append(names, name)
		_, name, _ = strings.Cut(name, ".")
	}
	return names
}

// documentation are second-level names that belong to nobody (RFC 6761).
var documentation = []string{"example.com", "example.net", "example.org"}

// absent is why the question does not arise: no public authority issues for it.
func absent(name string, found observe.Resolution, literal bool) string {
	addr, err := netip.ParseAddr(found.Pinned)
	switch {
	case literal:
		return "the target is an address, for which the DNS has no such record"
	case err == nil && addr.Unmap().IsLoopback():
		return "the target is on this machine"
	case !strings.Contains(name, "."):
		return "the name has one label, for which no public authority issues"
	}
	for _, reserved := range documentation {
		if name == reserved || strings.HasSuffix(name, "."+reserved) {
			return "the name is reserved for documentation"
		}
	}
	if suffix, managed := publicsuffix.PublicSuffix(name); !managed && !strings.Contains(suffix, ".") {
		return "the name is not one of the public DNS"
	}
	return ""
}
