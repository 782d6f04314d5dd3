// Tickets and resumption (RFC 5077, RFC 5246 appendix F.1.4, RFC 8446 section
// 4.6.1).

package tlsclient

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"

	"middlebrick/tlshello"
)

// A Ticket is what a server gave to resume a session with. The later fields are
// those of TLS 1.3.
type Ticket struct {
	Data         []byte
	Lifetime     uint32 // seconds; up to TLS 1.2 a hint, 0 where none is given
	AgeAdd       uint32
	Nonce        []byte
	EarlyData    bool   // the ticket's extension early_data was there
	MaxEarlyData uint32 // bytes
}

// A Resumption asks a server to take up a session again.
type Resumption struct {
	Of *Session
	// Ticket is the one to show; nil asks by the session id, up to TLS 1.2.
	Ticket *Ticket
	// SessionID is sent beside a ticket up to TLS 1.2; the server echoes it if it
	// takes the ticket (RFC 5077 section 3.4).
	SessionID []byte
	// Age is how long ago the ticket came, of TLS 1.3.
	Age time.Duration
	// EarlyData offers early data at TLS 1.3. None is ever sent.
	EarlyData bool
}

// SessionID is the server's id of the session, up to TLS 1.2; empty where it can
// not be resumed by one.
func (s *Session) SessionID() []byte { return s.Answer.SessionID }

// ticket12 reads NewSessionTicket (RFC 5077 section 3.3). An empty one says that
// there is none.
func ticket12(body []byte) (Ticket, error) {
	in := cryptobyte.String(body)
	var t Ticket
	var data cryptobyte.String
	if !in.ReadUint32(&t.Lifetime) || !in.ReadUint16LengthPrefixed(&data) || !in.Empty() {
		return Ticket{}, fmt.Errorf("%w: the ticket does not add up", ErrGarbled)
	}
	t.Data = bytes.Clone(data)
	return t, nil
}

// offer puts the resumption into a hello.
func (r *Resumption) offer(hello tlshello.Client) (tlshello.Client, error) {
	if r == nil {
		return hello, nil
	}
	if r.Of == nil || r.Of.master == nil && r.Of.resumption == nil {
		return hello, errors.New("resuming a session without secrets")
	}
	hello.Extra = slices.Clone(hello.Extra)
	switch {
	case r.Of.Version >= tlshello.TLS13:
		return r.offer13(hello)
	case r.Ticket == nil:
		hello.SessionID = bytes.Clone(r.Of.SessionID())
	default:
		hello.SessionTicket, hello.SessionID = false, bytes.Clone(r.SessionID)
		hello.Extra = append(hello.Extra, tlshello.Extension{Type: tlshello.ExtSessionTicket, Data: r.Ticket.Data})
	}
	return hello, nil
}
