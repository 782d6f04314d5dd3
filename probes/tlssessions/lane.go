// The lanes: two connections each, the second of which takes up the session of the
// first.

package tlssessions

import (
	"bytes"
	"encoding/hex"
	"fmt"

	"middlebrick/observe"
	"middlebrick/tlsclient"
	"middlebrick/tlshello"
	"middlebrick/wire"
)

// A lane is what the connections of one kind came to.
type lane struct {
	version tlshello.Version
	seen    observe.Handshake
	publics [][]byte
	refs    []observe.Ref
}

// nothing is said where there is nothing to take up a session with.
func nothing(detail string) observe.Answer {
	return observe.Answer{Result: observe.Absent, Detail: detail}
}

func (f *finder) lane(version tlshello.Version) lane {
	l := lane{version: version, seen: observe.Handshake{Tickets: []observe.TicketSeen{}}}
	l.seen.ByTicket, l.seen.ByID = nothing("no ticket was given"), nothing("no session id was given")
	l.seen.EarlyData = nothing("no ticket allows it")
	if version >= tlshello.TLS13 {
		l.seen.ByID = nothing("TLS 1.3 resumes by tickets alone")
	} else {
		l.seen.EarlyData = nothing("early data is of TLS 1.3")
	}
	return l
}

// note keeps what any handshake tells.
func (l *lane) note(m meeting) {
	if m.answer.Ref != "" {
		l.refs = append(l.refs, m.answer.Ref)
	}
	if m.Session == nil {
		return
	}
	l.seen.ClientCertificate = l.seen.ClientCertificate || m.CertificateRequested
	if len(m.Answer.Public) > 0 {
		l.publics = append(l.publics, m.Answer.Public)
	}
	for _, ticket := range m.Tickets {
		if len(ticket.Data) > 0 && !m.Resumed {
			l.seen.Tickets = append(l.seen.Tickets, observe.TicketSeen{
				Lifetime: ticket.Lifetime, EarlyData: ticket.EarlyData, MaxEarlyData: ticket.MaxEarlyData, Ref: m.answer.Ref,
			})
		}
	}
}

// join adds what the lane of session ids found.
func (l *lane) join(byID lane) {
	if !l.seen.Finished.Refused() {
		l.seen.ByID = byID.seen.ByID
	}
	l.seen.ClientCertificate = l.seen.ClientCertificate || byID.seen.ClientCertificate
	l.publics, l.refs = append(l.publics, byID.publics...), append(l.refs, byID.refs...)
}

// found is the lane as an observation.
func (l *lane) found() observe.Handshake {
	l.seen.Exchanges = len(l.publics)
	for i, public := range l.publics {
		for _, other := range l.publics[:i] {
			l.seen.KeyReused = l.seen.KeyReused || bytes.Equal(public, other)
		}
	}
	return l.seen
}

// again is the answer to a session that was shown again.
func again(m meeting) observe.Answer {
	answer := m.answer
	if m.finished() && !m.Resumed {
		answer.Result, answer.Detail = observe.Denied, "a whole new handshake was made"
	}
	return answer
}

// unfinished is what the rest of a lane is where its first handshake came to no
// end.
func (l *lane) unfinished(m meeting) {
	l.seen.Finished = m.answer
	unknown := observe.Answer{Result: observe.Silent, Why: m.answer.Why, Detail: "no handshake was finished: " + m.answer.Detail, Ref: m.answer.Ref}
	if unknown.Why == "" {
		unknown.Why = observe.Unasked
	}
	l.seen.ByTicket, l.seen.ByID = unknown, unknown
	if l.version >= tlshello.TLS13 {
		l.seen.EarlyData = unknown
	}
}

// shown is a ticket that can be shown again; nil where there is none.
func shown(m meeting) *tlsclient.Ticket {
	for i := range m.Tickets {
		if len(m.Tickets[i].Data) > 0 {
			return &m.Tickets[i]
		}
	}
	return nil
}

// oddID is a session id of ours that is shorter than those of servers: what comes
// back has its length, or the server is one that has never learnt to count
// (CVE-2016-9244).
const oddID = "middlebrick asks"

// byTicket takes up a session by its ticket and then renegotiates; without a
// ticket it renegotiates at once.
func (f *finder) byTicket(l *lane) {
	f.renegotiation.Version, f.echo.Version = l.version, l.version
	about := fmt.Sprintf("%s handshake with everything that we can compute", l.version)
	first := f.meet(about, f.hello(l.version, "first"), tlsclient.Options{}, func(s *tlsclient.Session) error {
		if hasTicket(s) {
			leave(s)
			return nil
		}
		f.renegotiate(s)
		return nil
	})
	l.note(first)
	if !first.finished() {
		l.unfinished(first)
		f.renegotiation.Answer, f.echo.Answer = l.seen.ByTicket, l.seen.ByTicket
		f.wantsCertificate(l, first)
		return
	}
	l.seen.Finished = first.answer
	ticket := shown(first)
	if ticket == nil {
		f.renegotiation.Answer.Ref = first.answer.Ref
		f.echo.Spared = "no session ticket is given"
		return
	}
	second := f.show(l, first, ticket, []byte(oddID))
	f.echoed(second)
	if second.finished() && !second.Resumed {
		l.seen.ByTicket = again(second)
		f.plainly(l, first, ticket)
	}
}

func hasTicket(s *tlsclient.Session) bool { return shown(meeting{Session: s}) != nil }

