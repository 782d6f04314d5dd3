// Package tlshabits asks with hellos of a special form: which application
// protocols the target agrees to, whether it lets itself be talked down, and
// whether it reads past lengths, values and versions that it does not know.
package tlshabits

import (
	"context"
	"slices"

	"middlebrick/observe"
	"middlebrick/probe"
	"middlebrick/tlshello"
	"middlebrick/wire"
)

// Probe folds each application protocol into a hello with one oddity: a sound
// target answers both at once, so that four connections are enough, and one for the
// fallback. Only what is
// then not clear is asked apart.
var Probe = probe.Probe{
	Name:  "tlshabits",
	Needs: []string{observe.TLSVersions.Name()},
	Fills: []string{observe.TLSProtocols.Name(), observe.TLSFallback.Name(), observe.TLSTolerance.Name()},
	// Three pairs: the pair, the protocol and what it is held against, the oddity
	// twice and what it is held against. Four more that stand alone, each asked
	// twice and held against something. All of it again of an unsteady target.
	Most: probe.Budget{Connections: 2 * (3*6 + 4*3), Bytes: 4 << 20},
	Run:  run,
}

func run(ctx context.Context, w *wire.Wire, rec *observe.Recorder) {
	versions, _ := observe.Seen(rec, observe.TLSVersions)
	accepted, absent := newestFirst(versions)
	if absent {
		observe.Put(rec, observe.TLSProtocols, observe.Protocols{Absent: true, Asked: []observe.ProtocolAnswer{}})
		observe.Put(rec, observe.TLSFallback, observe.Fallback{Absent: true})
		observe.Put(rec, observe.TLSTolerance, observe.Tolerance{Absent: true, Future: []observe.Future{}})
		return
	}
	probe.Beside(
		func() { habits(ctx, w, rec, versions, accepted) },
		func() { fallback(ctx, w, rec, versions, accepted) },
	)
}

// newestFirst are the accepted versions from SSLv3 up. Absent is true where the
// port is proven to hold no TLS.
func newestFirst(versions observe.Versions) (accepted []tlshello.Version, absent bool) {
	absent = len(versions) > 0
	for _, version := range slices.Backward(tlshello.Versions()) {
		answer, asked := versions[version]
		absent = absent && (!asked || answer.Absent())
		if answer.Accepted() && version != tlshello.SSL2 {
			accepted = append(accepted, version)
		}
	}
	return accepted, absent
}

// A habit is what the hellos of one lane came to.
type habit struct {
	protocol observe.ProtocolAnswer
	oddity   observe.Answer
	future   []observe.Future
}

// habits asks all that stands in extensions, side by side.
func habits(ctx context.Context, w *wire.Wire, rec *observe.Recorder, versions observe.Versions, accepted []tlshello.Version) {
	extended := slices.DeleteFunc(slices.Clone(accepted), func(v tlshello.Version) bool { return v < tlshello.TLS10 })
	if len(extended) == 0 {
		gap := observe.Gap{Why: observe.Unasked, Detail: "no protocol version with extensions was found to be accepted"}
		observe.Miss(rec, observe.TLSProtocols, gap)
		observe.Miss(rec, observe.TLSTolerance, gap)
		return
	}
	a := &asker{ctx: ctx, w: w, usual: usual(w, versions, extended)}
	early := &asker{ctx: w.Hurried(ctx), w: w, usual: a.usual} // a long hello takes a round trip more
	var h2, http1, unknown, old, next habit
	lanes := []func(){
		func() { h2.protocol, h2.oddity, next.future = a.newest(extended) },
		func() { http1.protocol, http1.oddity = early.grown("http/1.1", long) },
		func() { unknown.protocol, unknown.oddity = a.grown(Unknown, middle) },
		func() { old.future = a.oldField(versions, extended) },
	}
	probe.Beside(lanes...)
	if doubtful(w, h2, http1, unknown, old, next) {
		probe.Beside(lanes...)
	}
	refs := slices.Sorted(slices.Values(slices.Concat(a.sorted(), early.sorted())))
	observe.Put(rec, observe.TLSProtocols, observe.Protocols{
		Asked: []observe.ProtocolAnswer{h2.protocol, http1.protocol}, Unknown: unknown.protocol,
	}, refs...)
	observe.Put(rec, observe.TLSTolerance, observe.Tolerance{
		Middle: unknown.oddity, Long: http1.oddity, Grease: h2.oddity,
		Future: slices.Concat([]observe.Future{}, old.future, next.future),
	}, refs...)
}

// doubtful is true where a refusal came from a target that has since been seen to
// close on what it accepts.
func doubtful(w *wire.Wire, habits ...habit) bool {
	for _, h := range habits {
		answers := []observe.Answer{h.protocol.Answer, h.oddity}
		for _, f := range h.future {
			answers = append(answers, f.Answer)
		}
		if slices.ContainsFunc(answers, func(a observe.Answer) bool { return w.Doubtful(a.Result, a.Detail) }) {
			return true
		}
	}
	return false
}
