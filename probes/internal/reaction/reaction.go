// Package reaction asks how a target takes a message that a sound implementation
// refuses, after the whole of its first flight and before any encryption.
package reaction

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"middlebrick/observe"
	"middlebrick/tlshello"
	"middlebrick/wire"
)

// Types of records (RFC 8446 section 5.1; RFC 6520 section 3).
const (
	ChangeCipherSpec = 20
	Alert            = 21
	Handshake        = 22
	ApplicationData  = 23
	Heartbeat        = 24
)

// A Question is what to say, and to which flight.
type Question struct {
	About string
	Hello tlshello.Client
	// Say gives the bytes of the question for the server's flight; none where that
	// flight settles it. What follows them must be answered by anybody.
	Say func(tlshello.Answer) ([]byte, error)
	// Hear reads the reaction; nil is Hear of this package.
	Hear func(io.Reader) (observe.Reaction, error)
}

// A Heard is how the target took it. Flight is what it said before; Put is true
// when the question was asked.
type Heard struct {
	Reaction observe.Reaction
	Flight   tlshello.Answer
	Put      bool
	Ref      observe.Ref
}

// To puts the question over one connection. The gap says why it could not be put.
// Silence after it is a reaction, though none that proves anything by itself.
func To(ctx context.Context, w *wire.Wire, port int, q Question) (Heard, *observe.Gap) {
	var h Heard
	hear := q.Hear
	if hear == nil {
		hear = Hear
	}
	ref, gap := w.Talk(ctx, port, q.About, func(rw io.ReadWriter) (err error) {
		if h.Flight, err = flight(rw, q.Hello); err != nil {
			return err
		}
		message, err := q.Say(h.Flight)
		if err != nil || len(message) == 0 {
			return err
		}
		h.Put = true
		if _, err := rw.Write(message); err != nil {
			h.Reaction, err = Ended(err)
			return err
		}
		h.Reaction, err = hear(rw)
		return err
	})
	h.Ref = ref
	if gap == nil {
		return h, nil
	}
	if h.Put && gap.Why == observe.Timeout {
		h.Reaction = observe.NoReply
		return h, nil
	}
	return h, gap
}

// flight says the hello and reads up to ServerHelloDone.
func flight(rw io.ReadWriter, hello tlshello.Client) (tlshello.Answer, error) {
	raw, err := hello.Marshal()
	if err != nil {
		return tlshello.Answer{}, err
	}
	if _, err := rw.Write(raw); err != nil {
		return tlshello.Answer{}, err
	}
	answer, err := tlshello.ReadAnswer(rw, hello, tlshello.UntilDone)
	switch {
	case err != nil:
		return answer, err
	case answer.Kind == tlshello.KindAlert:
		return answer, answer.Alert
	case answer.Kind != tlshello.KindServerHello || answer.Version != hello.Version:
		return answer, fmt.Errorf("the hello was not accepted: %s %s", answer.Kind, answer.Version)
	}
	return answer, nil
}

// mostWarnings is how many warnings are read past.
const mostWarnings = 8

// Hear reads one record's head, and of an alert what it says. What the record
// holds beside that is not read.
func Hear(r io.Reader) (observe.Reaction, error) {
	for range mostWarnings {
		head := make([]byte, 5)
		if _, err := io.ReadFull(r, head); err != nil {
			return Ended(err)
		}
		if head[0] != Alert || binary.BigEndian.Uint16(head[3:]) != 2 {
			return observe.Reaction(fmt.Sprintf("record of type %d", head[0])), nil
		}
		body := make([]byte, 2)
		if _, err := io.ReadFull(r, body); err != nil {
			return Ended(err)
		}
		if fatal := body[0] != 1 || body[1] == 0; fatal {
			return observe.OfAlert(body[1]), nil
		}
	}
	return "", errors.New("warnings without end")
}

// Ended is the reaction of a connection that ended; the error where it did not.
func Ended(err error) (observe.Reaction, error) {
	switch wire.Classify(err) {
	case observe.Closed, observe.Reset:
		return observe.ClosedOn, nil
	}
	return "", err
}

// Record frames a payload.
func Record(kind byte, version tlshello.Version, payload []byte) []byte {
	head := []byte{kind, byte(version >> 8), byte(version), byte(len(payload) >> 8), byte(len(payload))}
	return append(head, payload...)
}

// OutOfTurn is a handshake message that no client may send, of whole blocks of any
// cipher: a server that waits for a key answers it with an alert, at once.
func OutOfTurn(version tlshello.Version) []byte {
	const serverHelloDone, size = 14, 60
	return Record(Handshake, version, append([]byte{serverHelloDone, 0, 0, size}, make([]byte, size)...))
}

// Absent is true when the port is proven to hold no TLS of any version.
func Absent(versions observe.Versions) bool {
	for _, answer := range versions {
		if !answer.Absent() {
			return false
		}
	}
	return len(versions) > 0
}

// Newest is the newest version from SSLv3 to TLS 1.2 for which the function holds.
func Newest(fits func(tlshello.Version) bool) (tlshello.Version, bool) {
	for _, version := range []tlshello.Version{tlshello.TLS12, tlshello.TLS11, tlshello.TLS10, tlshello.SSL3} {
		if fits(version) {
			return version, true
		}
	}
	return 0, false
}

// Suites are all suites of a version, those of browsers first and those without
// encryption last: a hello that has no room for all then has the best.
func Suites(version tlshello.Version) []tlshello.Suite {
	usual := tlshello.Modern("").Suites
	rank := func(s tlshello.Suite) int {
		switch {
		case slices.Contains(usual, s):
			return 0
		case s.Null() || s.Anonymous():
			return 2
		}
		return 1
	}
	all := tlshello.Suites(version)
	slices.SortStableFunc(all, func(a, b tlshello.Suite) int { return rank(a) - rank(b) })
	return all
}

// Unoffered says that what was looked for among the suites up to TLS 1.2 is not
// there; or, where they are not all known, why that cannot be said.
func Unoffered(versions observe.Versions, suites observe.Suites, says string) (spared string, why observe.Why, detail string) {
	if Absent(versions) || suites.Absent {
		return "", "", ""
	}
	for _, version := range []tlshello.Version{tlshello.SSL3, tlshello.TLS10, tlshello.TLS11, tlshello.TLS12} {
		answer, list := versions[version], suites.Versions[version]
		switch {
		case answer.Refused() || answer.Absent():
		case !answer.Accepted():
			return "", because(answer.Why), fmt.Sprintf("%s: %s", version, answer.Detail)
		case !list.Complete:
			return "", because(list.Why), fmt.Sprintf("not every suite was asked at %s: %s", version, list.Detail)
		}
	}
	return says, "", ""
}

func because(why observe.Why) observe.Why {
	if why == "" {
		return observe.Unasked
	}
	return why
}

// Refs are the exchanges that showed the accepted suites.
func Refs(suites observe.Suites) []observe.Ref {
	refs := []observe.Ref{}
	for _, version := range tlshello.Versions() {
		for _, suite := range suites.Versions[version].Suites {
			refs = append(refs, suite.Ref)
		}
	}
	return refs
}
