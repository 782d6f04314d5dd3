// The fault catalogue (design FAULTS.tsv), groups A to F and H, as one table:
// each fault's stimulus against a whole scan, what must come of it, and in what
// time. Time is made up, so that every bound is exact and nothing waits.

package scan_test

import (
	"context"
	"errors"
	"fmt"
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
)

// A fault is one row: a proof, or the reason why it is for later.
type fault struct {
	id    string
	prove func(*testing.T)
	later string
}

// catalogue is how many faults each group has. Of groups that belong wholly to
// later parts only the reason stands here.
var catalogue = []struct {
	group string
	count int
	later string
}{
	{"A", 12, ""}, {"B", 10, ""}, {"C", 12, ""}, {"D", 22, ""}, {"E", 18, ""}, {"F", 30, ""}, {"H", 6, ""},
	{"G", 15, "the egress policy of the server"},
	{"I", 10, "the renderers' own tests hold these; I10 is TestSecretsReachNoOutput"},
	{"J", 24, "queue and storage of the server"},
	{"K", 13, "the server's API, keys and tenants"},
	{"L", 9, "webhooks, alerts and monitors"},
	{"M", 13, "the command line's own stories hold what is there of these"},
}

func faults() []fault {
	return slices.Concat(inputFaults, listFaults, nameFaults, connectionFaults, handshakeFaults, certificateFaults, answerFaults, harmFaults)
}

func TestFaults(t *testing.T) {
	primeResolver(t)
	later := 0
	for _, f := range faults() {
		if f.later != "" {
			t.Logf("later: %s: %s", f.id, f.later)
			later++
			continue
		}
		t.Run(f.id, f.prove)
	}
	for _, g := range catalogue {
		if g.later != "" {
			t.Logf("later: %s01 to %s%02d: %s", g.group, g.group, g.count, g.later)
			later += g.count
		}
	}
	t.Logf("%d faults are for later", later)
}

// TestEveryFaultHasItsRow holds the table to the catalogue: no id is missing, and
// none is both proven and put off.
func TestEveryFaultHasItsRow(t *testing.T) {
	var want []string
	for _, g := range catalogue {
		for n := range g.count {
			if g.later == "" {
				want = append(want, fmt.Sprintf("%s%02d", g.group, n+1))
			}
		}
	}
	var got []string
	for _, f := range faults() {
		id, _, _ := strings.Cut(f.id, " ")
		if (f.prove == nil) == (f.later == "") {
			t.Errorf("%s needs a proof or a reason, and not both", f.id)
		}
		if !slices.Contains(got, id) {
			got = append(got, id)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-catalogue +table):\n%s", diff)
	}
}

// A trouble is a target with a fault: a quirk behind the https port, another or
// none behind the http port.
type trouble struct {
	quirk   string
	options quirk.Options
	plain   string        // the quirk behind port 80; empty: it is closed
	within  time.Duration // the scan ends in that time
	change  func(*scan.Request)
}

// shows is a proof: the target is scanned and looked at.
func (s trouble) shows(check func(*testing.T, seen)) func(*testing.T) {
	return func(t *testing.T) {
		t.Helper()
		synctest.Test(t, func(t *testing.T) {
			req := request(t, "https://"+host+"/")
			req.Dial = s.dial(t)
			if s.change != nil {
				s.change(&req)
			}
			begun := time.Now()
			rec, err := scan.Run(context.Background(), req, func(scan.Event) {})
			if err != nil {
				t.Fatal(err)
			}
			got := seen{rec, scan.Judge(rec, nil), time.Since(begun)}
			if s.within > 0 && got.took > s.within {
				t.Errorf("took %v, at most %v was allowed", got.took, s.within)
			}
			check(t, got)
		})
	}
}

type dialer = func(context.Context, string, string) (net.Conn, error)

func (s trouble) dial(t *testing.T) dialer {
	t.Helper()
	if s.options.Pair.Key == nil {
		s.options.Pair = pair
	}
	secure, plain := dialer(refused), dialer(refused)
	if s.quirk != "" {
		_, secure = quirk.Pipe(t, s.quirk, s.options)
	}
	if s.plain != "" {
		o := s.options
		o.Secure, o.Config = false, nil
		_, plain = quirk.Pipe(t, s.plain, o)
	}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		if strings.HasSuffix(address, ":80") {
			return sent(plain(ctx, network, address))
		}
		return sent(secure(ctx, network, address))
	}
}

func refused(context.Context, string, string) (net.Conn, error) {
	return nil, &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
}

// A sender is a pipe with a send buffer, as a socket has one: what is written
// does not wait for its reader.
type sender struct {
	net.Conn
	queue chan []byte
	done  chan struct{}
	close sync.Once
}

func sent(conn net.Conn, err error) (net.Conn, error) {
	if err != nil {
		return nil, err
	}
	s := &sender{Conn: conn, queue: make(chan []byte, 1<<12), done: make(chan struct{})}
	go s.pump()
	return s, nil
}

func (s *sender) pump() {
	for {
		select {
		case p := <-s.queue:
			if _, err := s.Conn.Write(p); err != nil {
				return
			}
		case <-s.done:
			return
		}
	}
}

func (s *sender) Write(p []byte) (int, error) {
	select {
	case s.queue <- slices.Clone(p):
		return len(p), nil
	case <-s.done:
		return 0, net.ErrClosed
	}
}

func (s *sender) Close() error {
	s.close.Do(func() { close(s.done) })
	return s.Conn.Close()
}

// why is the reason of a gap; empty where there is a value.
func why[T any](rec *observe.Recording, key observe.Key[T]) observe.Why {
	_, _, gap := observe.Get(rec, key)
	if gap == nil {
		return ""
	}
	return gap.Why
}

// unreachable checks a target of which nothing was learnt, for that reason: no
// grade, no verdict, and nothing that passes.
func unreachable(because observe.Why) func(*testing.T, seen) {
	return func(t *testing.T, s seen) {
		t.Helper()
		if got := why(s.rec, observe.Ports); got != because {
			t.Errorf("the gap is %q (%s), want %q", got, s.report.ErrorMessage, because)
		}
		if s.report.Status != "failed" || s.report.Overall != nil || s.report.Attack.Answer != "unknown" {
			t.Errorf("status %s, grade %v, answer %s", s.report.Status, s.report.Overall, s.report.Attack.Answer)
		}
		if len(s.report.Passed) > 0 || len(s.report.Findings) > 0 {
			t.Errorf("passed %v, found %d", s.report.Passed, len(s.report.Findings))
		}
	}
}

// ungraded checks a target that spoke and of which too little is known: no false
// no, and no grade.
func ungraded(t *testing.T, s seen) {
	t.Helper()
	noFalseNo(t, s)
	if s.report.Overall != nil || s.report.Attack.Answer == "no" {
		t.Errorf("grade %v, answer %s", s.report.Overall, s.report.Attack.Answer)
	}
}

var errNoSuch = errors.New("no such quirk")
