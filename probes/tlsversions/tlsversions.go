// Package tlsversions asks for each protocol version, from SSLv2 to TLS 1.3, with
// a hello of its own.
package tlsversions

import (
	"context"
	"slices"
	"strings"
	"sync"

	"middlebrick/observe"
	"middlebrick/probe"
	"middlebrick/tlshello"
	"middlebrick/wire"
)

// Probe sends one hello a version, all at once as far as the target bears it.
var Probe = probe.Probe{
	Name:  "tlsversions",
	Needs: []string{observe.Ports.Name()},
	Fills: []string{observe.TLSVersions.Name()},
	Most:  probe.Budget{Connections: 24, Bytes: 1 << 20},
	Run:   run,
}

func run(ctx context.Context, w *wire.Wire, rec *observe.Recorder) {
	services, _ := observe.Seen(rec, observe.Ports)
	s := services.HTTPS
	found := observe.Versions{}
	switch s.Speaks {
	case "tls", "unknown", "mute":
	default:
		for _, version := range tlshello.Versions() {
			found[version] = observe.Answer{Result: observe.Absent, Detail: absent(s), Ref: s.Ref}
		}
		observe.Put(rec, observe.TLSVersions, found, given(s.Ref)...)
		return
	}
	var lock sync.Mutex
	questions := []func(){}
	for _, version := range tlshello.Versions() {
		questions = append(questions, func() {
			answer := ask(ctx, w, s.Port, version)
			lock.Lock()
			defer lock.Unlock()
			found[version] = answer
		})
	}
	probe.Beside(questions...)
	var refs []observe.Ref
	for _, answer := range found {
		refs = append(refs, given(answer.Ref)...)
	}
	observe.Put(rec, observe.TLSVersions, found, refs...)
}

func absent(s observe.Service) string {
	if s.Speaks == "closed" {
		return "the port is closed"
	}
	return "the port speaks " + s.Speaks
}

func given(ref observe.Ref) []observe.Ref {
	if ref == "" {
		return nil
	}
	return []observe.Ref{ref}
}

// ask offers all suites of the version. A server that stumbles over so long a
// list is asked once more with the few that are usual, before its no is believed;
// protocol_version (RFC 8446 section 6.2) needs no second question.
func ask(ctx context.Context, w *wire.Wire, port int, version tlshello.Version) observe.Answer {
	first := one(ctx, w, port, version, tlshello.Suites(version))
	if first.Result != observe.Denied || version == tlshello.SSL2 || strings.Contains(first.Detail, "protocol_version") {
		return first
	}
	usual := intersection(tlshello.Modern("").Suites, tlshello.Suites(version))
	if second := one(ctx, w, port, version, usual); second.Result == observe.Accepted {
		return second
	}
	return first
}

func intersection(some, all []tlshello.Suite) []tlshello.Suite {
	return slices.DeleteFunc(slices.Clone(some), func(s tlshello.Suite) bool { return !slices.Contains(all, s) })
}

func one(ctx context.Context, w *wire.Wire, port int, version tlshello.Version, suites []tlshello.Suite) observe.Answer {
	hello := w.Hello(version, suites)
	reply := w.Ask(ctx, port, hello, tlshello.UntilServerHello)
	switch {
	case reply.Result == observe.Accepted && reply.Version > version:
		detail := "answered with " + reply.Version.String() + ", which was not offered"
		return observe.Answer{Result: observe.Silent, Why: observe.Garbled, Detail: detail, Ref: reply.Ref}
	case reply.Result == observe.Accepted && reply.Version < version:
		return observe.Answer{Result: observe.Denied, Detail: "answered with " + reply.Version.String() + " instead", Ref: reply.Ref}
	}
	if reply.Result == observe.Accepted {
		w.Control(port, hello)
	}
	return reply.Observed()
}
