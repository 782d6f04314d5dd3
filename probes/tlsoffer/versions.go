// Which protocol versions are accepted.

package tlsoffer

import (
	"context"
	"slices"
	"strings"

	"middlebrick/observe"
	"middlebrick/tlshello"
	"middlebrick/wire"
)

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

// A first is the answer to the hello that asks for a version, and that hello.
type first struct {
	answer observe.Answer
	reply  wire.Reply
	hello  tlshello.Client
}

// ask offers all suites of the version. TLS 1.3 need not be asked for where it was
// chosen before: its answers show nothing by the way.
func ask(ctx context.Context, w *wire.Wire, port int, version tlshello.Version) first {
	if hello, reply, ok := w.First(port); ok && version == tlshello.TLS13 && reply.Version == version && reply.Err == nil {
		return first{answer: reply.Observed(), reply: reply, hello: hello}
	}
	return one(ctx, w, port, version, curious(w.Hello(version, tlshello.Suites(version))))
}

// smaller asks a server that may stumble over so much again with the usual few,
// and then with a short hello, before its no is believed. protocol_version (RFC
// 8446 section 6.2) needs no second question, nor does a server that was seen to
// read as much.
func (r *reader) smaller(ctx context.Context, version tlshello.Version, f first) first {
	if f.answer.Result != observe.Denied || version == tlshello.SSL2 || strings.Contains(f.answer.Detail, "protocol_version") || r.reads(f.hello) {
		return f
	}
	all := tlshello.Suites(version)
	usual := slices.DeleteFunc(tlshello.Modern("").Suites, func(s tlshello.Suite) bool { return !slices.Contains(all, s) })
	for _, shape := range []wire.Shape{wire.Full, wire.Compact} {
		if again := one(ctx, r.w, r.port, version, r.w.Shaped(shape, version, usual)); again.answer.Accepted() {
			r.w.Say(shape)
			return again
		}
	}
	return f
}

// reads is true when a hello with as many suites was accepted, and the same
// extensions.
func (r *reader) reads(hello tlshello.Client) bool {
	if len(hello.Suites) < len(tlshello.Suites(hello.Version)) {
		return false // a short hello, which left most out
	}
	for _, version := range tlshello.Versions() {
		f := r.firstOf(version)
		if f.answer.Accepted() && hello.Version < tlshello.TLS13 && version > tlshello.SSL2 && len(f.hello.Suites) >= len(hello.Suites) {
			return true
		}
	}
	return false
}

// curious asks in a hello with extensions for everything that an answer can show
// by the way.
func curious(hello tlshello.Client) tlshello.Client {
	if hello.ExtendedMasterSecret && hello.Version <= tlshello.TLS12 {
		hello.Heartbeat, hello.EncryptThenMAC, hello.Compression = true, true, []byte{1, 0}
	}
	return hello
}

func one(ctx context.Context, w *wire.Wire, port int, version tlshello.Version, hello tlshello.Client) first {
	reply := w.Ask(ctx, port, hello, until(version))
	f := first{answer: reply.Observed(), reply: reply, hello: hello}
	switch {
	case reply.Result == observe.Accepted && reply.Version > version:
		detail := "answered with " + reply.Version.String() + ", which was not offered"
		f.answer = observe.Answer{Result: observe.Silent, Why: observe.Garbled, Detail: detail, Ref: reply.Ref}
	case reply.Result == observe.Accepted && reply.Version < version:
		f.answer = observe.Answer{Result: observe.Denied, Detail: "answered with " + reply.Version.String() + " instead", Ref: reply.Ref}
	case reply.Result == observe.Accepted:
		w.Control(port, hello, reply)
	}
	return f
}

// until is how far an answer is read: to the parameters of the key exchange and
// its signature.
func until(version tlshello.Version) tlshello.Stage {
	if version == tlshello.SSL2 {
		return tlshello.UntilServerHello
	}
	return tlshello.UntilDone
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