// show shows a ticket with an id of ours, and then renegotiates.
func (f *finder) show(l *lane, first meeting, ticket *tlsclient.Ticket, id []byte) meeting {
	about := fmt.Sprintf("%s handshake with a ticket and a session id of %d bytes, then a renegotiation", l.version, len(id))
	opt := tlsclient.Options{Resume: &tlsclient.Resumption{Of: first.Session, Ticket: ticket, SessionID: id}}
	second := f.meet(about, f.hello(l.version, "ticket"), opt, func(s *tlsclient.Session) error {
		f.renegotiate(s)
		return nil
	})
	l.note(second)
	l.seen.ByTicket = again(second)
	f.renegotiation.Answer.Ref = second.answer.Ref
	if !second.finished() {
		f.renegotiation.Answer = observe.Answer{Result: observe.Silent, Why: observe.Unasked, Detail: "the handshake before it was not finished: " + second.answer.Detail, Ref: second.answer.Ref}
	}
	return second
}

// hide keeps what a server gave away of its memory out of the recording.
func (f *finder) hide(s *tlsclient.Session, id []byte) {
	if len(id) > 0 && len(s.Answer.SessionID) > len(id) && bytes.HasPrefix(s.Answer.SessionID, id) {
		f.rec.Secret(hex.EncodeToString(s.Answer.SessionID[len(id):]))
	}
}

// echoed notes how long the session id was that came back.
func (f *finder) echoed(second meeting) {
	f.echo.Answer = again(second)
	if second.Session == nil || second.Answer.Kind != tlshello.KindServerHello {
		return
	}
	f.echo.Sent, f.echo.Echoed = len(oddID), len(second.Answer.SessionID)
	f.echo.Own = bytes.HasPrefix(second.Answer.SessionID, []byte(oddID))
}

// plainly shows the ticket once more without an id of ours: it may have been that.
func (f *finder) plainly(l *lane, first meeting, ticket *tlsclient.Ticket) {
	about := fmt.Sprintf("%s handshake with a ticket", l.version)
	opt := tlsclient.Options{Resume: &tlsclient.Resumption{Of: first.Session, Ticket: ticket}}
	third := f.meet(about, f.hello(l.version, "plain"), opt, goodbye)
	l.note(third)
	l.seen.ByTicket = again(third)
}

// byID takes up a session by its id, from a handshake that asks for no ticket.
func (f *finder) byID(l *lane) {
	leaving := func(s *tlsclient.Session) error {
		leave(s)
		return nil
	}
	hello := f.hello(l.version, "id")
	hello.SessionTicket = false
	first := f.meet(fmt.Sprintf("%s handshake without tickets", l.version), hello, tlsclient.Options{}, leaving)
	l.note(first)
	if !first.finished() {
		l.unfinished(first)
		return
	}
	if len(first.SessionID()) == 0 {
		return
	}
	hello = f.hello(l.version, "same id")
	hello.SessionTicket = false
	second := f.meet(fmt.Sprintf("%s handshake with the id of an earlier session", l.version), hello,
		tlsclient.Options{Resume: &tlsclient.Resumption{Of: first.Session}}, goodbye)
	l.note(second)
	l.seen.ByID = again(second)
}

// byKey takes up a session of TLS 1.3, and offers early data where the ticket
// allows any.
func (f *finder) byKey(l *lane) {
	var alert *tlshello.Alert
	leaving := func(s *tlsclient.Session) error {
		alert = leave(s)
		return nil
	}
	first := f.meet("TLS 1.3 handshake, waiting for tickets", f.hello(l.version, "first"), tlsclient.Options{}, leaving)
	if first.finished() && alert != nil {
		first.answer.Result, first.answer.Detail = observe.Denied, "alert "+alert.String()
	}
	l.note(first)
	if !first.finished() {
		l.unfinished(first)
		f.wantsCertificate(l, first)
		return
	}
	l.seen.Finished = first.answer
	ticket := shown(first)
	if ticket == nil {
		return
	}
	early := ticket.EarlyData && ticket.MaxEarlyData > 0
	second := f.meet("TLS 1.3 handshake with a ticket", f.hello(l.version, "ticket"),
		tlsclient.Options{Resume: &tlsclient.Resumption{Of: first.Session, Ticket: ticket, EarlyData: early}}, goodbye)
	l.note(second)
	l.seen.ByTicket = again(second)
	if !early {
		return
	}
	l.seen.EarlyData = l.seen.ByTicket
	if second.finished() && !second.EarlyData {
		l.seen.EarlyData.Result, l.seen.EarlyData.Detail = observe.Denied, "the offer was not taken up"
	}
}

// wantsCertificate marks what cannot be asked of a target that talks to those alone
// who have a certificate: nobody else can resume or renegotiate either.
func (f *finder) wantsCertificate(l *lane, m meeting) {
	if m.answer.Result != observe.Denied || m.Session == nil || !m.CertificateRequested && !m.Answer.ClientCertificateRequested {
		return
	}
	const why = "no handshake is finished without a certificate of the client"
	l.seen.ClientCertificate = true
	l.seen.ByTicket, l.seen.ByID = nothing(why), nothing(why)
	l.seen.EarlyData = nothing(why)
	if l.version < tlshello.TLS13 {
		f.renegotiation.Spared, f.echo.Spared = why, why
		f.renegotiation.Answer, f.echo.Answer = observe.Answer{}, observe.Answer{}
	}
}

// renegotiate begins a new handshake inside of the session, once.
func (f *finder) renegotiate(s *tlsclient.Session) {
	reaction, alert, err := s.Renegotiate()
	answer := observe.Answer{Result: observe.Denied, Detail: "by closing"}
	switch {
	case reaction == tlsclient.Renegotiates:
		answer.Result, answer.Detail = observe.Accepted, ""
	case reaction == tlsclient.Silence:
		answer = observe.Answer{Result: observe.Silent, Why: wire.Classify(err), Detail: "no answer to a hello in the middle of a connection"}
	case alert != nil && alert.Description != 0:
		answer.Detail = "alert " + alert.String()
	}
	f.renegotiation.Answer = answer
}
