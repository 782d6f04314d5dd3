// Package ports asks what the two ports of the target speak.
package ports

import (
	"context"
	"slices"
	"strings"

	"middlebrick/observe"
	"middlebrick/probe"
	"middlebrick/tlshello"
	"middlebrick/wire"
)

// Probe says a modern hello to the https port and a GET to the http port.
var Probe = probe.Probe{
	Name:  "ports",
	Needs: []string{observe.Addresses.Name()},
	Fills: []string{observe.Ports.Name()},
	Most:  probe.Budget{Connections: 8, Requests: 2, Bytes: 1 << 20},
	Run:   run,
}

func run(ctx context.Context, w *wire.Wire, rec *observe.Recorder) {
	t := w.Target()
	var secure, plain observe.Service
	probe.Beside(
		func() { secure = asksTLS(ctx, w) },
		func() { plain = asksHTTP(ctx, w) },
	)
	if t.HTTPSPort == t.HTTPPort {
		secure, plain = shared(secure, plain)
	}
	if !speaks(secure) && !speaks(plain) {
		observe.Miss(rec, observe.Ports, unreached(secure, plain), refs(secure, plain)...)
		return
	}
	observe.Put(rec, observe.Ports, observe.Services{HTTPS: secure, HTTP: plain}, refs(secure, plain)...)
}

// shared settles a port that both forms share: what it is proven to speak to one
// of them explains its silence to the other.
func shared(secure, plain observe.Service) (observe.Service, observe.Service) {
	if !speaks(secure) && plain.Speaks == "http" {
		secure.Speaks, secure.Why, secure.Detail = "http", "", "the port speaks HTTP and does not answer a TLS hello"
	}
	if !speaks(plain) && secure.Speaks == "tls" {
		plain.Speaks, plain.Why, plain.Detail = "tls", "", "the port speaks TLS and does not answer plain HTTP"
	}
	return secure, plain
}

func speaks(s observe.Service) bool {
	return s.Speaks != "closed" && s.Speaks != "mute" && s.Speaks != "unknown"
}

// unreached is the gap of a target of which nothing was learnt. Both ports
// closed is no verdict either: the target may be down.
func unreached(secure, plain observe.Service) observe.Gap {
	for _, s := range []observe.Service{secure, plain} {
		if gap := s.Gap(); gap != nil {
			return *gap
		}
	}
	return observe.Gap{Why: observe.Refused, Detail: secure.Detail}
}

func refs(services ...observe.Service) []observe.Ref {
	refs := []observe.Ref{}
	for _, s := range services {
		if s.Ref != "" {
			refs = append(refs, s.Ref)
		}
	}
	return refs
}

// asksTLS tells TLS by any answer that only TLS gives: a ServerHello, or an
// alert. A server that closes on a modern hello may stumble over its length or
// its extensions: it is asked again with less before it is called mute.
func asksTLS(ctx context.Context, w *wire.Wire) observe.Service {
	reply := tries(ctx, w, modern(w))
	if reply.Result == observe.Denied && strings.Contains(reply.Detail, "unrecognized_name") && w.ServerName() != "" {
		reply = withoutName(ctx, w, reply)
	}
	for _, shape := range wire.Shapes() {
		if reply.Result != observe.Silent || reply.Why != observe.Closed && reply.Why != observe.Reset {
			break
		}
		again := tries(ctx, w, headed(w.Shaped(shape, tlshello.TLS12, usual())))
		if again.Result != observe.Silent {
			w.Say(shape)
			reply = again
		}
	}
	if reply.Why == observe.Closed || reply.Why == observe.Reset {
		// What speaks SSLv2 alone closes on every other hello.
		if oldest := tries(ctx, w, headed(w.Shaped(wire.Full, tlshello.SSL2, tlshello.Suites(tlshello.SSL2)))); oldest.Result == observe.Accepted {
			reply = oldest
		}
	}
	s := observe.Service{Port: w.Target().HTTPSPort, Detail: reply.Detail, Ref: reply.Ref}
	switch reply.Result {
	case observe.Accepted, observe.Denied:
		s.Speaks = "tls"
	case observe.Absent:
		s.Speaks = reply.Protocol
	default:
		s.Speaks, s.Why = silence(reply.Why), reply.Why
	}
	return s
}

// modern is a usual hello, except that the curve which all servers have comes before
// the one that most like best: OpenSSL and Java then list all of theirs.
func modern(w *wire.Wire) tlshello.Client {
	hello := headed(tlshello.Modern(w.ServerName()))
	hello.Groups = []tlshello.Group{tlshello.Secp256r1, tlshello.X25519, tlshello.Secp384r1, tlshello.Secp521r1}
	return hello
}

// headed is a hello with the end of an HTTP head inside of its random: an HTTP
// server, which waits for that, answers at once that it did not understand.
func headed(hello tlshello.Client) tlshello.Client {
	copy(hello.Random[:], "\r\n\r\n")
	return hello
}

// usual are the suites of a modern hello that TLS 1.2 has.
func usual() []tlshello.Suite {
	return slices.DeleteFunc(tlshello.Modern("").Suites, func(s tlshello.Suite) bool {
		return !slices.Contains(tlshello.Suites(tlshello.TLS12), s)
	})
}

// tries asks, and keeps a hello that was accepted as the one that is known to
// work. The answer is read to its end: others need not ask for it again.
func tries(ctx context.Context, w *wire.Wire, hello tlshello.Client) wire.Reply {
	reply := w.Ask(ctx, w.Target().HTTPSPort, hello, tlshello.UntilDone)
	if reply.Result == observe.Accepted {
		w.Control(w.Target().HTTPSPort, hello, reply)
	}
	return reply
}

// withoutName asks once more without the name that the server refused (RFC 6066
// section 3).
func withoutName(ctx context.Context, w *wire.Wire, refused wire.Reply) wire.Reply {
	hello := modern(w)
	hello.ServerName = ""
	reply := tries(ctx, w, hello)
	if reply.Result != observe.Accepted {
		return refused
	}
	w.Nameless()
	reply.Detail = "the server refuses the name " + w.Target().Host + " and answers without one"
	return reply
}

func asksHTTP(ctx context.Context, w *wire.Wire) observe.Service {
	t := w.Target()
	s := observe.Service{Port: t.HTTPPort}
	resp, gap := w.Get(ctx, wire.Request{URL: t.HTTP()})
	switch {
	case gap == nil:
		s.Speaks, s.Ref = "http", resp.Ref
	case gap.Detail == wire.SpeaksTLS:
		s.Speaks, s.Detail = "tls", gap.Detail
	default:
		s.Speaks, s.Why, s.Detail = silence(gap.Why), gap.Why, gap.Detail
	}
	return s
}

// silence is what no answer says: only a refused connection proves that nothing
// is there.
func silence(why observe.Why) string {
	words := map[observe.Why]string{observe.Refused: "closed", observe.Closed: "mute", observe.Reset: "mute"}
	if word, ok := words[why]; ok {
		return word
	}
	return "unknown"
}
