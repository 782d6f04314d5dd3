// Which protocol versions are accepted.

package tlsoffer

import (
	"context"
	"slices"
	"strings"

	"middlebrick/observe"
	"middlebrick/probe"
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

// older are the versions that one hello can offer together to a server of TLS 1.3,
// which goes by supported_versions (RFC 8446 section 4.2.1).
func older() []tlshello.Version {
	return []tlshello.Version{tlshello.TLS12, tlshello.TLS11, tlshello.TLS10, tlshello.SSL3}
}

// together offers all older versions in one hello, strikes out the one that was
// chosen, and offers the rest, until the server says protocol_version to all that
// is left. Any other answer is none about them: they are asked for one by one.
func (r *reader) together(ctx context.Context) {
	left := older()
	for len(left) > 0 {
		hello := curious(r.w.Hello(tlshello.TLS12, tlshello.Suites(tlshello.TLS12)))
		hello.Versions = left
		reply := r.w.Ask(r.w.Urgent(ctx), r.port, hello, until(tlshello.TLS12))
		f := first{answer: reply.Observed(), reply: reply, hello: hello}
		switch {
		case reply.Result == observe.Denied && strings.Contains(reply.Detail, "protocol_version"):
			f.answer.Detail = "answered a hello that offers " + listed(left) + " with " + reply.Detail
			for _, version := range left {
				r.come[version] <- f
			}
			return
		case reply.Result == observe.Accepted && slices.Contains(left, reply.Version):
			r.come[reply.Version] <- f
			left = slices.DeleteFunc(left, func(v tlshello.Version) bool { return v == reply.Version })
		default:
			r.apart(ctx, left)
			return
		}
	}
}

// apart asks for each version in a hello of its own, before other things: most other
// probes wait for the versions.
func (r *reader) apart(ctx context.Context, versions []tlshello.Version) {
	questions := []func(){}
	for _, version := range versions {
		questions = append(questions, func() { r.come[version] <- ask(r.w.Urgent(ctx), r.w, r.port, version) })
	}
	probe.Beside(questions...)
}

func listed(versions []tlshello.Version) string {
	names := make([]string, len(versions))
	for i, version := range versions {
		names[i] = version.String()
	}
	return strings.Join(names, ", ")
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

// reads is true when a hello with as many suites, and the same extensions, was
// accepted, or refused for its version alone.
func (r *reader) reads(hello tlshello.Client) bool {
	if len(hello.Suites) < len(tlshello.Suites(hello.Version)) || hello.Version == tlshello.TLS13 {
		return false // a short hello, which left most out, or one unlike the others
	}
	for _, version := range tlshello.Versions() {
		f := r.firstOf(version)
		understood := f.answer.Accepted() || strings.Contains(f.answer.Detail, "protocol_version")
		if understood && version > tlshello.SSL2 && len(f.hello.Suites) >= len(hello.Suites) {
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
