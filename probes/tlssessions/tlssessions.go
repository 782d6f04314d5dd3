// Package tlssessions finishes handshakes, and takes the sessions up again: what
// tickets the target gives and for how long, whether it takes early data, and
// whether it lets a client renegotiate.
package tlssessions

import (
	"context"
	"slices"

	"middlebrick/observe"
	"middlebrick/probe"
	"middlebrick/tlshello"
	"middlebrick/wire"
)

// Probe makes three lanes side by side, of two connections each: a session by
// ticket and one by id at the newest version up to TLS 1.2, and one at TLS 1.3. The
// second connection of the first lane carries a session id of an odd length and,
// when all else is done, a renegotiation. No early data is ever sent, and one
// renegotiation is the most.
var Probe = probe.Probe{
	Name:  "tlssessions",
	Needs: []string{observe.Ports.Name()},
	Later: []string{observe.TLSVersions.Name()},
	Fills: []string{observe.TLSHandshakes.Name(), observe.TLSRenegotiation.Name(), observe.TLSTicketEcho.Name()},
	// Each is asked a second time where it was closed on, and the ticket once more
	// without an id of ours.
	Most: probe.Budget{Connections: 2*6 + 2, Bytes: 2 << 20},
	Run:  run,
}

func run(ctx context.Context, w *wire.Wire, rec *observe.Recorder) {
	f := &finder{ctx: ctx, w: w, rec: rec}
	var new, old, byID lane
	probe.Beside(
		func() { f.today(&new) },
		func() { f.before(&old, &byID) },
	)
	if f.gap != nil {
		observe.Miss(rec, observe.TLSHandshakes, *f.gap)
		observe.Miss(rec, observe.TLSRenegotiation, *f.gap)
		observe.Miss(rec, observe.TLSTicketEcho, *f.gap)
		return
	}
	old.join(byID)
	for _, l := range []lane{old, new} {
		if l.version != 0 {
			f.seen.Versions[l.version] = l.found()
		}
	}
	refs := slices.Concat(old.refs, new.refs)
	observe.Put(rec, observe.TLSHandshakes, f.seen, refs...)
	observe.Put(rec, observe.TLSRenegotiation, f.renegotiation, some(f.renegotiation.Answer.Ref)...)
	observe.Put(rec, observe.TLSTicketEcho, f.echo, some(f.echo.Answer.Ref)...)
}

// today is the lane of TLS 1.3. It is the longest chain of questions, and waits for
// nothing where that version was the first to be chosen.
func (f *finder) today(l *lane) {
	_, reply, ok := f.w.First(f.w.Target().HTTPSPort)
	if !ok || reply.Version != tlshello.TLS13 || reply.Err != nil {
		f.rec.Await(observe.TLSVersions.Name())
		if versions, _ := observe.Seen(f.rec, observe.TLSVersions); !versions[tlshello.TLS13].Accepted() {
			return
		}
	}
	*l = f.lane(tlshello.TLS13)
	f.byKey(l)
}

// before are the lanes of the newest version up to TLS 1.2.
func (f *finder) before(old, byID *lane) {
	f.rec.Await(observe.TLSVersions.Name())
	f.versions, f.gap = observe.Seen(f.rec, observe.TLSVersions)
	f.seen = observe.Handshakes{Absent: absent(f.versions), Versions: map[tlshello.Version]observe.Handshake{}}
	f.renegotiation.Absent, f.echo.Absent = f.seen.Absent, f.seen.Absent
	version, some := f.newest(tlshello.SSL3, tlshello.TLS12)
	if !some {
		f.spare()
		return
	}
	*old, *byID = f.lane(version), f.lane(version)
	probe.Beside(func() { f.byTicket(old) }, func() { f.byID(byID) })
}

func absent(versions observe.Versions) bool {
	for _, answer := range versions {
		if !answer.Absent() {
			return false
		}
	}
	return len(versions) > 0
}

func some(refs ...observe.Ref) []observe.Ref {
	return slices.DeleteFunc(refs, func(r observe.Ref) bool { return r == "" })
}

// A finder holds what is found. Each lane writes to fields of its own.
type finder struct {
	ctx           context.Context
	w             *wire.Wire
	rec           *observe.Recorder
	versions      observe.Versions
	gap           *observe.Gap // why no versions are known
	seen          observe.Handshakes
	renegotiation observe.Renegotiation
	echo          observe.TicketEcho
}

// newest is the newest accepted version between two.
func (f *finder) newest(from, to tlshello.Version) (tlshello.Version, bool) {
	for _, version := range slices.Backward(tlshello.Versions()) {
		if version >= from && version <= to && f.versions[version].Accepted() {
			return version, true
		}
	}
	return 0, false
}

// spare says why there is no renegotiation and no echo where no version up to TLS
// 1.2 is accepted; where one was not clearly refused, that it is not known.
func (f *finder) spare() {
	if f.seen.Absent {
		return
	}
	for version := tlshello.SSL3; version <= tlshello.TLS12; version++ {
		answer := f.versions[version]
		if answer.Refused() || answer.Absent() {
			continue
		}
		answer.Result, answer.Detail = observe.Silent, "whether "+version.String()+" is accepted is not known"
		f.renegotiation.Answer, f.echo.Answer = answer, answer
		return
	}
	const spared = "no version from SSLv3 to TLS 1.2 is accepted"
	f.renegotiation.Spared, f.echo.Spared = spared, spared
}
