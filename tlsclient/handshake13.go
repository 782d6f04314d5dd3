// Handshakes of TLS 1.3 behind the ServerHello (RFC 8446 section 2), and what the
// server says after them (section 4.6).

package tlsclient

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/crypto/cryptobyte"

	"middlebrick/tlshello"
)

// Extensions of TLS 1.3 that hellos here carry only to resume (RFC 8446 section
// 4.2).
const (
	extPreSharedKey uint16 = 41
	extEarlyData    uint16 = 42
)

// mostTickets is how many tickets are kept.
const mostTickets = 16

func (s *Session) handshake13(resume *Resumption) error {
	var ok bool
	if s.protection, ok = s.Suite.Protection13(); !ok || s.Version != tlshello.TLS13 {
		return unsupported(s.Suite)
	}
	psk, err := s.acceptedKey(resume)
	if err != nil {
		return err
	}
	shared, err := s.Hello.Shared(s.Answer.Group, s.Answer.Public)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnsupported, err)
	}
	hello, err := s.Hello.Message()
	if err != nil {
		return err
	}
	s.transcript = slices.Concat(s.Hello.Transcript, hello, s.Answer.ServerHello)
	s.early = s.extract(nil, psk)
	secret := s.extract(s.derive(s.early, "derived", nil), shared)
	s.client = s.derive(secret, "c hs traffic", s.transcript)
	s.server = s.derive(secret, "s hs traffic", s.transcript)
	s.secrets13.master = s.extract(s.derive(secret, "derived", nil), nil)
	if err := s.passServerHello(); err != nil {
		return err
	}
	if s.read, err = s.keyed(s.server); err != nil {
		return err
	}
	if err := s.flight13(); err != nil {
		return err
	}
	return s.answer13(hello)
}

// acceptedKey is the pre-shared key if the server took it; nil otherwise.
func (s *Session) acceptedKey(resume *Resumption) ([]byte, error) {
	data, took := s.Answer.Extension(extPreSharedKey)
	if !took {
		return nil, nil
	}
	if resume == nil || !bytes.Equal(data, []byte{0, 0}) || resume.Of.protection.Hash().Size() != s.size() {
		return nil, fmt.Errorf("%w: a pre-shared key that was not offered", ErrGarbled)
	}
	s.Resumed = true
	return resume.key(), nil
}

// passServerHello reads past the records that hold it.
func (s *Session) passServerHello() error {
	s.total = 0
	for {
		kind, plain, err := s.record()
		if err != nil {
			return err
		}
		if kind != Handshaking {
			continue // tlshello has read them before
		}
		whole, rest, err := messagesIn(s.pending, plain)
		s.pending = rest
		if err != nil || len(whole) > 0 {
			return err
		}
	}
}

// flight13 reads the server's encrypted flight up to its Finished.
func (s *Session) flight13() error {
	for {
		kind, plain, err := s.record()
		if err != nil {
			return err
		}
		if kind == ChangeCipherSpec {
			continue
		}
		if alert := AlertOf(kind, plain); alert != nil {
			return alert
		}
		if kind != Handshaking {
			return fmt.Errorf("%w: a record of type %d in the handshake", ErrGarbled, kind)
		}
		whole, rest, err := messagesIn(s.pending, plain)
		if err != nil {
			return err
		}
		s.pending = rest
		for _, m := range whole {
			done, err := s.received13(m)
			if done || err != nil {
				return err
			}
		}
	}
}

// received13 takes one message of the flight; done is true of its last.
func (s *Session) received13(m message) (done bool, err error) {
	switch m.kind() {
	case messageEncryptedExtensions:
		err = s.encryptedExtensions(m.body())
	case messageCertificateRequest:
		s.CertificateRequested = true
	case messageFinished:
		s.theirs = s.finished13(s.server, s.transcript)
		if !bytes.Equal(m.body(), s.theirs) {
			return true, fmt.Errorf("%w: the server's Finished is not what was computed", ErrGarbled)
		}
		done = true
	}
	s.transcript = append(s.transcript, m...)
	return done, err
}

func (s *Session) encryptedExtensions(body []byte) error {
	in := cryptobyte.String(body)
	var block cryptobyte.String
	ok := in.ReadUint16LengthPrefixed(&block)
	for ok && !block.Empty() {
		var number uint16
		var data cryptobyte.String
		if ok = block.ReadUint16(&number) && block.ReadUint16LengthPrefixed(&data); !ok {
			break
		}
		s.Extensions = append(s.Extensions, tlshello.Extension{Type: number, Data: bytes.Clone(data)})
		s.EarlyData = s.EarlyData || number == extEarlyData
	}
	if !ok {
		return fmt.Errorf("%w: the encrypted extensions do not add up", ErrGarbled)
	}
	return nil
}

