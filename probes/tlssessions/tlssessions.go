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
	Needs: []string{observe.TLSVersions.Name()},
	Fills: []string{observe.TLSHandshakes.Name(), observe.TLSRenegotiation.Name(), observe.TLSTicketEcho.Name()},
	// Each is asked a second time where it was closed on, and the ticket once more
	// without an id of ours.
	Most: probe.Budget{Connections: 2*6 + 2, Bytes: 2 << 20},
	Run:  run,
}

func run(ctx context.Context, w *wire.Wire, rec *observe.Recorder) {
	versions, _ := observe.Seen(rec, observe.TLSVersions)
	f := &finder{ctx: ctx, w: w, rec: rec, versions: versions}
	f.seen = observe.Handshakes{Absent: absent(versions), Versions: map[tlshello.Version]observe.Handshake{}}
	f.renegotiation.Absent, f.echo.Absent = f.seen.Absent, f.seen.Absent
	lanes := []func(){}
	var old, byID, new lane
	if version, some := f.newest(tlshello.SSL3, tlshello.TLS12); some {
		old, byID = f.lane(version), f.lane(version)
		lanes = append(lanes, func() { f.byTicket(&old) }, func() { f.byID(&byID) })
	} else {
		f.spare()
	}
	if version, some := f.newest(tlshello.TLS13, tlshello.TLS13); some {
		new = f.lane(version)
		lanes = append(lanes, func() { f.byKey(&new) })
	}
	probe.Beside(lanes...)
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
