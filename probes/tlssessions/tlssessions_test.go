// What the probe finds out of servers whose sessions are known, and at what cost.

package tlssessions_test

import (
	"context"
	"crypto/tls"
	"encoding/hex"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"middlebrick/observe"
	"middlebrick/probes/tlssessions"
	"middlebrick/target"
	"middlebrick/testbed/ca"
	"middlebrick/testbed/quirk"
	"middlebrick/tlshello"
	"middlebrick/wire"
)

const host = "app.test"

// pair is made outside of any bubble: keys take real time.
var pair = ca.At(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)).GoodRSA(host)

// accepting are the answers of a target that accepts those versions and refuses all
// others.
func accepting(accepted ...tlshello.Version) observe.Versions {
	all := observe.Versions{}
	for _, version := range tlshello.Versions() {
		all[version] = observe.Answer{Result: observe.Denied, Ref: "tls/0000"}
	}
	for _, version := range accepted {
		all[version] = observe.Answer{Result: observe.Accepted, Ref: "tls/0000"}
	}
	return all
}

func wireTo(t *testing.T, name string, o quirk.Options) (*wire.Wire, *observe.Recorder) {
	t.Helper()
	server := quirk.Start(t, name, o)
	return wireAt(t, server.Addr, wire.Options{})
}

func wireAt(t *testing.T, addr string, o wire.Options) (*wire.Wire, *observe.Recorder) {
	t.Helper()
	_, port, _ := strings.Cut(addr, ":")
	to, err := target.Parse("https://" + host + ":" + port + "/")
	if err != nil {
		t.Fatal(err)
	}
	rec := observe.NewRecorder(observe.Header{}, time.Now, []byte("key"))
	o.Target, o.Limits = to, wire.Standard()
	o.Resolve = func(context.Context, string) ([]netip.Addr, error) {
		return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
	}
	w := wire.New(o, rec)
	if _, gap := w.Resolve(t.Context()); gap != nil {
		t.Fatal(gap)
	}
	w.Widen()
	return w, rec
}

// A found is what was found, the answers as words.
type found struct {
	Lifetimes                 []uint32
	ByTicket, ByID, EarlyData observe.Result
	Renegotiation, Spared     string
	Sent, Echoed              int
	Connections               int
}

func run(t *testing.T, w *wire.Wire, rec *observe.Recorder, versions observe.Versions, of tlshello.Version) found {
	t.Helper()
	observe.Put(rec, observe.TLSVersions, versions)
	tlssessions.Probe.Run(t.Context(), w, rec)
	seen, gap := observe.Seen(rec, observe.TLSHandshakes)
	renegotiation, gap2 := observe.Seen(rec, observe.TLSRenegotiation)
	echo, gap3 := observe.Seen(rec, observe.TLSTicketEcho)
	if gap != nil || gap2 != nil || gap3 != nil {
		t.Fatal(gap, gap2, gap3)
	}
	h := seen.Versions[of]
	f := found{ByTicket: h.ByTicket.Result, ByID: h.ByID.Result, EarlyData: h.EarlyData.Result, Spared: renegotiation.Spared,
		Renegotiation: string(renegotiation.Answer.Result) + " " + renegotiation.Answer.Detail, Sent: echo.Sent, Echoed: echo.Echoed, Connections: w.Cost().Connections}
	for _, ticket := range h.Tickets {
		f.Lifetimes = append(f.Lifetimes, ticket.Lifetime)
	}
	return f
}

