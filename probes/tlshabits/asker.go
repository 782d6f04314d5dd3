// Asking: a protocol and an oddity in one hello, and apart where that is not clear.

package tlshabits

import (
	"context"
	"slices"
	"sync"

	"middlebrick/observe"
	"middlebrick/tlshello"
	"middlebrick/wire"
)

// asker asks in the target's own usual hello, and notes every exchange.
type asker struct {
	ctx   context.Context
	w     *wire.Wire
	usual tlshello.Client

	mu   sync.Mutex
	refs []observe.Ref
}

func (a *asker) ask(hello tlshello.Client, until tlshello.Stage) wire.Reply {
	reply := a.w.Ask(a.ctx, a.w.Target().HTTPSPort, hello, until)
	if reply.Ref != "" {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.refs = append(a.refs, reply.Ref)
	}
	return reply
}

func (a *asker) sorted() []observe.Ref {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Compact(slices.Sorted(slices.Values(a.refs)))
}

// Alerts that say no to one thing in a hello, and so that it was read to its end
// (RFC 7507 section 3, RFC 7301 section 3.2).
const (
	inappropriateFallback = 86
	noApplicationProtocol = 120
)

func alerted(reply wire.Reply, description byte) bool {
	return reply.Result == observe.Denied && reply.Alert != nil && reply.Alert.Level != 0 && reply.Alert.Description == description
}

// both asks for the protocol in a hello with the oddity.
func (a *asker) both(protocol string, odd func(tlshello.Client) tlshello.Client) (observe.ProtocolAnswer, observe.Answer) {
	hello := a.usual
	hello.ALPN = []string{protocol}
	reply := a.ask(odd(hello), tlshello.UntilCertificate)
	agreed, settled := agreement(protocol, reply)
	taken, known := read(reply)
	if !settled {
		agreed = a.protocol(protocol)
	}
	if !known {
		taken, _ = a.oddity(odd(a.usual), a.usual)
	}
	return agreed, taken
}

// grown is both for an oddity that consists of length. A target that reads no
// extension at all cannot be asked for that.
func (a *asker) grown(protocol string, odd func(tlshello.Client) tlshello.Client) (observe.ProtocolAnswer, observe.Answer) {
	if a.bare() {
		return a.protocol(protocol), observe.Answer{Result: observe.Silent, Why: observe.Unasked,
			Detail: "the target reads no extension, and without one a hello does not grow so long"}
	}
	return a.both(protocol, odd)
}

// bare is true where the usual hello has no extension: Shaped leaves the lists
// empty then, and not nil.
func (a *asker) bare() bool { return a.usual.Groups != nil && len(a.usual.Groups) == 0 }

// protocol asks for the protocol alone.
func (a *asker) protocol(protocol string) observe.ProtocolAnswer {
	hello := a.usual
	hello.ALPN = []string{protocol}
	reply := a.ask(hello, tlshello.UntilCertificate)
	if agreed, settled := agreement(protocol, reply); settled {
		return agreed
	}
	answer := reply.Observed()
	switch {
	case reply.Result == observe.Accepted:
		answer = observe.Answer{Result: observe.Silent, Why: wire.Classify(reply.Err), Ref: reply.Ref,
			Detail: "the part of the handshake that names the application protocol could not be read: " + reply.Err.Error()}
	case reply.Result == observe.Denied:
		answer = against(answer, a.ask(a.usual, tlshello.UntilServerHello))
	}
	return observe.ProtocolAnswer{Protocol: protocol, Answer: answer}
}

// agreement is what a reply says of the protocol; settled is false where another
// reason than the protocol may lie behind it. TLS 1.3 names the protocol in a
// message that must be decrypted (RFC 8446 section 4.3.1).
func agreement(protocol string, reply wire.Reply) (answer observe.ProtocolAnswer, settled bool) {
	answer = observe.ProtocolAnswer{Protocol: protocol, Answer: reply.Observed()}
	if reply.Result == observe.Accepted && (reply.Err == nil || reply.Version < tlshello.TLS13) {
		answer.Chosen = reply.ALPN()
		return answer, true
	}
	return answer, alerted(reply, noApplicationProtocol)
}

// read is what a reply says of an oddity; known is false where it was not read.
func read(reply wire.Reply) (answer observe.Answer, known bool) {
	answer = reply.Observed()
	if alerted(reply, noApplicationProtocol) {
		answer.Result, answer.Detail = observe.Accepted, "read, and refused for the application protocol alone: "+answer.Detail
	}
	return answer, answer.Result == observe.Accepted
}

// oddity asks a hello with an oddity in it, and where it is not read, the same
// without it. Silence is asked for twice. Beside the answer it gives the version
// that was chosen.
func (a *asker) oddity(odd, plain tlshello.Client) (observe.Answer, tlshello.Version) {
	reply := a.ask(odd, tlshello.UntilServerHello)
	answer, known := read(reply)
	if known || reply.Result == observe.Absent {
		return answer, reply.Version
	}
	without := a.ask(plain, tlshello.UntilServerHello)
	if reply.Result == observe.Denied {
		return against(answer, without), 0
	}
	if without.Result != observe.Accepted || reply.Why != observe.Timeout {
		return answer, 0
	}
	again := a.ask(odd, tlshello.UntilServerHello)
	if again.Result == observe.Silent && again.Why == observe.Timeout {
		return observe.Answer{Result: observe.Denied, Detail: observe.IgnoredTwice, Ref: again.Ref}, 0
	}
	answer, _ = read(again)
	return answer, again.Version
}

// against holds a refusal against the answer to the hello without its reason: what
// is refused either way is not refused for that.
func against(refusal observe.Answer, without wire.Reply) observe.Answer {
	if without.Result == observe.Accepted {
		return refusal
	}
	why := without.Why
	if why == "" {
		why = observe.Refused
	}
	return observe.Answer{Result: observe.Silent, Why: why, Ref: refusal.Ref,
		Detail: "refused (" + refusal.Detail + "), and so was the same hello without what was asked for"}
}
