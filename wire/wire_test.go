// What the wire promises: failures named once, credentials sent to one form
// alone, nothing outside of the target, budgets that end in gaps.

package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"middlebrick/httphead"
	"middlebrick/observe"
	"middlebrick/target"
)

func TestFailuresAreClassifiedOnce(t *testing.T) {
	for err, want := range map[error]observe.Why{
		&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}: observe.Refused,
		&net.OpError{Op: "read", Err: os.NewSyscallError("read", syscall.ECONNRESET)}:      observe.Reset,
		&net.OpError{Op: "write", Err: os.NewSyscallError("write", syscall.EPIPE)}:         observe.Reset,
		&net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}:                              observe.Timeout,
		fmt.Errorf("x: %w", context.DeadlineExceeded):                                      observe.Timeout,
		context.Canceled:                         observe.Cancelled,
		io.EOF:                                   observe.Closed,
		fmt.Errorf("x: %w", io.ErrUnexpectedEOF): observe.Closed,
		os.NewSyscallError("connect", syscall.ENETUNREACH):   observe.Local,
		os.NewSyscallError("connect", syscall.EHOSTUNREACH):  observe.Local,
		os.NewSyscallError("socket", syscall.EMFILE):         observe.Local,
		os.NewSyscallError("bind", syscall.EADDRNOTAVAIL):    observe.Local,
		&net.DNSError{Err: "no such host", IsNotFound: true}: observe.Unnamed,
		&net.DNSError{Err: "timeout", IsTimeout: true}:       observe.Timeout,
		errors.New("tls: something odd"):                     observe.Garbled,
	} {
		if got := Classify(err); got != want {
			t.Errorf("Classify(%v) = %s, want %s", err, got, want)
		}
	}
}

// fake serves every connection from one function, over pipes.
type fake struct {
	mu      sync.Mutex
	heads   []string
	dialled []string
	answer  string
	hold    bool // keep the connection open after the answer
}

func (f *fake) dial(_ context.Context, _, address string) (net.Conn, error) {
	near, far := net.Pipe()
	f.mu.Lock()
	f.dialled = append(f.dialled, address)
	f.mu.Unlock()
	go func() {
		defer far.Close()
		buffer := make([]byte, 8192)
		n, _ := far.Read(buffer)
		f.mu.Lock()
		f.heads = append(f.heads, string(buffer[:n]))
		f.mu.Unlock()
		_, _ = io.WriteString(far, f.answer)
		if f.hold {
			_, _ = io.Copy(io.Discard, far)
		}
	}()
	return near, nil
}

func wireTo(t *testing.T, address string, f *fake, change func(*Options)) (*Wire, *observe.Recorder) {
	t.Helper()
	to, err := target.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	rec := observe.NewRecorder(observe.Header{}, time.Now, []byte("k"))
	opts := Options{Target: to, UserAgent: "middlebrick/test", Limits: Standard(), Dial: f.dial,
		Resolve: func(context.Context, string) ([]netip.Addr, error) {
			return []netip.Addr{netip.MustParseAddr("192.0.2.1")}, nil
		}}
	if change != nil {
		change(&opts)
	}
	w := New(opts, rec)
	if _, gap := w.Resolve(t.Context()); gap != nil {
		t.Fatal(gap)
	}
	return w, rec
}

const small = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

func TestCredentialsGoToTheNamedFormAlone(t *testing.T) {
	f := &fake{answer: small}
	w, _ := wireTo(t, "https://api.test/", f, func(o *Options) {
		o.Headers = []httphead.Field{{Name: "Authorization", Value: "Bearer very-secret-token"}, {Name: "X-API-Key", Value: "another-secret-key"}}
	})
	if _, gap := w.Get(t.Context(), Request{URL: "http://api.test/"}); gap != nil {
		t.Fatal(gap)
	}
	if sent := strings.Join(f.heads, ""); strings.Contains(sent, "secret") {
		t.Errorf("credentials given for https were sent in clear:\n%s", sent)
	}
	w, _ = wireTo(t, "http://api.test/", f, func(o *Options) {
		o.Headers = []httphead.Field{{Name: "Authorization", Value: "Bearer very-secret-token"}}
	})
	f.heads = nil
	_, _ = w.Get(t.Context(), Request{URL: "http://api.test/"})
	_, _ = w.Get(t.Context(), Request{URL: "http://api.test/", Host: "forged.invalid"})
	if !strings.Contains(f.heads[0], "very-secret-token") || strings.Contains(f.heads[1], "very-secret-token") {
		t.Errorf("credentials belong to the target's own form and to no forged name:\n%q", f.heads)
	}
}

