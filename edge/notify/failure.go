// Failures of the network in words, without a single address: an error that
// names what lies behind the server would tell a user what the guard hides.

package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"syscall"
)

// wordsBlocked is all that is ever said of a refusal by policy.
const wordsBlocked = "this server's policy does not allow it"

const wordsEnded = "the connection ended before an answer came"

const wordsNoTLS = "the receiver does not speak TLS there"

// failures are looked through in order; the first that the error is decides.
var failures = []struct {
	is    func(error) bool
	words string
}{
	{func(err error) bool { return errors.Is(err, context.Canceled) }, "this server stopped before an answer came"},
	{isTimeout, "no answer in time"},
	{isA[*net.DNSError], "the receiver's name could not be looked up"},
	{isA[*tls.CertificateVerificationError], "the receiver's certificate could not be verified"},
	{isA[x509.UnknownAuthorityError], "the receiver's certificate could not be verified"},
	{isA[x509.HostnameError], "the receiver's certificate is for another name"},
	{isA[x509.CertificateInvalidError], "the receiver's certificate is not valid"},
	{isA[tls.AlertError], "no TLS connection could be agreed on"},
	{isA[tls.RecordHeaderError], wordsNoTLS},
	{func(err error) bool { return errors.Is(err, http.ErrSchemeMismatch) }, wordsNoTLS},
	{func(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }, "nothing listens there"},
	{func(err error) bool { return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) }, "the connection was reset"},
	{func(err error) bool {
		return errors.Is(err, syscall.ENETUNREACH) || errors.Is(err, syscall.EHOSTUNREACH)
	}, "there is no way to the receiver"},
	{isEnd, wordsEnded},
}

func isA[T error](err error) bool {
	_, ok := errors.AsType[T](err)
	return ok
}

func isTimeout(err error) bool {
	late, ok := errors.AsType[net.Error](err)
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) || ok && late.Timeout()
}

func isEnd(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || errors.Is(err, io.ErrClosedPipe)
}

// failure is the receipt for an attempt that got no answer. A name that could not
// be looked up or a certificate that is out of date may be mended tomorrow, so
// all but the policy's word is tried again.
func (box Outbox) failure(err error) Receipt {
	if box.Blocked != nil && box.Blocked(err) {
		return Receipt{Outcome: Refused, Error: wordsBlocked}
	}
	for _, f := range failures {
		if f.is(err) {
			return Receipt{Outcome: Retry, Error: f.words}
		}
	}
	return Receipt{Outcome: Retry, Error: "no answer could be had"}
}
