// Renegotiation that the client begins (RFC 5746).

package tlsclient

import (
	"bytes"
	"errors"
	"io"

	"middlebrick/tlshello"
)

// A Reaction is what a server does when a client begins a renegotiation.
type Reaction string

// The reactions. Silence is no answer: the error beside it says why.
const (
	Renegotiates Reaction = "renegotiates" // a ServerHello
	Declines     Reaction = "declines"     // the alert no_renegotiation
	Alerts       Reaction = "alerts"       // another alert
	Closes       Reaction = "closes"
	Silence      Reaction = "silence"
)

// Renegotiate says a hello inside of the session, up to TLS 1.2, and reports what
// the server does. It goes no further: after it the session is of no use. The alert
// is that of Declines and Alerts; the error is that which ended the reading of
// Closes and Silence.
func (s *Session) Renegotiate() (Reaction, *tlshello.Alert, error) {
	message, err := s.again().Message()
	if err != nil {
		return Silence, nil, err
	}
	asked := append(s.Seal(Handshaking, message), s.Seal(Alert, []byte{1, 0})...)
	if _, err := s.rw.Write(asked); err != nil {
		return unread(err)
	}
	s.pending, s.total = nil, mostTotal-mostBehind
	for {
		kind, plain, err := s.record()
		if err != nil {
			return unread(err)
		}
		if alert := AlertOf(kind, plain); alert != nil {
			return alerted(*alert)
		}
		if kind == Handshaking && hasServerHello(plain) {
			return Renegotiates, nil, nil
		}
	}
}

// again is the hello of a renegotiation: the same, as a new session, bound to this
// one where the server knows how to.
func (s *Session) again() tlshello.Client {
	hello := s.Hello
	hello.Version, hello.Versions, hello.SessionID, hello.Padding = s.Version, nil, nil, false
	hello.RenegotiationInfo, hello.FallbackSCSV, hello.Extra = false, false, nil
	if s.Answer.SecureRenegotiation() {
		data := append([]byte{byte(len(s.ours))}, s.ours...)
		hello.Extra = []tlshello.Extension{{Type: tlshello.ExtRenegotiationInfo, Data: data}}
	}
	return hello
}

func hasServerHello(plain []byte) bool {
	whole, rest, err := messagesIn(nil, bytes.Clone(plain))
	for _, m := range whole {
		if m.kind() == messageServerHello {
			return true
		}
	}
	return err == nil && len(rest) > 0 && rest[0] == messageServerHello
}

func alerted(alert tlshello.Alert) (Reaction, *tlshello.Alert, error) {
	switch alert.Description {
	case 100:
		return Declines, &alert, nil
	case 0:
		return Closes, &alert, nil
	}
	return Alerts, &alert, nil
}

// unread is what a failure to read means. A connection that has timed out is the
// only one that may still be open.
func unread(err error) (Reaction, *tlshello.Alert, error) {
	var late interface{ Timeout() bool }
	if errors.Is(err, ErrGarbled) || errors.As(err, &late) && late.Timeout() && !errors.Is(err, io.EOF) {
		return Silence, nil, err
	}
	return Closes, nil, err
}
