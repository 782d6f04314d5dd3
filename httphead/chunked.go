// The reader of chunked transfer coding (RFC 9112 section 7.1).

package httphead

import (
	"errors"
	"strconv"
	"strings"
)

const (
	// chunkOverhead is what chunk lines may cost beyond what their chunks earn.
	// net/http draws the same line (internal/chunked.go): 3 KB of extension for
	// each byte of content is an attack, a word of extension is not.
	chunkOverhead = 16 << 10
	maxChunkLine  = 4 << 10
	maxTrailer    = 16 << 10
)

// chunks takes chunks up to the last one and the trailer after it, whose fields
// are not kept.
func (w *wire) chunks() error {
	excess := 0
	for {
		lines := &lineReader{r: w.r, left: maxChunkLine}
		line, err := lines.next()
		if errors.Is(err, ErrTooLarge) {
			return w.abuse("chunk line of more than %d bytes", maxChunkLine)
		}
		if err != nil {
			return w.ended(err, "ended inside the chunked coding")
		}
		size, ok := chunkSize(line)
		if !ok {
			return w.abuse("chunk size is not a hexadecimal number")
		}
		if size == 0 {
			return w.trailer()
		}
		excess = max(0, excess+len(line)-16-2*int(min(size, MaxBody)))
		if excess > chunkOverhead {
			return w.abuse("chunk extensions outweigh the content")
		}
		if done, err := w.chunk(size); done || err != nil {
			return err
		}
	}
}

// chunk takes one chunk and the line end after it.
func (w *wire) chunk(size int64) (done bool, err error) {
	room := w.limit - len(w.body.Bytes)
	if size > int64(room) {
		err := w.take(room)
		if err == nil {
			w.truncate()
		}
		return true, w.ended(err, "ended inside a chunk")
	}
	if err := w.take(int(size)); err != nil {
		return true, w.ended(err, "ended inside a chunk")
	}
	lines := &lineReader{r: w.r, left: len("\r\n")}
	line, err := lines.next()
	if errors.Is(err, ErrTooLarge) || err == nil && line != "" {
		return true, w.abuse("chunk is longer than its size")
	}
	if err != nil {
		return true, w.ended(err, "ended after a chunk")
	}
	return false, nil
}

// trailer reads to the empty line. The content is whole already, so that its
// end is no loss.
func (w *wire) trailer() error {
	lines := &lineReader{r: w.r, left: maxTrailer}
	for {
		if line, err := lines.next(); err != nil || line == "" {
			return nil
		}
	}
}

// abuse ends a body whose framing can no longer be believed.
func (w *wire) abuse(format string, args ...any) error {
	w.body.Short = true
	w.body.say(format, args...)
	return nil
}

// chunkSize reads the size before any extension. Blanks after it are borne, as
// Chromium's HttpChunkedDecoder bears them; a sign or "0x" is not.
func chunkSize(line string) (int64, bool) {
	digits, _, _ := strings.Cut(line, ";")
	digits = strings.TrimRight(digits, blanks)
	if digits == "" || strings.Trim(digits, "0123456789abcdefABCDEF") != "" {
		return 0, false
	}
	size, err := strconv.ParseInt(digits, 16, 64)
	return size, err == nil
}
