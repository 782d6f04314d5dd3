// Records: the outer frames of SSLv3 and TLS, and the limits on how much of a
// hostile stream is read.

package tlshello

import (
	"errors"
	"fmt"
	"io"
)

// The limits. A server that needs more is told apart from one that is broken
// by no client either: crypto/tls and OpenSSL stop at like numbers.
const (
	maxMessage = 256 << 10 // bytes of one handshake message
	maxTotal   = 400 << 10 // bytes of one answer
	maxRecords = 1024      // so a hello cut into single bytes is still read
	maxUseless = 16        // records that move nothing on
	maxBanner  = 256       // bytes kept of what is not TLS
)

// ErrGarbled is in every error that says that the server's bytes broke the
// protocol or a limit, so that errors.Is tells it from the reader's own errors.
var ErrGarbled = errors.New("garbled answer")

// ErrTooLarge is, beside ErrGarbled, in the error of an answer that may be
// well-formed but is larger than anybody reads: a handshake message of more
// than 256 KiB, such as a certificate with 20,000 names, or 400 KiB in all.
var ErrTooLarge = errors.New("answer too large")

func garbledf(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrGarbled, fmt.Sprintf(format, args...))
}

func tooLargef(format string, args ...any) error {
	return fmt.Errorf("%w: %w: %s", ErrGarbled, ErrTooLarge, fmt.Sprintf(format, args...))
}

// input counts what is read and keeps the beginning of it.
type input struct {
	r     io.Reader
	total int
	head  []byte
}

// full fills p. At the end of the stream the error is io.EOF if nothing came
// and io.ErrUnexpectedEOF if p was begun.
func (in *input) full(p []byte) error {
	if in.total+len(p) > maxTotal {
		return tooLargef("more than %d bytes without an end", maxTotal)
	}
	n, err := io.ReadFull(in.r, p)
	in.count(p[:n])
	return err
}

// some reads once, what there is.
func (in *input) some(p []byte) (int, error) {
	n, err := in.r.Read(p)
	n = max(0, min(n, len(p)))
	in.count(p[:n])
	return n, err
}

func (in *input) count(p []byte) {
	in.total += len(p)
	if room := maxBanner - len(in.head); room > 0 {
		in.head = append(in.head, p[:min(room, len(p))]...)
	}
}

// looksTLS tells whether five bytes are the header of a record.
func looksTLS(header []byte) bool {
	return header[0] >= recordChangeCipherSpec && header[0] <= recordHeartbeat && header[1] == 3 && header[2] <= 4
}

// record reads the body of one record whose header is at hand. A record may
// exceed the plaintext limit by what encryption adds: 2,048 bytes before TLS
// 1.3, 256 since (RFC 5246, section 6.2.3; RFC 8446, section 5.2).
func (s *session) record(header []byte) ([]byte, error) {
	if s.records++; s.records > maxRecords {
		return nil, garbledf("more than %d records", maxRecords)
	}
	size := int(header[3])<<8 | int(header[4])
	limit := maxPlaintext
	if header[0] == recordData {
		limit += 256
	}
	if size > limit {
		return nil, garbledf("a record claims %d bytes", size)
	}
	body := make([]byte, size)
	if err := s.in.full(body); err != nil {
		return nil, fmt.Errorf("reading record: %w", cutShort(err))
	}
	return body, nil
}

// cutShort says that an end inside a record is not a clean one.
func cutShort(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// wasted counts a record or message that moves nothing on.
func (s *session) wasted() error {
	if s.useless++; s.useless > maxUseless {
		return garbledf("more than %d useless records", maxUseless)
	}
	return nil
}
