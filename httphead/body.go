// The reader of bodies: bounded on the wire, bounded again when decoded.

package httphead

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// What a body may cost.
const (
	MaxBody    = 1 << 20 // bytes read from the wire
	MaxDecoded = 2 << 20 // bytes after decoding
	MaxRatio   = 100     // decoded bytes for one byte of the wire

	ratioFloor = 64 << 10 // below this a small repetitive page is no bomb
)

// Body is what was read of one response's content.
type Body struct {
	Bytes     []byte `json:"bytes"`
	Truncated bool   `json:"truncated"` // cut by a limit of ours; more was on offer
	Short     bool   `json:"short"`     // the peer ended it before its end, or broke its framing
	Encoding  string `json:"encoding"`  // Content-Encoding in lower case, "" for none
	Decoded   bool   `json:"decoded"`   // Bytes have had Encoding undone
	Problem   string `json:"problem"`   // why it is short, truncated or not decoded, in words
}

// Plain says that Bytes can be read as their media type says.
func (b Body) Plain() bool { return b.Encoding == "" || b.Decoded }

// ReadBody reads the content that belongs to a head that answered method, at
// most limit bytes of it (MaxBody where limit is 0, less or more than that).
// Memory grows with what arrives, never with what a length promises. One layer
// of gzip or deflate is undone; br, zstd and stacked codings stay as they came.
//
// The body read so far is returned in every case. An early end is Short, not an
// error; the error is the reader's own (a deadline, a reset), wrapped.
func ReadBody(r *bufio.Reader, h Head, method string, limit int) (Body, error) {
	if limit <= 0 || limit > MaxBody {
		limit = MaxBody
	}
	body := Body{Bytes: []byte{}, Encoding: contentEncoding(h)}
	if hasNoBody(h, method) {
		return body, nil
	}
	src := &wire{r: r, body: &body, limit: limit}
	var err error
	switch f := h.framing(); {
	case f.chunked:
		err = src.chunks()
	case f.length >= 0:
		err = src.exactly(f.length)
	default:
		err = src.untilClose()
	}
	body.decode()
	if err != nil {
		return body, fmt.Errorf("reading response body: %w", err)
	}
	return body, nil
}

// Framed says that the end of the body of such an answer shows without a close
// (RFC 9112 section 6.3), and that nothing about the head makes that doubtful.
func (h Head) Framed(method string) bool {
	f := h.framing()
	return len(h.Malformed) == 0 && !h.Smuggling && (hasNoBody(h, method) || f.chunked || f.length >= 0)
}

// hasNoBody follows RFC 9112 section 6.3, cases 1 and 2.
func hasNoBody(h Head, method string) bool {
	return method == "HEAD" || h.Status >= 100 && h.Status <= 199 || h.Status == 204 || h.Status == 304 ||
		method == "CONNECT" && h.Status >= 200 && h.Status <= 299
}

// contentEncoding leaves out identity, which changes nothing.
func contentEncoding(h Head) string {
	codings := []string{}
	for _, coding := range list(h.Values("Content-Encoding")) {
		if coding != "identity" && coding != "" {
			codings = append(codings, coding)
		}
	}
	return strings.Join(codings, ", ")
}

// wire takes bytes from the peer into a body.
type wire struct {
	r     *bufio.Reader
	body  *Body
	limit int
}

// exactly takes a body of known length.
func (w *wire) exactly(length int64) error {
	err := w.take(int(min(length, int64(w.limit))))
	if err == nil && length > int64(w.limit) {
		w.truncate()
	}
	return w.ended(err, "ended before its content-length")
}

// untilClose takes everything; an orderly close is the end.
func (w *wire) untilClose() error {
	err := w.take(w.limit)
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err != nil {
		return w.ended(err, "connection broke before it was closed")
	}
	if _, err := w.r.Peek(1); err == nil {
		w.truncate()
	}
	return nil
}

// take appends n bytes, fewer with an error. Capacity doubles with what has
// arrived and ends at the limit.
func (w *wire) take(n int) error {
	for n > 0 {
		b := w.body.Bytes
		if len(b) == cap(b) {
			grown := make([]byte, len(b), min(max(2*cap(b), 4<<10), w.limit))
			copy(grown, b)
			b = grown
		}
		got, err := w.r.Read(b[len(b):min(cap(b), len(b)+n)])
		w.body.Bytes = b[:len(b)+got]
		if n -= got; n > 0 && err != nil {
			return err
		}
	}
	return nil
}

// ended turns an early end into words and keeps other errors.
func (w *wire) ended(err error, problem string) error {
	if err == nil {
		return nil
	}
	w.body.Short = true
	w.body.say("%s", problem)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

func (w *wire) truncate() {
	w.body.Truncated = true
	w.body.say("more than %d bytes", w.limit)
}

// say keeps the first problem: what follows is its consequence.
func (b *Body) say(format string, args ...any) {
	if b.Problem == "" {
		b.Problem = fmt.Sprintf(format, args...)
	}
}
