// What the probe finds out of servers whose habits are known, and at what cost.

package tlshabits_test

import (
	"context"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"middlebrick/observe"
	"middlebrick/probes/tlshabits"
	"middlebrick/target"
	"middlebrick/testbed/ca"
	"middlebrick/testbed/quirk"
	"middlebrick/tlshello"
	"middlebrick/wire"
)

const host = "app.test"

// pair is made outside of any bubble: keys take real time.
var pair = ca.At(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)).GoodRSA(host)

// outcome is what was found, each answer as a word.
type outcome struct {
	H2, HTTP1, Unknown   string // what was chosen, or the answer where nothing was
	Middle, Long, Grease observe.Result
	Future               []string
	Fallback             string
	Connections          int
}

var (
	modern = versions(tlshello.TLS13, tlshello.TLS12)
	canned = versions(tlshello.TLS12, tlshello.TLS11, tlshello.TLS10)
	old    = versions(tlshello.TLS12)
)

// versions are accepted with a suite that each of the servers has; all others are
// refused.
func versions(accepted ...tlshello.Version) observe.Versions {
	all := observe.Versions{}
	for _, version := range tlshello.Versions() {
		all[version] = observe.Answer{Result: observe.Denied, Detail: "alert protocol_version (70)", Ref: "tls/0000"}
	}
	for _, version := range accepted {
		suite := tlshello.Suite(0xC013)
		switch version {
		case tlshello.TLS13:
			suite = 0x1301
		case tlshello.TLS12:
			suite = 0xC02F
		}
		all[version] = observe.Answer{Result: observe.Accepted, Suite: suite, Ref: "tls/0000"}
	}
	return all
}

// sound is a server without ALPN that has nothing wrong.
func sound() outcome {
	return outcome{
		H2: "accepted", HTTP1: "accepted", Unknown: "accepted",
		Middle: observe.Accepted, Long: observe.Accepted, Grease: observe.Accepted,
		Future:   []string{"legacy_version 0x0305 accepted TLS 1.2", "supported_versions 0x0305 accepted TLS 1.3"},
		Fallback: "refused: alert inappropriate_fallback (86)", Connections: 5,
	}
}

// without is a server that has canned answers up to TLS 1.2.
func without(change func(*outcome)) outcome {
	o := sound()
	o.Future = []string{"legacy_version 0x0305 accepted TLS 1.2", "supported_versions 0x0305 accepted TLS 1.2", "supported_versions TLS 1.3 accepted TLS 1.2"}
	o.Fallback, o.Connections = "accepted", 6
	change(&o)
	return o
}

func TestEachOddityIsToldFromTheOthers(t *testing.T) {
	for _, row := range []struct {
		quirk    string
		shape    wire.Shape
		versions observe.Versions
		want     outcome
	}{
		{"none", wire.Full, modern, sound()},
		{"canned", wire.Full, canned, without(func(o *outcome) {})},
		{"fallback-scsv", wire.Full, canned, without(func(o *outcome) { o.Fallback = "refused: alert inappropriate_fallback (86)" })},
		{"any-alpn", wire.Full, canned, without(func(o *outcome) { o.H2, o.HTTP1, o.Unknown = "h2", "http/1.1", tlshabits.Unknown })},
		{"grease-intolerant", wire.Full, modern, changed(func(o *outcome) { o.Grease, o.Connections = observe.Denied, 13 })},
		{"long-intolerant", wire.Compact, modern, changed(func(o *outcome) {
			o.Middle, o.Long, o.Connections = observe.Denied, observe.Denied, 19
		})},
		{"long-silent", wire.Full, modern, changed(func(o *outcome) { o.Middle, o.Connections = observe.Denied, 12 })},
		{"extension-intolerant", wire.Bare, old, without(func(o *outcome) {
			o.H2, o.HTTP1, o.Unknown = "refused", "refused", "refused"
			o.Middle, o.Long, o.Grease = observe.Silent, observe.Silent, observe.Denied
			o.Future, o.Fallback, o.Connections = o.Future[:1], "single", 20
		})},
		{"version-intolerant", wire.Full, old, without(func(o *outcome) {
			o.Future[2], o.Fallback, o.Connections = "supported_versions TLS 1.3 refused", "single", 12
		})},
		{"refuse-all", wire.Full, old, without(func(o *outcome) {
			o.H2, o.HTTP1, o.Unknown = "no-answer", "no-answer", "no-answer"
			o.Middle, o.Long, o.Grease = observe.Silent, observe.Silent, observe.Silent
			o.Future = []string{"legacy_version 0x0305 no-answer", "supported_versions 0x0305 no-answer", "supported_versions TLS 1.3 no-answer"}
			o.Fallback, o.Connections = "single", 22
		})},
	} {
		t.Run(row.quirk, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				if diff := cmp.Diff(row.want, ask(t, row.quirk, row.shape, row.versions)); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
			})
		})
	}
}

