// Quirks without a network: for tests that run inside of testing/synctest, where
// an hour of silence takes no time and every bound is exact.

package quirk

import (
	"context"
	"fmt"
	"net"
	"testing"

	"middlebrick/testbed/ca"
)

// Pipe serves the named quirk over net.Pipe: every call of the function that it
// gives is one connection. What the quirk does to its socket (buffers, resets)
// has no effect there; a reset is a close.
func Pipe(tb testing.TB, name string, o Options) (*Server, func(context.Context, string, string) (net.Conn, error)) {
	tb.Helper()
	chosen, ok := all()[name]
	if !ok {
		tb.Fatalf("no quirk is called %q; there are %v", name, Names())
	}
	if o.Pair.Key == nil {
		o.Pair = ca.New().GoodRSA("app.test", "localhost", "127.0.0.1")
	}
	s := newServer(o)
	tb.Cleanup(s.stop)
	return s, func(context.Context, string, string) (net.Conn, error) {
		near, far := net.Pipe()
		number := int(s.accepted.Add(1))
		if !s.keep(far) {
			return nil, fmt.Errorf("the quirk %s has ended", name)
		}
		s.running.Go(func() {
			defer s.forget(far)
			chosen.serve(&conn{Conn: far, server: s, options: s.options, number: number})
		})
		return near, nil
	}
}
