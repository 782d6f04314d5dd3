// Reading an answer: from records to handshake messages to an Answer.

package tlshello

import (
	"errors"
	"fmt"
	"io"
)

// Stage is how far an answer is read.
type Stage int

const (
	// UntilServerHello stops after ServerHello: version, suite and group.
	UntilServerHello Stage = iota
	// UntilCertificate stops after the certificates and the staple, and at
	// TLS 1.3 decrypts them. A suite without certificates stops at what comes
	// in their place.
	UntilCertificate
	// UntilDone stops after ServerHelloDone, or at TLS 1.3 after
	// CertificateVerify, so that key exchange and its signature are known.
	UntilDone
)

var stageNames = []string{"server hello", "certificate", "end of the server's flight"}

// String says what the stage waits for.
func (s Stage) String() string {
	if s < 0 || int(s) >= len(stageNames) {
		return fmt.Sprintf("stage %d", int(s))
	}
	return stageNames[s]
}

// ReadAnswer reads what a server says to the hello c.Marshal gave, no further
// than needed. It bounds what it reads (256 KiB a message, 400 KiB and 1,024
// records in all, 16 useless records) but not how long: the reader does.
//
// The Answer holds what was learnt, whatever the error. Alert, NotTLS,
// HelloRetry and Garbled are whole answers and come without an error, unless
// the reader had one. A ServerHello comes with an error when the stage was not
// reached: that of the reader (io.EOF between records, io.ErrUnexpectedEOF
// inside one, a timeout), an [*Alert], [ErrCannotDecrypt], or one that is
// [ErrGarbled] and perhaps [ErrTooLarge]. Nothing always comes with the reader's error.
func ReadAnswer(r io.Reader, c Client, until Stage) (Answer, error) {
	answer := Answer{
		SessionID: []byte{}, Cookie: []byte{}, ServerHello: []byte{}, Warnings: []Alert{},
		Extensions: []Extension{}, Certificates: [][]byte{}, Staple: []byte{}, SCTList: [][]byte{},
		Public: []byte{}, SSL2Suites: []Suite{}, Banner: []byte{},
	}
	s := &session{in: input{r: r}, client: c, answer: &answer, until: until}
	err := s.conclude(s.run())
	return answer, err
}

// session is one answer being read.
type session struct {
	in      input
	client  Client
	answer  *Answer
	until   Stage
	records int
	useless int
	pending []byte  // handshake bytes not yet read as messages
	hidden  *opener // opens records once TLS 1.3 encrypts them
	past    []byte  // TLS 1.3: the handshake messages so far
	flight  bool    // up to TLS 1.2: the server went on after ServerHello
	over    bool
}

// run reads until the stage is reached, or returns why it was not.
func (s *session) run() error {
	header := make([]byte, 5)
	if err := s.in.full(header); err != nil {
		return fmt.Errorf("reading first record: %w", err)
	}
	if looksSSL2(header, s.client.writesSSL2()) {
		return s.readSSL2(header)
	}
	for first := true; !s.over; first = false {
		if !first {
			if err := s.in.full(header); err != nil {
				return fmt.Errorf("reading record: %w", err)
			}
		}
		if !looksTLS(header) {
			return s.foreign(header, first)
		}
		body, err := s.record(header)
		if err != nil {
			return err
		}
		if err := s.take(header, body); err != nil {
			return err
		}
	}
	return nil
}

// errNotTLS ends the reading of what another protocol said.
var errNotTLS = errors.New("not TLS")

// foreign handles five bytes that open no record.
func (s *session) foreign(header []byte, first bool) error {
	if !first {
		return garbledf("after %d records: % x is no record", s.records, header)
	}
	s.moreBanner()
	if protocolOf(s.in.head) != "" || isText(s.in.head) {
		return errNotTLS
	}
	return garbledf("% x is no record", header)
}

// moreBanner reads on once, unless a line of text has ended: its sender may
// now be waiting for us, and so would we for it. Why it fails does not matter.
func (s *session) moreBanner() {
	if head := s.in.head; len(head) == 0 || head[len(head)-1] == '\n' && isText(head) {
		return
	}
	_, _ = s.in.some(make([]byte, maxBanner-len(s.in.head)))
}

