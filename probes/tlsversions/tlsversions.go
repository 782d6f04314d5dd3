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
	for _, version := range tlshello.Versions() {
		if w.Doubtful(found[version].Result, found[version].Detail) {
			found[version] = ask(ctx, w, s.Port, version)
		}
	}
	unknown(w, found)
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

// ask offers all suites of the version. A server that stumbles over so much is
// asked again with the usual few, and then with a short hello, before its no is
// believed; protocol_version (RFC 8446 section 6.2) needs no second question.
func ask(ctx context.Context, w *wire.Wire, port int, version tlshello.Version) observe.Answer {
	all := tlshello.Suites(version)
	first := one(ctx, w, port, version, w.Hello(version, all))
	if first.Result != observe.Denied || version == tlshello.SSL2 || strings.Contains(first.Detail, "protocol_version") {
		return first
	}
	usual := slices.DeleteFunc(tlshello.Modern("").Suites, func(s tlshello.Suite) bool { return !slices.Contains(all, s) })
	for _, shape := range []wire.Shape{wire.Full, wire.Compact} {
		if again := one(ctx, w, port, version, w.Shaped(shape, version, usual)); again.Result == observe.Accepted {
			w.Say(shape)
			return again
		}
	}
	return first
}

func one(ctx context.Context, w *wire.Wire, port int, version tlshello.Version, hello tlshello.Client) observe.Answer {
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

// unknown is what refusals are worth where nothing at all was accepted: the
// server speaks TLS and said no to everything, so that it is the caller that it
// refuses, and nothing is known of what it offers to others.
func unknown(w *wire.Wire, found observe.Versions) {
	for _, answer := range found {
		if answer.Result != observe.Denied {
			return
		}
	}
	for version, answer := range found {
		answer.Result, answer.Why = observe.Silent, observe.Refused
		answer.Detail = "every hello was refused, this one with " + answer.Detail
		if strings.Contains(answer.Detail, "unrecognized_name") && w.ServerName() == "" {
			answer.Detail += ": the server wants to be asked by name; scan https://NAME with --resolve NAME:443:ADDRESS"
		}
		found[version] = answer
	}
}
