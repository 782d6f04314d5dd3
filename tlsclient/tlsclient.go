// Package tlsclient finishes TLS handshakes as a client that may misbehave: it
// says the hello that it is given, computes in old ciphers, verifies nobody, and
// lets its caller alter what it sends.
//
// Libraries refuse what a scanner must do beyond the hello: records with wrong
// padding, a resumption with an odd session id, a renegotiation. Here
// [Handshake] turns a [tlshello.Client] into a [Session] over any
// [io.ReadWriter], from SSLv3 to TLS 1.3. Nothing opens a connection, reads a
// clock or rolls dice: keys come from the seed that the caller gives, so nothing
// secret may be sent through a session whose seed others know.
package tlsclient

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"middlebrick/tlshello"
)

// ErrUnsupported is in the error of a handshake whose suite, group or version
// this package cannot compute. The target has done nothing wrong.
var ErrUnsupported = errors.New("cannot be computed here")

// ErrGarbled is in the error of a handshake or record in which the server broke
// the protocol.
var ErrGarbled = tlshello.ErrGarbled

// ErrNotTLS is in the error of a handshake that another protocol answered.
var ErrNotTLS = errors.New("the answer is not TLS")

// Options say how a handshake goes.
type Options struct {
	// Seed makes our private keys. When empty, everybody on the path can compute
	// them: the hello's Random makes them, and those of curves are always the same.
	Seed []byte
	// Resume asks for an earlier session; Handshake puts it into the hello.
	Resume *Resumption
}

// A Session is a connection with a finished handshake.
type Session struct {
	Hello   tlshello.Client // as it was sent, the last one where there were two
	Answer  tlshello.Answer // up to the end of the server's flight
	Version tlshello.Version
	Suite   tlshello.Suite
	Resumed bool
	Tickets []Ticket // in the order received; at TLS 1.3 ReadRecord adds to them
	// EarlyData is true where the server said that it takes up early data.
	EarlyData bool
	// Extensions are those of EncryptedExtensions, at TLS 1.3.
	Extensions []tlshello.Extension
	// CertificateRequested is true where the server asked for a certificate of
	// ours; it got an empty one.
	CertificateRequested bool

	rw         io.ReadWriter
	in         io.Reader // what is read next, rw at last
	seed       []byte
	secret     bool  // nobody else knows the seed
	read       *half // nil: in the clear
	write      *half
	recipe     recipe
	master     []byte // up to TLS 1.2
	ours       []byte // verify_data of our Finished
	theirs     []byte
	transcript []byte
	pending    []byte // handshake bytes that are not yet a message
	total      int    // bytes received since the last handshake began
	secrets13
}

// Handshake says the hello and finishes the handshake. The Session is never nil;
// with an error, what it says of the answer holds and it can send nothing. The
// error wraps the [*tlshello.Alert] that refused us, [ErrUnsupported],
// [ErrGarbled], [ErrNotTLS], or the error of rw.
func Handshake(rw io.ReadWriter, hello tlshello.Client, opt Options) (*Session, error) {
	s := &Session{rw: rw, seed: slices.Clone(opt.Seed), secret: len(opt.Seed) > 0, Tickets: []Ticket{}, Extensions: []tlshello.Extension{}}
	if len(s.seed) == 0 {
		s.seed = slices.Clone(hello.Random[:])
	}
	err := s.handshake(hello, opt.Resume)
	if err != nil {
		return s, fmt.Errorf("handshake: %w", err)
	}
	return s, nil
}

func (s *Session) handshake(hello tlshello.Client, resume *Resumption) error {
	if hello.Version == tlshello.SSL2 || hello.SSL2Format {
		return fmt.Errorf("%w: SSLv2", ErrUnsupported)
	}
	hello, err := resume.offer(hello)
	if err != nil {
		return err
	}
	raw, err := s.ask(hello)
	if err != nil {
		return err
	}
	if s.Answer.Kind == tlshello.KindHelloRetry {
		if raw, err = s.retry(resume); err != nil {
			return err
		}
	}
	s.Version, s.Suite = s.Answer.Version, s.Answer.Suite
	if s.Version >= tlshello.TLS13 {
		s.in = io.MultiReader(bytes.NewReader(raw), s.rw)
		return s.handshake13(resume)
	}
	return s.handshake12(raw, resume)
}

// ask sends a hello and reads the server's flight; raw is all that was read.
func (s *Session) ask(hello tlshello.Client) (raw []byte, err error) {
	s.Hello, s.in = hello, s.rw
	out, err := hello.Marshal()
	if err != nil {
		return nil, err
	}
	if _, err := s.rw.Write(out); err != nil {
		return nil, err
	}
	tape := &tape{r: s.rw}
	s.Answer, err = tlshello.ReadAnswer(tape, hello, tlshello.UntilDone)
	s.total = len(tape.kept)
	return tape.kept, verdict(s.Answer, err)
}

// retry says the second hello that a HelloRetryRequest asks for.
func (s *Session) retry(resume *Resumption) (raw []byte, err error) {
	again, ok := s.Hello.Retry(s.Answer)
	if !ok {
		return nil, fmt.Errorf("%w: no second hello for group %s", ErrUnsupported, s.Answer.Group)
	}
	if again, err = resume.rebind(again); err != nil {
		return nil, err
	}
	if raw, err = s.ask(again); err != nil {
		return nil, err
	}
	if s.Answer.Kind != tlshello.KindServerHello {
		return nil, fmt.Errorf("%w: a second HelloRetryRequest", ErrGarbled)
	}
	return raw, nil
}

// verdict says whether the handshake can go on. What tlshello cannot decrypt may
// rest on a secret that it does not know.
func verdict(a tlshello.Answer, err error) error {
	switch {
	case a.Kind == tlshello.KindHelloRetry:
		return nil
	case a.Kind == tlshello.KindServerHello && a.Version == tlshello.TLS13 && errors.Is(err, tlshello.ErrCannotDecrypt):
		return nil
	case a.Kind == tlshello.KindServerHello:
		return err
	case a.Kind == tlshello.KindAlert && a.Alert != nil:
		return a.Alert
	case a.Kind == tlshello.KindNotTLS:
		return fmt.Errorf("%w: it speaks %q", ErrNotTLS, a.Protocol)
	case err != nil:
		return err
	}
	return fmt.Errorf("%w: %s", ErrGarbled, a.Detail)
}

// A tape keeps what is read through it.
type tape struct {
	r    io.Reader
	kept []byte
}

func (t *tape) Read(p []byte) (int, error) {
	n, err := t.r.Read(p)
	t.kept = append(t.kept, p[:n]...)
	return n, err
}
