// Groups C and H of the fault catalogue: connections, and doing no harm.

package scan_test

import (
	"context"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"middlebrick/observe"
	"middlebrick/scan"
	"middlebrick/testbed/quirk"
	"middlebrick/tlshello"
	"middlebrick/wire"
)

var connectionFaults = []fault{
	{id: "C01", prove: trouble{within: 6 * time.Second, change: dialling(swallowed)}.shows(unreachable(observe.Timeout))},
	{id: "C02", prove: trouble{within: time.Second}.shows(unreachable(observe.Refused))},
	{id: "C03", prove: trouble{quirk: "silent", within: 5 * time.Second}.shows(unreachable(observe.Timeout))},
	{id: "C04", prove: trouble{quirk: "close", within: time.Second}.shows(unreachable(observe.Closed))},
	{id: "C05", prove: trouble{quirk: "reset-after-1", within: 3 * time.Second}.shows(unreachable(observe.Closed))},
	{id: "C05 once", prove: trouble{quirk: "second-only", options: quirk.Options{Secure: true}}.shows(completely)},
	{id: "C06", prove: trouble{quirk: "drip", options: quirk.Options{Secure: true}, within: 10 * time.Second}.shows(unreachable(observe.Timeout))},
	{id: "C07", prove: trouble{quirk: "never-reads", within: 10 * time.Second}.shows(unreachable(observe.Timeout))},
	{id: "C08", prove: declaredPorts},
	{id: "C09", prove: trouble{quirk: "one-at-a-time", options: quirk.Options{Secure: true}}.shows(completely)},
	{id: "C10", prove: trouble{quirk: "throttled", options: quirk.Options{Secure: true, Count: 20}, within: 30 * time.Second}.shows(throttledAndUngraded)},
	{id: "C11", prove: trouble{within: 6 * time.Second, change: dialling(exhausted)}.shows(unreachable(observe.Local))},
	{id: "C11 passing", prove: passingExhaustion},
	{id: "C12", prove: interruptedScan},
}

var harmFaults = []fault{
	{id: "H01", prove: trouble{quirk: "slowing", options: quirk.Options{Secure: true, Count: 2}}.shows(completely)},
	{id: "H01 stops", prove: stopsAfterThree},
	{id: "H02", prove: oneConnectionForDevelopment},
	{id: "H03", prove: withinBudget},
	{id: "H04", later: "sharing a scan between two users is the server's"},
	{id: "H05", later: "the cool-down between two scans is the server's"},
	{id: "H06", prove: knownQuestionsAlone},
}

func dialling(dial dialer) func(*scan.Request) {
	return func(req *scan.Request) { req.Dial = dial }
}

func swallowed(ctx context.Context, _, _ string) (net.Conn, error) {
	<-ctx.Done()
	return nil, &net.OpError{Op: "dial", Err: ctx.Err()}
}

func exhausted(context.Context, string, string) (net.Conn, error) {
	return nil, &net.OpError{Op: "dial", Err: os.NewSyscallError("socket", syscall.EMFILE)}
}

// completely checks that a sound server behind a fault of the connection was read
// to the end: TLS 1.2 and 1.3 with all their suites.
func completely(t *testing.T, s seen) {
	versions, _, _ := observe.Get(s.rec, observe.TLSVersions)
	suites, _, _ := observe.Get(s.rec, observe.TLSSuites)
	for _, version := range []tlshello.Version{tlshello.TLS12, tlshello.TLS13} {
		if list := suites.Versions[version]; !versions[version].Accepted() || !list.Complete || len(list.Suites) < 3 {
			t.Errorf("%s: %+v, complete %v with %d suites: %s", version, versions[version], list.Complete, len(list.Suites), list.Detail)
		}
	}
	if got := why(s.rec, observe.SecurePages); got != "" {
		t.Errorf("no https page: %s", got)
	}
}

// A grade that is as bad as the caps make it may be told of what was seen; a good
// one never.
func throttledAndUngraded(t *testing.T, s seen) {
	noFalseNo(t, s)
	if s.report.Overall != nil && *s.report.Overall >= 40 || s.report.Attack.Answer == "no" {
		t.Errorf("grade %v, answer %s", *s.report.Overall, s.report.Attack.Answer)
	}
	throttled := slices.ContainsFunc(s.rec.Keys(), func(key string) bool {
		gap := s.rec.Entries[key].Gap
		return gap != nil && gap.Why == observe.Throttled
	})
	suites, _, _ := observe.Get(s.rec, observe.TLSSuites)
	for _, list := range suites.Versions {
		throttled = throttled || list.Why == observe.Throttled
	}
	if !throttled {
		t.Error("nothing is called throttled")
	}
}

// No port is touched but the two that the user named or implied.
func declaredPorts(t *testing.T) {
	seenAt := &dials{}
	trouble{quirk: "none", options: quirk.Options{Secure: true}, change: func(req *scan.Request) { req.Dial = seenAt.note(req.Dial) }}.shows(func(t *testing.T, s seen) {
		ports := slices.Clone(seenAt.all)
		slices.Sort(ports)
		if diff := cmp.Diff([]string{"127.0.0.1:443", "127.0.0.1:80"}, slices.Compact(ports)); diff != "" {
			t.Errorf("(-want +dialled):\n%s", diff)
		}
	})(t)
}

