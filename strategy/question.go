// Package strategy finds out what a server accepts in as few hellos as it takes.
// It has no socket: Next says what to ask, Learn takes the answer in, and several
// questions may be on their way at once.
//
// A server chooses one suite (and one group, and one signature scheme) out of all
// that it is offered. Whatever it chose is struck out of the offer, until it
// refuses what is left: only that refusal proves that nothing more is accepted. So
// the cost grows with what a server accepts, and hardly with what exists. The
// suites are dealt into hands that are asked side by side; a hand that keeps being
// accepted is split, so that a server that accepts much is walked on a broad front.
// While suites are walked, the groups and schemes not seen yet stand first in the
// same hellos: a server that goes by the client's order then tells two or three
// things at once.
package strategy

import (
	"middlebrick/observe"
	"middlebrick/tlshello"
)

// A Question is what one hello is to offer, in this order.
type Question struct {
	Suites  []tlshello.Suite
	Groups  []tlshello.Group           // nil: the usual ones
	Schemes []tlshello.SignatureScheme // nil: the usual ones
	// NoShare asks a TLS 1.3 server without a key share, so that it names the
	// group that it wants (RFC 8446 section 4.1.4).
	NoShare bool
	// Signed wants the answer read up to the signature scheme.
	Signed bool

	suites  *hand[tlshello.Suite]
	groups  *hand[tlshello.Group]
	schemes *hand[tlshello.SignatureScheme]
	// How many of the groups and schemes are asked for; those behind are known.
	newGroups, newSchemes int
}

// OfSuites is true where the answer tells of suites or of their order.
func (q Question) OfSuites() bool { return q.groups == nil && q.schemes == nil }

// Odd is true when the hello's lists stand in no client's order: a refusal may
// then be a stumble.
func (q Question) odd() bool { return q.NoShare || q.Groups != nil || q.Schemes != nil }

// An Outcome is what became of a question.
type Outcome struct {
	Result observe.Result // observe.Accepted, observe.Denied, or anything else for no answer
	// Soft is true of a refusal that came by closing, which an unsteady server
	// may not have meant.
	Soft  bool
	Suite tlshello.Suite
	Group tlshello.Group // chosen; 0 where none was told
	// Listed are the groups that a TLS 1.3 server says that it takes, as some do
	// where they would have liked another better (RFC 8446 section 4.2.7).
	Listed []tlshello.Group
	Scheme tlshello.SignatureScheme // chosen; 0 where none was told
	// Anchor is the curve of the certificate's key, if that is an elliptic one:
	// up to TLS 1.2 it must stand among the groups (RFC 8422 section 5.1).
	Anchor tlshello.Group
	// Alerted is true of an accepted hello whose handshake the server then ended
	// by an alert.
	Alerted bool
	Why     observe.Why // of no answer
	Detail  string
	Ref     observe.Ref
}

func (o Outcome) gap() *observe.Gap {
	why := o.Why
	if why == "" {
		why = observe.Garbled
	}
	return &observe.Gap{Why: why, Detail: o.Detail}
}
