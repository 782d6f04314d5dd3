// The reader of heads: interim responses, lines, and where a head begins.

package httphead

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// slop is how many bytes of junk Chromium skips before "HTTP"
// (net/http/http_util.cc, LocateStartOfStatusLine): stray line ends, the rest
// of a body that ran over its Content-Length.
const slop = 4

// ReadHead reads the head of the next final response, passing over interim ones
// (RFC 9110 section 15.2). A 101 ends the reading too: nothing that follows it
// is HTTP.
//
// Where it fails the head holds what came before, and the error is a
// *NotHTTPError for HTTP/0.9 and other protocols, ErrTooLarge for a head past
// the limits, otherwise the reader's own, wrapped (io.EOF where nothing at all
// was sent, io.ErrUnexpectedEOF inside a head). A field that was cut off is not
// kept.
func ReadHead(r *bufio.Reader) (Head, error) {
	lines := &lineReader{r: r, left: MaxHead}
	interim, malformed := 0, []string{}
	for {
		h, err := readOne(lines, malformed)
		h.Interim = interim
		if err != nil {
			return h, fmt.Errorf("reading response head: %w", err)
		}
		if !isInterim(h.Status) {
			return h, nil
		}
		if interim++; interim > MaxInterim {
			h.Interim = interim
			return h, fmt.Errorf("reading response head: more than %d interim responses: %w", MaxInterim, ErrTooLarge)
		}
		malformed = h.Malformed
	}
}

// readOne reads one head, interim or final. The framing is judged even where
// the head was cut short: two lengths stay two lengths.
func readOne(lines *lineReader, malformed []string) (Head, error) {
	b := builder{head: Head{Fields: []Field{}, Malformed: malformed}}
	junk, err := skipJunk(lines.r)
	if err != nil {
		return b.head, err
	}
	line, err := lines.next()
	if err != nil {
		return b.head, fmt.Errorf("status line: %w", inside(err))
	}
	if junk > 0 {
		b.head.note("%d bytes before the status line", junk)
	}
	b.statusLine(line)
	for n := 2; err == nil; n++ {
		line, err = lines.next()
		switch {
		case err != nil:
			err = fmt.Errorf("line %d: %w", n, inside(err))
		case line == "":
			b.finish()
			return b.head, nil
		default:
			b.line(n, line)
		}
	}
	b.finish()
	return b.head, err
}

// isInterim holds for the 1xx responses that another response follows.
func isInterim(status int) bool { return status >= 100 && status <= 199 && status != 101 }

func inside(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// skipJunk moves to the first "HTTP" and says how many bytes it passed over.
func skipJunk(r *bufio.Reader) (int, error) {
	first, err := r.Peek(slop + len("HTTP/1"))
	if len(first) == 0 {
		return 0, err
	}
	for i := 0; i <= slop && i < len(first); i++ {
		if beginsHTTP(first[i:]) {
			return r.Discard(i)
		}
	}
	if err != nil && len(first) < len("HTTP/1") && strings.HasPrefix("HTTP/1", string(first)) {
		return 0, fmt.Errorf("status line: %w", inside(err))
	}
	sent, _ := r.Peek(min(r.Buffered(), 64))
	refusal := &NotHTTPError{First: append([]byte{}, sent...)}
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, errors.Join(refusal, err)
	}
	return 0, refusal
}

// beginsHTTP tells a status line from a URL ("http://…") in other junk.
func beginsHTTP(b []byte) bool {
	if len(b) < 6 || !strings.EqualFold(string(b[:4]), "http") {
		return false
	}
	return b[4] == ' ' || b[4] == '/' && b[5] != '/'
}

// lineReader hands out lines and counts what they cost.
type lineReader struct {
	r    *bufio.Reader
	left int // bytes that may still be read
}

// next returns the next line without its end. A bare LF ends a line as well as
// CRLF does (RFC 9112 section 2.2).
func (l *lineReader) next() (string, error) {
	var line []byte
	for {
		part, err := l.r.ReadSlice('\n')
		if l.left -= len(part); l.left < 0 {
			return "", ErrTooLarge
		}
		line = append(line, part...)
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil {
			return "", err
		}
		text := strings.TrimSuffix(string(line), "\n")
		return strings.TrimSuffix(text, "\r"), nil
	}
}
