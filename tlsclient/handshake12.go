// Handshakes up to TLS 1.2 from the end of the server's first flight on (RFC 5246
// section 7.3, RFC 5077 section 3.1).

package tlsclient

import (
	"bytes"
	"fmt"
	"slices"

	"middlebrick/tlshello"
)

// Handshake message types (RFC 8446 section 4, RFC 5246 section 7.4).
const (
	messageHelloRequest        = 0
	messageServerHello         = 2
	messageNewSessionTicket    = 4
	messageEndOfEarlyData      = 5
	messageEncryptedExtensions = 8
	messageCertificate         = 11
	messageCertificateRequest  = 13
	messageCertificateVerify   = 15
	messageClientKeyExchange   = 16
	messageFinished            = 20
	messageKeyUpdate           = 24
)

func (s *Session) handshake12(raw []byte, resume *Resumption) error {
	var ok bool
	if s.recipe, ok = recipeOf(s.Suite); !ok || s.Version < tlshello.SSL3 {
		return unsupported(s.Suite)
	}
	if s.Answer.Compression != 0 {
		return fmt.Errorf("%w: compression %d", ErrUnsupported, s.Answer.Compression)
	}
	hello, err := s.Hello.Message()
	if err != nil {
		return err
	}
	s.transcript = hello
	if err := s.flight12(raw); err != nil {
		return err
	}
	s.CertificateRequested = s.Answer.ClientCertificateRequested
	if s.Answer.Resumed {
		return s.abbreviated(resume)
	}
	return s.full()
}

// flight12 takes the server's messages up to here into the transcript. It has been
// read before, so that records are whole.
func (s *Session) flight12(raw []byte) error {
	var stream []byte
	for len(raw) >= 5 {
		size := 5 + (int(raw[3])<<8 | int(raw[4]))
		if len(raw) < size {
			break
		}
		if raw[0] == Handshaking {
			stream = append(stream, raw[5:size]...)
		}
		raw = raw[size:]
	}
	whole, _, err := messagesIn(nil, stream)
	for _, m := range whole {
		if err == nil && m.kind() != messageHelloRequest {
			err = s.received(m)
		}
	}
	return err
}

// received takes one message of the server into the transcript.
func (s *Session) received(m message) error {
	s.transcript = append(s.transcript, m...)
	if m.kind() != messageNewSessionTicket {
		return nil
	}
	ticket, err := ticket12(m.body())
	if err == nil {
		s.Tickets = append(s.Tickets, ticket)
	}
	return err
}

// full answers a whole flight: key exchange, keys, Finished both ways.
func (s *Session) full() error {
	var out []byte
	if s.CertificateRequested {
		out = s.noCertificate()
	}
	premaster, exchange, err := s.premaster()
	if err != nil {
		return err
	}
	out = append(out, s.says(messageClientKeyExchange, exchange)...)
	s.makeMaster(premaster)
	sealed, server, err := s.change()
	if err != nil {
		return err
	}
	if _, err := s.rw.Write(append(out, sealed...)); err != nil {
		return err
	}
	return s.readFinished(server)
}

// abbreviated goes on with the keys of an earlier session. The server's
// ChangeCipherSpec has been read.
func (s *Session) abbreviated(resume *Resumption) error {
	if resume == nil || resume.Of.master == nil {
		return fmt.Errorf("%w: resumed a session that was not offered", ErrGarbled)
	}
	if resume.Of.Suite != s.Suite || resume.Of.Version != s.Version {
		return fmt.Errorf("%w: resumed a session of %s as one of %s with %s", ErrGarbled, resume.Of.Version, s.Version, s.Suite)
	}
	s.Resumed, s.master = true, bytes.Clone(resume.Of.master)
	_, server, err := s.makeKeys()
	if err != nil {
		return err
	}
	s.read = server
	if err := s.expectFinished(); err != nil {
		return err
	}
	sealed, _, err := s.change()
	if err != nil {
		return err
	}
	_, err = s.rw.Write(sealed)
	return err
}

// says is a handshake message of ours as a record, noted in the transcript.
func (s *Session) says(kind byte, body []byte) []byte {
	m := append([]byte{kind, byte(len(body) >> 16), byte(len(body) >> 8), byte(len(body))}, body...)
	s.transcript = append(s.transcript, m...)
	var out []byte
	for part := range slices.Chunk(m, 1<<14) {
		out = append(out, s.write.seal(Handshaking, s.Version, part, nil)...)
	}
	return out
}

// noCertificate answers a request with none; at SSLv3 that is an alert (RFC 6101
// section 5.6.6).
func (s *Session) noCertificate() []byte {
	if s.Version <= tlshello.SSL3 {
		return s.write.seal(Alert, s.Version, []byte{1, 41}, nil)
	}
	return s.says(messageCertificate, []byte{0, 0, 0})
}

// change is ChangeCipherSpec and our Finished, and the keys of the server.
func (s *Session) change() (out []byte, server *half, err error) {
	client, server, err := s.makeKeys()
	if err != nil {
		return nil, nil, err
	}
	s.ours = s.finished(true)
	out = s.write.seal(ChangeCipherSpec, s.Version, []byte{1}, nil)
	s.write = client
	return append(out, s.says(messageFinished, s.ours)...), server, nil
}

// readFinished reads up to the server's Finished: a ticket perhaps, and
// ChangeCipherSpec, after which its keys hold.
func (s *Session) readFinished(server *half) error {
	for {
		kind, plain, err := s.record()
		if err != nil {
			return err
		}
		switch kind {
		case ChangeCipherSpec:
			s.read = server
			return s.expectFinished()
		case Handshaking:
			err = s.receivedAll(plain)
		default:
			err = s.odd(kind, plain)
		}
		if err != nil {
			return err
		}
	}
}

func (s *Session) receivedAll(plain []byte) error {
	whole, rest, err := messagesIn(s.pending, plain)
	s.pending = rest
	for _, m := range whole {
		if err == nil {
			err = s.received(m)
		}
	}
	return err
}

// odd is what a record means that is no part of a handshake. Warnings are read
// past.
func (s *Session) odd(kind byte, plain []byte) error {
	alert := AlertOf(kind, plain)
	if alert == nil {
		return fmt.Errorf("%w: a record of type %d in the handshake", ErrGarbled, kind)
	}
	if alert.Level == 1 && alert.Description != 0 {
		return nil
	}
	return alert
}

// expectFinished reads the server's Finished and holds it against ours.
func (s *Session) expectFinished() error {
	s.theirs = s.finished(false)
	for {
		kind, plain, err := s.record()
		if err != nil {
			return err
		}
		if kind != Handshaking {
			if err := s.odd(kind, plain); err != nil {
				return err
			}
			continue
		}
		whole, rest, err := messagesIn(s.pending, plain)
		if err != nil {
			return err
		}
		if s.pending = rest; len(whole) == 0 {
			continue
		}
		if whole[0].kind() != messageFinished || !bytes.Equal(whole[0].body(), s.theirs) {
			return fmt.Errorf("%w: the server's Finished is not what was computed", ErrGarbled)
		}
		s.transcript = append(s.transcript, whole[0]...)
		return nil
	}
}