// answer13 ends the handshake: an end of the early data that was never sent, an
// empty certificate, Finished (section 4.4 and 4.5).
func (s *Session) answer13(hello []byte) error {
	out := s.write.seal(ChangeCipherSpec, tlshello.TLS12, []byte{1}, nil)
	clientApp := s.derive(s.secrets13.master, "c ap traffic", s.transcript)
	serverApp := s.derive(s.secrets13.master, "s ap traffic", s.transcript)
	var err error
	if s.EarlyData {
		if s.write, err = s.keyed(s.derive(s.early, "c e traffic", slices.Concat(s.Hello.Transcript, hello))); err != nil {
			return err
		}
		out = append(out, s.says(messageEndOfEarlyData, nil)...)
	}
	if s.write, err = s.keyed(s.client); err != nil {
		return err
	}
	if s.CertificateRequested {
		out = append(out, s.says(messageCertificate, []byte{0, 0, 0, 0})...)
	}
	s.ours = s.finished13(s.client, s.transcript)
	out = append(out, s.says(messageFinished, s.ours)...)
	s.resumption = s.derive(s.secrets13.master, "res master", s.transcript)
	if s.write, err = s.keyed(clientApp); err != nil {
		return err
	}
	if s.read, err = s.keyed(serverApp); err != nil {
		return err
	}
	s.server, s.pending = serverApp, nil
	_, err = s.rw.Write(out)
	return err
}

// aside13 takes up what the server says behind the handshake. A request to change
// our own key is refused by silence; the server's new key is taken.
func (s *Session) aside13(m message) error {
	switch m.kind() {
	case messageNewSessionTicket:
		ticket, err := ticket13(m.body())
		if err != nil || len(s.Tickets) >= mostTickets {
			return err
		}
		s.Tickets = append(s.Tickets, ticket)
	case messageKeyUpdate:
		s.server = expandLabel(s.protection.Hash, s.server, "traffic upd", nil, s.size())
		next, err := s.keyed(s.server)
		if err != nil {
			return err
		}
		s.read = next
	}
	return nil
}

// ticket13 reads NewSessionTicket (section 4.6.1).
func ticket13(body []byte) (Ticket, error) {
	in := cryptobyte.String(body)
	var t Ticket
	var nonce, data, block cryptobyte.String
	ok := in.ReadUint32(&t.Lifetime) && in.ReadUint32(&t.AgeAdd) && in.ReadUint8LengthPrefixed(&nonce) &&
		in.ReadUint16LengthPrefixed(&data) && in.ReadUint16LengthPrefixed(&block) && in.Empty()
	t.Nonce, t.Data = bytes.Clone(nonce), bytes.Clone(data)
	for ok && !block.Empty() {
		var number uint16
		var value cryptobyte.String
		ok = block.ReadUint16(&number) && block.ReadUint16LengthPrefixed(&value)
		if ok && number == extEarlyData {
			t.EarlyData, ok = true, value.ReadUint32(&t.MaxEarlyData)
		}
	}
	if !ok {
		return Ticket{}, fmt.Errorf("%w: the ticket does not add up", ErrGarbled)
	}
	return t, nil
}

// key is the pre-shared key of a ticket.
func (r *Resumption) key() []byte {
	return expandLabel(r.Of.protection.Hash, r.Of.resumption, "resumption", r.Ticket.Nonce, r.Of.size())
}

// offer13 puts pre_shared_key at the end of the hello, with a binder that proves
// the key (section 4.2.11).
func (r *Resumption) offer13(hello tlshello.Client) (tlshello.Client, error) {
	if r.Ticket == nil {
		return hello, errors.New("resuming a session of TLS 1.3 without a ticket")
	}
	hello.Padding = false
	if r.EarlyData {
		hello.Extra = append(hello.Extra, tlshello.Extension{Type: extEarlyData, Data: []byte{}})
	}
	return r.bind(hello)
}

// rebind is offer13 for the hello after a HelloRetryRequest, in which there is no
// early data (section 4.1.2).
func (r *Resumption) rebind(hello tlshello.Client) (tlshello.Client, error) {
	if r == nil || r.Of.Version < tlshello.TLS13 {
		return hello, nil
	}
	hello.Extra = slices.DeleteFunc(slices.Clone(hello.Extra), func(e tlshello.Extension) bool {
		return e.Type == extEarlyData || e.Type == extPreSharedKey
	})
	return r.bind(hello)
}

func (r *Resumption) bind(hello tlshello.Client) (tlshello.Client, error) {
	size := r.Of.size()
	age := uint32(r.Age.Milliseconds()) + r.Ticket.AgeAdd
	var b cryptobyte.Builder
	b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
		b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(r.Ticket.Data) })
		b.AddUint32(age)
	})
	b.AddUint16(uint16(1 + size))
	b.AddUint8(uint8(size))
	b.AddBytes(make([]byte, size))
	data, err := b.Bytes()
	if err != nil {
		return hello, fmt.Errorf("offering a ticket: %w", err)
	}
	hello.Extra = append(hello.Extra, tlshello.Extension{Type: extPreSharedKey, Data: data})
	whole, err := hello.Message()
	if err != nil {
		return hello, fmt.Errorf("offering a ticket: %w", err)
	}
	early := r.Of.extract(nil, r.key())
	binderKey := r.Of.derive(early, "res binder", nil)
	upTo := len(whole) - (2 + 1 + size)
	copy(data[len(data)-size:], r.Of.finished13(binderKey, slices.Concat(hello.Transcript, whole[:upTo])))
	return hello, nil
}
