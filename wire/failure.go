// How a failure on the wire is called: classified once, in a closed set.

package wire

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"

	"middlebrick/observe"
)

var failures = []struct {
	is  error
	why observe.Why
}{
	{context.Canceled, observe.Cancelled},
	{syscall.ECONNREFUSED, observe.Refused},
	{syscall.ECONNRESET, observe.Reset},
	{syscall.EPIPE, observe.Reset},
	{syscall.ECONNABORTED, observe.Reset},
	{os.ErrDeadlineExceeded, observe.Timeout},
	{context.DeadlineExceeded, observe.Timeout},
	{syscall.ETIMEDOUT, observe.Timeout},
	{syscall.ENETUNREACH, observe.Local},
	{syscall.EHOSTUNREACH, observe.Local},
	{syscall.EADDRNOTAVAIL, observe.Local},
	{syscall.EMFILE, observe.Local},
	{syscall.ENFILE, observe.Local},
	{ErrBlocked, observe.Scope},
	{io.ErrUnexpectedEOF, observe.Closed},
	{io.EOF, observe.Closed},
	{io.ErrClosedPipe, observe.Closed},
	{net.ErrClosed, observe.Closed},
}

// ErrBlocked is a dialled address that the policy refuses.
var ErrBlocked = errors.New("this address may not be scanned")

// Classify names a failure. What it does not know is garbled: something came, or
// broke, that could not be read.
func Classify(err error) observe.Why {
	for _, row := range failures {
		if errors.Is(err, row.is) {
			return row.why
		}
	}
	var dns *net.DNSError
	if errors.As(err, &dns) {
		if dns.IsTimeout {
			return observe.Timeout
		}
		return observe.Unnamed
	}
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return observe.Timeout
	}
	return observe.Garbled
}

// exhausted is true where this machine has run out of something that others may
// give back at any moment.
func exhausted(err error) bool {
	for _, errno := range []error{syscall.EMFILE, syscall.ENFILE, syscall.EADDRNOTAVAIL} {
		if errors.Is(err, errno) {
			return true
		}
	}
	return false
}

var words = map[observe.Why]string{
	observe.Refused:   "the connection was refused",
	observe.Reset:     "the connection was reset",
	observe.Closed:    "the connection was closed without an answer",
	observe.Timeout:   "no answer came in time",
	observe.Garbled:   "the answer could not be read",
	observe.Cancelled: "the scan was stopped",
	observe.Scope:     "this address may not be scanned",
	observe.Local:     "this machine could not connect",
}

// gap is the failure as a gap, in words that name what was being done.
func gap(err error, doing string) *observe.Gap {
	why := Classify(err)
	detail := doing + ": " + words[why]
	if why == observe.Garbled || why == observe.Local || why == observe.Unnamed {
		detail = doing + ": " + clean(told(err))
	}
	return &observe.Gap{Why: why, Detail: detail}
}

// told is an error's text without the resolver that was asked: its address is this
// network's affair.
func told(err error) string {
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		return dns.Err
	}
	return err.Error()
}

// clean keeps an error's words short and free of this machine's own addresses.
func clean(text string) string {
	if i := strings.Index(text, "->"); i >= 0 {
		text = text[i+2:]
	}
	if len(text) > 200 {
		text = text[:200] + "…"
	}
	return text
}
