// Package redirects follows where the http form of the target leads.
package redirects

import (
	"context"
	"strings"

	"middlebrick/observe"
	"middlebrick/probe"
	"middlebrick/probes/internal/hop"
	"middlebrick/wire"
)

// mostHops is how far a chain is followed before it is called endless.
const mostHops = 5

// Probe walks the redirects of the http form, as far as they stay in scope.
var Probe = probe.Probe{
	Name:  "redirects",
	Needs: []string{observe.Ports.Name()},
	Fills: []string{observe.PlainHops.Name()},
	Most:  probe.Budget{Connections: 5, Requests: 5, Bytes: 5 << 20},
	Run:   run,
}

func run(ctx context.Context, w *wire.Wire, rec *observe.Recorder) {
	services, _ := observe.Seen(rec, observe.Ports)
	switch plain := services.HTTP; plain.Speaks {
	case "http":
		walk(ctx, w, rec)
	case "unknown", "mute":
		observe.Miss(rec, observe.PlainHops, *plain.Gap())
	case "closed":
		observe.Put(rec, observe.PlainHops, observe.Redirects{Absent: "the port is closed", Hops: []observe.Hop{}})
	default:
		observe.Put(rec, observe.PlainHops, observe.Redirects{Absent: "the port speaks " + plain.Speaks, Hops: []observe.Hop{}})
	}
}

func walk(ctx context.Context, w *wire.Wire, rec *observe.Recorder) {
	chain := observe.Redirects{Hops: []observe.Hop{}}
	var refs []observe.Ref
	seen := map[string]bool{}
	address := w.Target().HTTP()
	for chain.End == "" {
		if seen[address] {
			chain.End = "loop"
			break
		}
		seen[address] = true
		resp, gap := w.Get(ctx, wire.Request{URL: address})
		if gap != nil && len(chain.Hops) == 0 {
			observe.Miss(rec, observe.PlainHops, *gap)
			return
		}
		if gap != nil {
			chain.End, chain.Detail = ending(gap), gap.Detail
			break
		}
		refs = append(refs, resp.Ref)
		address = add(&chain, resp)
	}
	observe.Put(rec, observe.PlainHops, chain, refs...)
}

func ending(gap *observe.Gap) string {
	if gap.Why == observe.Scope {
		return "scope"
	}
	return "no-answer"
}

// add notes the hop and gives the address that it leads to. A fragment is never
// sent, so an address with another fragment is the same one.
func add(chain *observe.Redirects, resp *wire.Response) string {
	note := observe.Hop{URL: resp.URL, Status: resp.Head.Status, Ref: resp.Ref}
	to, leads := hop.Of(resp.URL, resp.Head)
	note.To, _, _ = strings.Cut(to.To, "#")
	chain.Hops = append(chain.Hops, note)
	switch {
	case !leads:
		chain.End = "answer"
	case to.Err != nil:
		chain.End, chain.Detail = "bad-location", to.Err.Error()
	case len(chain.Hops) >= mostHops:
		chain.End = "limit"
	}
	return note.To
}