func TestSessionsAreTold(t *testing.T) {
	secure := func(change func(*tls.Config)) quirk.Options {
		config := &tls.Config{Certificates: []tls.Certificate{pair.TLS()}}
		if change != nil {
			change(config)
		}
		return quirk.Options{Secure: true, Config: config}
	}
	both := accepting(tlshello.TLS12, tlshello.TLS13)
	for _, row := range []struct {
		name, quirk string
		options     quirk.Options
		versions    observe.Versions
		of          tlshello.Version
		want        found
	}{
		{"Go at TLS 1.2", "none", secure(nil), both, tlshello.TLS12, found{Lifetimes: []uint32{0}, ByTicket: "accepted", ByID: "absent", EarlyData: "absent",
			Renegotiation: "refused alert unexpected_message (10)", Sent: 16, Echoed: 16, Connections: 5}},
		{"Go at TLS 1.3", "none", secure(nil), both, tlshello.TLS13, found{Lifetimes: []uint32{604800}, ByTicket: "accepted", ByID: "absent", EarlyData: "absent",
			Renegotiation: "refused alert unexpected_message (10)", Sent: 16, Echoed: 16, Connections: 5}},
		{"TLS 1.3 alone", "none", secure(func(c *tls.Config) { c.MinVersion = tls.VersionTLS13 }), accepting(tlshello.TLS13), tlshello.TLS13,
			found{Lifetimes: []uint32{604800}, ByTicket: "accepted", ByID: "absent", EarlyData: "absent", Renegotiation: " ", Spared: "no version from SSLv3 to TLS 1.2 is accepted", Connections: 2}},
		{"no tickets", "none", secure(func(c *tls.Config) { c.SessionTicketsDisabled = true }), both, tlshello.TLS12, found{ByTicket: "absent", ByID: "absent", EarlyData: "absent",
			Renegotiation: "refused alert unexpected_message (10)", Connections: 3}},
		{"client certificates", "none", secure(func(c *tls.Config) { c.ClientAuth = tls.RequireAnyClientCert }), both, tlshello.TLS13, found{ByTicket: "absent", ByID: "absent", EarlyData: "absent",
			Renegotiation: " ", Spared: "no handshake is finished without a certificate of the client", Connections: 3}},
		{"Ticketbleed", "ticketbleed-resumes", quirk.Options{Pair: pair}, accepting(tlshello.TLS12), tlshello.TLS12, found{Lifetimes: []uint32{0}, ByTicket: "accepted", ByID: "absent", EarlyData: "absent",
			Renegotiation: "refused alert no_renegotiation (100)", Sent: 16, Echoed: 32, Connections: 3}},
		{"its twin", "ticket-echo", quirk.Options{Pair: pair}, accepting(tlshello.TLS12), tlshello.TLS12, found{Lifetimes: []uint32{0}, ByTicket: "accepted", ByID: "absent", EarlyData: "absent",
			Renegotiation: "refused alert no_renegotiation (100)", Sent: 16, Echoed: 16, Connections: 3}},
	} {
		t.Run(row.name, func(t *testing.T) {
			w, rec := wireTo(t, row.quirk, row.options)
			if diff := cmp.Diff(row.want, run(t, w, rec, row.versions, row.of), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestLeakedMemoryIsNotKept(t *testing.T) {
	for name, letter := range map[string]string{"ticketbleed": "54", "ticketbleed-resumes": "4c"} {
		synctest.Test(t, func(t *testing.T) {
			_, dial := quirk.Pipe(t, name, quirk.Options{Pair: pair})
			w, rec := wireAt(t, "127.0.0.1:443", wire.Options{Dial: dial})
			if got := run(t, w, rec, accepting(tlshello.TLS12), tlshello.TLS12); got.Sent != 16 || got.Echoed != 32 {
				t.Errorf("%s: %+v", name, got)
			}
			shown := false
			for _, exchange := range rec.Finish(false, w.Cost()).Exchanges {
				shown = shown || strings.Contains(exchange.Received, hex.EncodeToString([]byte("middlebrick asks")))
				if strings.Contains(exchange.Received, strings.Repeat(letter, 8)) {
					t.Errorf("%s: %s keeps what leaked: %s", name, exchange.Ref, exchange.Received)
				}
			}
			if !shown {
				t.Errorf("%s: no exchange shows the echo", name)
			}
		})
	}
}

func TestTargetThatIgnoresARenegotiationIsNotKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, dial := quirk.Pipe(t, "renegotiation-ignored", quirk.Options{Pair: pair})
		w, rec := wireAt(t, "127.0.0.1:443", wire.Options{Dial: dial})
		start := time.Now()
		got := run(t, w, rec, accepting(tlshello.TLS12), tlshello.TLS12)
		if got.Renegotiation != "no-answer no answer to a hello in the middle of a connection" || time.Since(start) > 11*time.Second {
			t.Errorf("%+v after %v", got, time.Since(start))
		}
	})
}

func TestTargetWithoutTLSIsNotAsked(t *testing.T) {
	versions := observe.Versions{}
	for _, version := range tlshello.Versions() {
		versions[version] = observe.Answer{Result: observe.Absent}
	}
	w, rec := wireTo(t, "none", quirk.Options{})
	if got := run(t, w, rec, versions, tlshello.TLS12); got.Connections > 0 {
		t.Errorf("%+v", got)
	}
	if seen, _ := observe.Seen(rec, observe.TLSHandshakes); !seen.Absent {
		t.Errorf("%+v", seen)
	}
}
