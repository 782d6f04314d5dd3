// Records of a session: reading, writing, alerts.

package tlsclient

import (
	"errors"
	"fmt"
	"io"

	"middlebrick/tlshello"
)

// The content types of records (RFC 8446 section 5.1; RFC 6520).
const (
	ChangeCipherSpec byte = 20
	Alert            byte = 21
	Handshaking      byte = 22
	ApplicationData  byte = 23
	Heartbeat        byte = 24
)

// The limits on what a hostile server is read for.
const (
	mostRecord  = 1<<14 + 2048 // bytes of one record, protection included
	mostMessage = 256 << 10    // bytes of one handshake message
	mostTotal   = 1 << 20      // bytes in all
	mostBehind  = 64 << 10     // bytes behind our goodbye
)

// ErrTooLarge is, beside ErrGarbled, in the error of a server that sends more than
// anybody reads.
var ErrTooLarge = tlshello.ErrTooLarge

// Seal is a record as it goes onto the wire. It counts as sent: what is sealed and
// not written breaks the session.
func (s *Session) Seal(contentType byte, plaintext []byte) []byte {
	return s.write.seal(contentType, s.Version, plaintext, nil)
}

// WriteRecord seals a record of at most 16,384 bytes and sends it.
func (s *Session) WriteRecord(contentType byte, plaintext []byte) error {
	_, err := s.rw.Write(s.Seal(contentType, plaintext))
	return err
}

// Close says close_notify. It leaves the connection to its owner.
func (s *Session) Close() error { return s.WriteRecord(Alert, []byte{1, 0}) }

// ReadRecord reads one record and opens it. The error is io.EOF between records,
// io.ErrUnexpectedEOF inside one, that of the connection, or ErrGarbled. Alerts,
// those in the clear of a session that has failed among them, are read like
// anything else: see AlertOf. What the server says of tickets and keys on the way
// is taken up.
func (s *Session) ReadRecord() (contentType byte, plaintext []byte, err error) {
	contentType, plaintext, err = s.record()
	if err == nil && contentType == Handshaking {
		err = s.aside(plaintext)
	}
	return contentType, plaintext, err
}

// AlertOf is the alert that a record of that type holds; nil in one of another
// type.
func AlertOf(contentType byte, plaintext []byte) *tlshello.Alert {
	if contentType != Alert || len(plaintext) < 2 {
		return nil
	}
	return &tlshello.Alert{Level: plaintext[0], Description: plaintext[1]}
}

// record reads one record and opens it.
func (s *Session) record() (byte, []byte, error) {
	head := make([]byte, 5)
	if err := s.fill(head); err != nil {
		return 0, nil, err
	}
	size := int(head[3])<<8 | int(head[4])
	if head[0] < ChangeCipherSpec || head[0] > Heartbeat || head[1] != 3 {
		return 0, nil, fmt.Errorf("%w: % x is no record", ErrGarbled, head)
	}
	if size > mostRecord {
		return 0, nil, fmt.Errorf("%w: %w: a record of %d bytes", ErrGarbled, ErrTooLarge, size)
	}
	body := make([]byte, size)
	if err := s.fill(body); err != nil {
		return 0, nil, cutShort(err)
	}
	if s.read != nil && s.read.version >= tlshello.TLS13 {
		return s.read.open13(head, body)
	}
	plain, err := s.read.open(head[0], body)
	if err != nil && head[0] == Alert && size == 2 {
		return Alert, body, nil // from a server that cannot encrypt it any more
	}
	return head[0], plain, err
}

// fill reads exactly as many bytes, within the limit.
func (s *Session) fill(p []byte) error {
	if s.total += len(p); s.total > mostTotal {
		return fmt.Errorf("%w: %w: more than %d bytes", ErrGarbled, ErrTooLarge, mostTotal)
	}
	_, err := io.ReadFull(s.in, p)
	return err
}

func cutShort(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// A message is one handshake message, header and all.
type message []byte

func (m message) kind() byte   { return m[0] }
func (m message) body() []byte { return m[4:] }

// messagesIn adds to what is pending and takes out the messages that are whole.
func messagesIn(pending, more []byte) (whole []message, rest []byte, err error) {
	rest = append(pending, more...)
	for len(rest) >= 4 {
		size := 4 + (int(rest[1])<<16 | int(rest[2])<<8 | int(rest[3]))
		if size > mostMessage {
			return nil, nil, fmt.Errorf("%w: %w: a handshake message of %d bytes", ErrGarbled, ErrTooLarge, size)
		}
		if len(rest) < size {
			break
		}
		whole, rest = append(whole, message(rest[:size:size])), rest[size:]
	}
	return whole, rest, nil
}

// aside takes up handshake messages behind the handshake.
func (s *Session) aside(plaintext []byte) error {
	whole, rest, err := messagesIn(s.pending, plaintext)
	if err != nil {
		return err
	}
	s.pending = rest
	if s.Version < tlshello.TLS13 {
		return nil
	}
	for _, m := range whole {
		if err := s.aside13(m); err != nil {
			return err
		}
	}
	return nil
}

// UntilClosed reads on until the server closes, says close_notify or another
// alert, and gives that alert; what comes until then is thrown away but for
// tickets. With Close before it, it waits for tickets no longer than they take. A
// server that goes on and on is left.
func (s *Session) UntilClosed() (*tlshello.Alert, error) {
	s.total = mostTotal - mostBehind
	for {
		kind, plaintext, err := s.ReadRecord()
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		if alert := AlertOf(kind, plaintext); alert != nil {
			return alert, nil
		}
	}
}