func TestNothingOutsideOfTheTargetIsAsked(t *testing.T) {
	f := &fake{answer: small}
	w, _ := wireTo(t, "https://api.test/", f, nil)
	for _, req := range []Request{
		{URL: "http://other.test/"}, {URL: "http://api.test:8080/"}, {URL: "https://api.test:444/"}, {URL: "ftp://api.test/"},
		{URL: "file:///etc/passwd"}, {URL: "http://169.254.169.254/"}, {URL: "http://api.test/", Method: "POST"},
		{URL: "http://api.test/", Method: "DELETE"}, {URL: "http://api.test/", Host: "a\r\nX: y"}, {URL: "http://api.test@other.test/"},
	} {
		if _, gap := w.Get(t.Context(), req); gap == nil || gap.Why != observe.Scope {
			t.Errorf("%+v: %v, want out of scope", req, gap)
		}
	}
	if len(f.dialled) > 0 {
		t.Errorf("dialled %v", f.dialled)
	}
}

func TestMetadataIsNeverDialled(t *testing.T) {
	for _, address := range []string{"169.254.169.254", "169.254.170.2", "fd00:ec2::254", "100.100.100.200", "168.63.129.16", "192.0.0.192",
		"::ffff:169.254.169.254", "224.0.0.1", "0.0.0.0", "::"} {
		if err := PermitAll(netip.AddrPortFrom(netip.MustParseAddr(address), 80)); err == nil {
			t.Errorf("%s may be dialled", address)
		}
	}
	for _, address := range []string{"127.0.0.1", "10.0.0.1", "::1", "192.0.2.1"} {
		if err := PermitAll(netip.AddrPortFrom(netip.MustParseAddr(address), 80)); err != nil {
			t.Errorf("%s may not be dialled: %v", address, err)
		}
	}
}

func TestSpentBudgetIsAGap(t *testing.T) {
	f := &fake{answer: small}
	w, _ := wireTo(t, "http://api.test/", f, func(o *Options) { o.Limits.Requests = 2 })
	for i := range 4 {
		_, gap := w.Get(t.Context(), Request{URL: fmt.Sprintf("http://api.test/%d", i)})
		if (gap == nil) != (i < 2) || gap != nil && gap.Why != observe.Budget {
			t.Errorf("request %d: %v", i, gap)
		}
	}
}

func TestOneExchangeIsSharedByAllWhoAsk(t *testing.T) {
	f := &fake{answer: small}
	w, _ := wireTo(t, "http://api.test/", f, nil)
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() { _, _ = w.Get(t.Context(), Request{URL: "http://api.test/"}) })
	}
	all.Wait()
	if len(f.dialled) != 1 {
		t.Errorf("asked %d times", len(f.dialled))
	}
}

func TestSlowDownIsObeyedWithinBounds(t *testing.T) {
	for _, row := range []struct {
		after string
		asked int
		took  time.Duration
	}{{"3", 2, 3 * time.Second}, {"999999", 1, 0}} {
		synctest.Test(t, func(t *testing.T) {
			f := &fake{answer: "HTTP/1.1 429 Too Many Requests\r\nRetry-After: " + row.after + "\r\nContent-Length: 0\r\n\r\n"}
			w, _ := wireTo(t, "http://api.test/", f, nil)
			begun := time.Now()
			_, gap := w.Get(t.Context(), Request{URL: "http://api.test/"})
			if gap == nil || gap.Why != observe.Throttled || len(f.dialled) != row.asked || time.Since(begun) != row.took {
				t.Errorf("Retry-After %s: %v after %d requests and %v", row.after, gap, len(f.dialled), time.Since(begun))
			}
		})
	}
}

func TestGateKeepsItsWidth(t *testing.T) {
	g := newGate(6)
	for range 2 {
		if err := g.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := g.enter(ended); err == nil {
		t.Error("a third was let in before the gate was widened")
	}
	g.widen()
	for range 4 {
		if err := g.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	g.narrow()
	for range 5 {
		g.leave()
	}
	if err := g.enter(ended); err == nil {
		t.Error("a narrowed gate let a second one in")
	}
	g.leave()
	if err := g.enter(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestResolversAddressIsNotTold(t *testing.T) {
	got := gap(&net.DNSError{Err: "no such host", Name: "api.example", Server: "10.9.8.7:53", IsNotFound: true}, "resolving api.example")
	if want := "resolving api.example: no such host"; got.Detail != want || got.Why != observe.Unnamed {
		t.Errorf("%s %q, want %q", got.Why, got.Detail, want)
	}
}