func changed(change func(*outcome)) outcome {
	o := sound()
	change(&o)
	return o
}

// run runs the probe against a quirk whose versions are known.
func run(t *testing.T, name string, shape wire.Shape, known observe.Versions) (*observe.Recorder, observe.Cost) {
	t.Helper()
	_, dial := quirk.Pipe(t, name, quirk.Options{Secure: true, Pair: pair})
	to, err := target.Parse("https://" + host + "/")
	if err != nil {
		t.Fatal(err)
	}
	rec := observe.NewRecorder(observe.Header{}, time.Now, []byte("key"))
	w := wire.New(wire.Options{Target: to, Limits: wire.Standard(), Dial: dial, Resolve: func(context.Context, string) ([]netip.Addr, error) {
		return []netip.Addr{netip.MustParseAddr("192.0.2.1")}, nil
	}}, rec)
	if _, gap := w.Resolve(t.Context()); gap != nil {
		t.Fatal(gap)
	}
	w.Say(shape)
	w.Widen()
	w.Control(443, w.Hello(tlshello.TLS12, []tlshello.Suite{0xC02F, 0x002F}), wire.Reply{})
	observe.Put(rec, observe.TLSVersions, known)
	tlshabits.Probe.Run(t.Context(), w, rec)
	return rec, w.Cost()
}

func ask(t *testing.T, name string, shape wire.Shape, known observe.Versions) outcome {
	t.Helper()
	rec, cost := run(t, name, shape, known)
	protocols, gap := observe.Seen(rec, observe.TLSProtocols)
	tolerance, other := observe.Seen(rec, observe.TLSTolerance)
	fallback, third := observe.Seen(rec, observe.TLSFallback)
	if gap != nil || other != nil || third != nil {
		t.Fatal(gap, other, third)
	}
	o := outcome{
		H2: agreed(protocols.Asked[0]), HTTP1: agreed(protocols.Asked[1]), Unknown: agreed(protocols.Unknown),
		Middle: tolerance.Middle.Result, Long: tolerance.Long.Result, Grease: tolerance.Grease.Result,
		Fallback: string(fallback.Answer.Result), Connections: cost.Connections,
	}
	if fallback.Single {
		o.Fallback = "single"
	}
	if fallback.Answer.Detail != "" {
		o.Fallback += ": " + fallback.Answer.Detail
	}
	for _, f := range tolerance.Future {
		text := f.Field + " " + f.Offered + " " + string(f.Answer.Result)
		if f.Chosen != 0 {
			text += " " + f.Chosen.String()
		}
		o.Future = append(o.Future, text)
	}
	return o
}

func agreed(p observe.ProtocolAnswer) string {
	if p.Chosen != "" {
		return p.Chosen
	}
	return string(p.Answer.Result)
}

func TestTargetWithoutTLSHasNoHabits(t *testing.T) {
	closed := observe.Versions{}
	for _, version := range tlshello.Versions() {
		closed[version] = observe.Answer{Result: observe.Absent}
	}
	rec, cost := run(t, "none", wire.Full, closed)
	protocols, _ := observe.Seen(rec, observe.TLSProtocols)
	tolerance, _ := observe.Seen(rec, observe.TLSTolerance)
	fallback, _ := observe.Seen(rec, observe.TLSFallback)
	if !protocols.Absent || !tolerance.Absent || !fallback.Absent || cost.Connections > 0 {
		t.Errorf("%+v %+v %+v %+v", protocols, tolerance, fallback, cost)
	}
}

func TestTargetOfSSLv3AloneIsNotAskedForExtensions(t *testing.T) {
	rec, cost := run(t, "sslv3", wire.Full, versions(tlshello.SSL3))
	fallback, gap := observe.Seen(rec, observe.TLSFallback)
	if _, unasked := observe.Seen(rec, observe.TLSTolerance); unasked == nil || gap != nil || !fallback.Single || cost.Connections > 0 {
		t.Errorf("%v %v %+v %+v", unasked, gap, fallback, cost)
	}
}

func TestUnknownVersionLeavesTheFallbackUnknown(t *testing.T) {
	known := versions(tlshello.TLS12)
	known[tlshello.TLS13] = observe.Answer{Result: observe.Silent, Why: observe.Timeout, Detail: "no answer"}
	synctest.Test(t, func(t *testing.T) {
		rec, _ := run(t, "none", wire.Full, known)
		if _, gap := observe.Seen(rec, observe.TLSFallback); gap == nil || gap.Why != observe.Timeout {
			t.Errorf("the gap is %v", gap)
		}
	})
}