// A shortage of this machine that passes leaves no trace in the report.
func passingExhaustion(t *testing.T) {
	count := 0
	trouble{quirk: "none", options: quirk.Options{Secure: true}, change: func(req *scan.Request) {
		real := req.Dial
		seenAt := &dials{}
		req.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			seenAt.mu.Lock()
			count++
			short := count%5 == 0
			seenAt.mu.Unlock()
			if short {
				return exhausted(ctx, network, address)
			}
			return real(ctx, network, address)
		}
	}}.shows(completely)(t)
}

// A scan that the user stops ends at once; what was seen is judged and the rest
// is said to be cancelled.
func interruptedScan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		req := request(t, "https://"+host+"/")
		req.Dial = trouble{quirk: "drip-head", options: quirk.Options{Secure: true}}.dial(t)
		ctx, stop := context.WithCancel(t.Context())
		time.AfterFunc(3*time.Second, stop)
		begun := time.Now()
		rec, err := scan.Run(ctx, req, func(scan.Event) {})
		if err != nil {
			t.Fatal(err)
		}
		r := scan.Judge(rec, nil)
		if took := time.Since(begun); took > 3*time.Second || r.Status != "interrupted" || why(rec, observe.SecurePages) != observe.Cancelled {
			t.Errorf("took %v, status %s, https pages %q", took, r.Status, why(rec, observe.SecurePages))
		}
	})
}

// Three requests in a row that are not answered in time are enough.
func stopsAfterThree(t *testing.T) {
	trouble{quirk: "huge-length", options: quirk.Options{Secure: true}, within: 20 * time.Second}.shows(func(t *testing.T, s seen) {
		if asked := s.rec.End.Cost.Requests; asked > 6 {
			t.Errorf("%d requests were sent to a port that stands still", asked)
		}
	})(t)
}

// atOnce counts the connections that are open at the same time.
type atOnce struct {
	mu         sync.Mutex
	open, most int
}

func (a *atOnce) change(by int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.open += by
	a.most = max(a.most, a.open)
}

func (a *atOnce) count(dial dialer) dialer {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		a.change(1)
		return &counted{Conn: conn, all: a}, nil
	}
}

type counted struct {
	net.Conn
	all  *atOnce
	once sync.Once
}

func (c *counted) Close() error {
	c.once.Do(func() { c.all.change(-1) })
	return c.Conn.Close()
}

// Werkzeug's own server is asked one thing at a time from its first answer on; the
// two questions that find out what the ports speak come before it.
func oneConnectionForDevelopment(t *testing.T) {
	all, answers, most := &atOnce{}, 0, 0
	trouble{plain: "none", change: func(req *scan.Request) {
		real := all.count(req.Dial)
		req.Target.Scheme = "http"
		req.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := real(ctx, network, address)
			if err != nil {
				return nil, err
			}
			all.mu.Lock()
			defer all.mu.Unlock()
			if answers > 0 {
				most = max(most, all.open)
			}
			return &werkzeug{Conn: conn, answered: func() {
				all.mu.Lock()
				defer all.mu.Unlock()
				answers++
			}}, nil
		}
	}}.shows(func(t *testing.T, s seen) {
		if stack, _, _ := observe.Get(s.rec, observe.Recognised); stack.Development == "" {
			t.Error("the server was not recognised")
		}
		if answers < 3 || most != 1 {
			t.Errorf("%d answers, %d connections at once", answers, most)
		}
	})(t)
}

// A werkzeug makes a plain server's answer one of Werkzeug's.
type werkzeug struct {
	net.Conn
	answered func()
	late     bool
}

func (w *werkzeug) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	if text := string(p[:n]); strings.HasPrefix(text, "HTTP/1.1 200 OK\r\n") && !w.late {
		w.late = true
		w.answered()
		return copy(p, strings.Replace(text, "OK\r\n", "OK\r\nServer: Werkzeug/3.1.3 Python/3.13.5\r\n", 1)), err
	}
	return n, err
}

// A modern server costs no more than the catalogue allows.
func withinBudget(t *testing.T) {
	all := &atOnce{}
	trouble{quirk: "none", options: quirk.Options{Secure: true}, change: func(req *scan.Request) { req.Dial = all.count(req.Dial) }}.shows(func(t *testing.T, s seen) {
		if cost := s.rec.End.Cost; cost.Connections > 150 || cost.Requests > 200 || all.most > wire.Standard().Parallel {
			t.Errorf("%d connections, %d requests, %d at once", cost.Connections, cost.Requests, all.most)
		}
	})(t)
}

// knownQuestionsAlone holds that a scan sends nothing but GET, and only for
// addresses of its own list and such as the target's pages name.
func knownQuestionsAlone(t *testing.T) {
	trouble{quirk: "none", options: quirk.Options{Secure: true}}.shows(func(t *testing.T, s seen) {
		asked := []string{}
		for _, ref := range s.rec.Refs() {
			line, _, _ := strings.Cut(s.rec.Exchanges[ref].Sent, "\n")
			if strings.HasPrefix(string(ref), "http/") && !slices.Contains(asked, line) {
				asked = append(asked, line)
			}
		}
		slices.Sort(asked)
		want := []string{
			"GET / HTTP/1.1", "GET /?__debugger__=yes&cmd=resource&f=style.css HTTP/1.1", "GET /admin HTTP/1.1", "GET /api HTTP/1.1",
			"GET /apidocs HTTP/1.1", "GET /docs HTTP/1.1", "GET /login HTTP/1.1", "GET /middlebrick-no-such-page HTTP/1.1",
			"GET /openapi.json HTTP/1.1", "GET /static HTTP/1.1", "GET /users HTTP/1.1",
		}
		if diff := cmp.Diff(want, asked); diff != "" {
			t.Errorf("(-want +asked):\n%s", diff)
		}
	})(t)
}