// take handles one record.
func (s *session) take(header, body []byte) error {
	kind := header[0]
	if kind == recordHandshake && s.hidden != nil {
		return garbledf("a handshake record in the clear at TLS 1.3")
	}
	if kind == recordData {
		var err error
		if kind, body, err = s.open(header, body); err != nil {
			return err
		}
	}
	if len(body) == 0 {
		return s.wasted()
	}
	switch kind {
	case recordHandshake:
		s.pending = append(s.pending, body...)
		return s.messages()
	case recordAlert:
		return s.alert(body)
	case recordChangeCipherSpec:
		return s.changeCipherSpec()
	case recordHeartbeat:
		return s.wasted()
	}
	return garbledf("unexpected record of type %d", kind)
}

// changeCipherSpec is noise at TLS 1.3 (RFC 8446, section 5). Before it, after
// a ServerHello, it means that the server resumed and the rest is encrypted.
func (s *session) changeCipherSpec() error {
	a := s.answer
	if a.Kind != KindServerHello || a.Version >= TLS13 {
		return s.wasted()
	}
	if s.flight {
		return garbledf("change_cipher_spec in the middle of the server's flight")
	}
	a.Resumed, s.over = true, true
	return nil
}

// alert handles an alert record. Warnings are read past, but for close_notify;
// TLS 1.3 has no warnings but user_canceled (RFC 8446, section 6).
func (s *session) alert(body []byte) error {
	if len(body) < 2 {
		return garbledf("alert of %d bytes", len(body))
	}
	alert := Alert{Level: body[0], Description: body[1]}
	if alert.Level != 1 && alert.Level != 2 {
		return garbledf("alert of level %d", alert.Level)
	}
	fatal := alert.Level == 2 || alert.Description == 0 || s.hidden != nil && alert.Description != 90
	if fatal {
		return &alert
	}
	s.answer.Warnings = append(s.answer.Warnings, alert)
	return s.wasted()
}

// messages reads every complete handshake message that is pending.
func (s *session) messages() error {
	for !s.over && len(s.pending) >= 4 {
		size := int(s.pending[1])<<16 | int(s.pending[2])<<8 | int(s.pending[3])
		if size > maxMessage {
			return tooLargef("a handshake message claims %d bytes", size)
		}
		if len(s.pending) < 4+size {
			return nil
		}
		message := s.pending[: 4+size : 4+size]
		s.pending = s.pending[4+size:]
		if err := s.handshake(message); err != nil {
			return err
		}
	}
	return nil
}

// conclude turns how the reading ended into the answer's kind and the error
// that the caller is to see.
func (s *session) conclude(err error) error {
	a := s.answer
	var alert *Alert
	if errors.As(err, &alert) {
		a.Alert = alert
	}
	if err == nil || a.Kind == KindServerHello || a.Kind == KindHelloRetry {
		if errors.Is(err, ErrGarbled) {
			a.Detail = err.Error()
		}
		return s.unreached(err)
	}
	switch {
	case alert != nil:
		a.Kind = KindAlert
		return nil
	case errors.Is(err, errNotTLS):
		return s.notTLS()
	case errors.Is(err, ErrGarbled):
		a.Kind, a.Detail, a.Banner = KindGarbled, err.Error(), s.in.head
		return nil
	}
	return s.cut(err)
}

// unreached says up to where an accepted hello was to be read.
func (s *session) unreached(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("reading answer up to the %s: %w", s.until, err)
}

func (s *session) notTLS() error {
	s.answer.Kind = KindNotTLS
	s.answer.Protocol, s.answer.Banner = protocolOf(s.in.head), s.in.head
	return nil
}

// cut is an answer that the reader ended before anything was whole.
func (s *session) cut(err error) error {
	a := s.answer
	switch {
	case len(a.Warnings) > 0:
		a.Kind, a.Alert = KindAlert, &a.Warnings[len(a.Warnings)-1]
	case s.in.total == 0:
		a.Kind = KindNothing
	case s.records == 0 && (protocolOf(s.in.head) != "" || isText(s.in.head)):
		return s.notTLS()
	default:
		a.Kind, a.Detail, a.Banner = KindGarbled, "cut short", s.in.head
	}
	return fmt.Errorf("reading answer up to the %s: %w", s.until, err)
}
