// Versions: those that do not exist yet, and one step down from the newest.

package tlshabits

import (
	"context"
	"slices"

	"middlebrick/observe"
	"middlebrick/probe"
	"middlebrick/tlshello"
	"middlebrick/wire"
)

// oldField offers a version that does not exist in the field that servers up to
// TLS 1.2 go by (RFC 5246 appendix E.1). It does not fit a target of TLS 1.3 alone.
func (a *asker) oldField(versions observe.Versions, accepted []tlshello.Version) []observe.Future {
	at := slices.IndexFunc(accepted, func(v tlshello.Version) bool { return v < tlshello.TLS13 })
	if at < 0 {
		return nil
	}
	plain := usual(a.w, versions, accepted[at:])
	odd := plain
	odd.LegacyVersion = newest
	return []observe.Future{a.future(newest, "legacy_version", odd, plain)}
}

// newest asks for h2, with reserved values in every list and a version that does not
// exist: a target that reads that reads each of them. What is not clear then is asked
// for apart.
func (a *asker) newest(accepted []tlshello.Version) (agreed observe.ProtocolAnswer, taken observe.Answer, future []observe.Future) {
	if !slices.Contains(accepted, tlshello.TLS13) {
		probe.Beside(
			func() { agreed, taken = a.both("h2", greased) },
			func() { future = a.newField(accepted) },
		)
		return agreed, taken, future
	}
	hello := a.offering(newest, accepted)
	hello.ALPN = []string{"h2"}
	reply := a.ask(greased(hello), tlshello.UntilCertificate)
	agreed, settled := agreement("h2", reply)
	taken, known := read(reply)
	if known && reply.Version != newest {
		future = []observe.Future{{Offered: newest.String(), Field: supportedVersions, Chosen: reply.Version, Answer: taken}}
	}
	questions := []func(){}
	if !settled {
		questions = append(questions, func() { agreed = a.protocol("h2") })
	}
	if future == nil {
		questions = append(questions, func() { taken, _ = a.oddity(greased(a.usual), a.usual) }, func() { future = a.newField(accepted) })
	}
	probe.Beside(questions...)
	return agreed, taken, future
}

const supportedVersions = "supported_versions"

// newField offers it before those that are accepted, in supported_versions; and
// with it TLS 1.3, where that is a version which the target does not know.
func (a *asker) newField(accepted []tlshello.Version) []observe.Future {
	if a.bare() {
		return nil
	}
	const field = supportedVersions
	if slices.Contains(accepted, tlshello.TLS13) {
		return []observe.Future{a.future(newest, field, a.offering(newest, accepted), a.usual)}
	}
	joint := a.offering(newest, slices.Concat([]tlshello.Version{tlshello.TLS13}, accepted))
	reply := a.ask(joint, tlshello.UntilServerHello)
	if answer, known := read(reply); known {
		return []observe.Future{
			{Offered: newest.String(), Field: field, Chosen: reply.Version, Answer: answer},
			{Offered: tlshello.TLS13.String(), Field: field, Chosen: reply.Version, Answer: answer},
		}
	}
	return []observe.Future{
		a.future(newest, field, a.offering(newest, accepted), a.usual),
		a.future(tlshello.TLS13, field, a.offering(tlshello.TLS13, accepted), a.usual),
	}
}

// offering is the usual hello with that version before the others; with the suites
// of TLS 1.3 where that is among them.
func (a *asker) offering(first tlshello.Version, others []tlshello.Version) tlshello.Client {
	hello := a.usual
	hello.Versions = slices.Concat([]tlshello.Version{first}, others)
	if slices.Contains(hello.Versions, tlshello.TLS13) && hello.Version < tlshello.TLS13 {
		hello.Suites = slices.Concat(tlshello.Modern("").Suites[:3], hello.Suites)
	}
	return hello
}

func (a *asker) future(offered tlshello.Version, field string, odd, plain tlshello.Client) observe.Future {
	f := observe.Future{Offered: offered.String(), Field: field}
	f.Answer, f.Chosen = a.oddity(odd, plain)
	return f
}

// fallback offers the second newest version and says that it is a step down.
func fallback(ctx context.Context, w *wire.Wire, rec *observe.Recorder, versions observe.Versions, accepted []tlshello.Version) {
	if len(accepted) < 2 {
		single(rec, versions, accepted)
		return
	}
	seen := observe.Fallback{Newest: accepted[0], Offered: accepted[1]}
	a := &asker{ctx: ctx, w: w, usual: w.Hello(seen.Offered, suites(versions, accepted[1:2]))}
	odd := a.usual
	odd.FallbackSCSV = true
	for range 2 {
		reply := a.ask(odd, tlshello.UntilServerHello)
		seen.Answer = reply.Observed()
		if reply.Result == observe.Denied && !alerted(reply, inappropriateFallback) {
			seen.Answer = against(seen.Answer, a.ask(a.usual, tlshello.UntilServerHello))
		}
		if !w.Doubtful(seen.Answer.Result, seen.Answer.Detail) {
			break
		}
	}
	observe.Put(rec, observe.TLSFallback, seen, a.sorted()...)
}

// single is a target without a second version to step down to, as far as that is
// known of every version.
func single(rec *observe.Recorder, versions observe.Versions, accepted []tlshello.Version) {
	gap := observe.Gap{Why: observe.Unasked, Detail: "no protocol version was found to be accepted"}
	for _, version := range tlshello.Versions() {
		answer := versions[version]
		if version == tlshello.SSL2 || answer.Accepted() || answer.Refused() || answer.Absent() {
			continue
		}
		gap.Detail = "whether " + version.String() + " is accepted is not known: " + answer.Detail
		if answer.Why != "" {
			gap.Why = answer.Why
		}
		observe.Miss(rec, observe.TLSFallback, gap)
		return
	}
	if len(accepted) == 0 {
		observe.Miss(rec, observe.TLSFallback, gap)
		return
	}
	observe.Put(rec, observe.TLSFallback, observe.Fallback{Single: true, Newest: accepted[0]}, versions[accepted[0]].Ref)
}
