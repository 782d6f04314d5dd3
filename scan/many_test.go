// Many targets: never two at one address, never more than were allowed, nothing
// kept of what is done.

package scan_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"middlebrick/scan"
	"middlebrick/target"
)

// listOf is a list of that many targets; at says where the nth lives.
func listOf(t *testing.T, count int) func() (scan.Listed, bool) {
	t.Helper()
	n := 0
	return func() (scan.Listed, bool) {
		if n == count {
			return scan.Listed{}, false
		}
		n++
		parsed, err := target.Parse(fmt.Sprintf("http://t%d.test/", n))
		if err != nil {
			t.Error(err)
		}
		return scan.Listed{Line: n, Target: parsed}, true
	}
}

// homes has the named targets live at those addresses, the others at one each.
func homes(at func(line int) []string) func(context.Context, target.Target) ([]netip.Addr, error) {
	return func(_ context.Context, t target.Target) (found []netip.Addr, _ error) {
		line := 0
		if _, err := fmt.Sscanf(t.Host, "t%d.test", &line); err != nil {
			return nil, err
		}
		for _, text := range at(line) {
			found = append(found, netip.MustParseAddr(text))
		}
		return found, nil
	}
}

// watch counts who is scanned and how many at a time, at each address and in all.
type watch struct {
	mu      sync.Mutex
	inside  map[netip.Addr]int
	now     int
	most    int
	crowded []string
	scanned map[int]int
}

func (w *watch) enter(one scan.Listed, p scan.Place, by int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if by > 0 {
		w.scanned[one.Line]++
	}
	w.now += by
	w.most = max(w.most, w.now)
	for _, addr := range p.Found {
		if w.inside[addr.Unmap()] += by; w.inside[addr.Unmap()] > 1 {
			w.crowded = append(w.crowded, addr.String())
		}
	}
}

func newWatch() *watch { return &watch{inside: map[netip.Addr]int{}, scanned: map[int]int{}} }

func TestNoAddressBearsTwoScansAtATime(t *testing.T) {
	layouts := map[string]func(int) []string{
		"one address for all": func(int) []string { return []string{"192.0.2.1"} },
		"five addresses":      func(n int) []string { return []string{fmt.Sprintf("192.0.2.%d", n%5)} },
		"an address each":     func(n int) []string { return []string{fmt.Sprintf("10.0.%d.%d", n/250, n%250)} },
		"overlapping pairs": func(n int) []string {
			return []string{fmt.Sprintf("192.0.2.%d", n%7), fmt.Sprintf("192.0.2.%d", (n+1)%7)}
		},
		"in two ways of writing": func(n int) []string { return []string{[]string{"192.0.2.9", "::ffff:192.0.2.9"}[n%2]} },
		"nowhere":                func(int) []string { return nil },
	}
	for name, at := range layouts {
		synctest.Test(t, func(t *testing.T) {
			w := newWatch()
			scan.Many(t.Context(), scan.Batch{InFlight: 40, Next: listOf(t, 300), Locate: homes(at), Scan: func(_ context.Context, one scan.Listed, p scan.Place) {
				w.enter(one, p, 1)
				time.Sleep(time.Duration(1+one.Line%13) * time.Millisecond)
				w.enter(one, p, -1)
			}})
			want := map[int]int{}
			for line := 1; line <= 300; line++ {
				want[line] = 1
			}
			if diff := cmp.Diff(want, w.scanned); diff != "" || len(w.crowded) > 0 || w.most > 40 {
				t.Errorf("%s: %d at a time, crowded %v, scans (-want +got):\n%s", name, w.most, w.crowded, diff)
			}
		})
	}
}

// TestWidthFollowsTheMachine has machines that bear so many at a time.
func TestWidthFollowsTheMachine(t *testing.T) {
	for _, c := range []struct{ bears, least, most int }{{50, 38, 75}, {1000, 100, 100}, {1, 16, 32}} {
		synctest.Test(t, func(t *testing.T) {
			w := newWatch()
			var later atomic.Int64 // the most at a time once it has settled
			batch := scan.Batch{InFlight: 100, Next: listOf(t, 3000), Locate: homes(func(int) []string { return nil })}
			batch.Strained = func() bool {
				w.mu.Lock()
				defer w.mu.Unlock()
				return w.now > c.bears
			}
			batch.Scan = func(_ context.Context, one scan.Listed, p scan.Place) {
				w.enter(one, p, 1)
				time.Sleep(time.Duration(100+one.Line%7) * time.Millisecond)
				if one.Line > 1500 {
					w.mu.Lock()
					later.Store(max(later.Load(), int64(w.now)))
					w.mu.Unlock()
				}
				w.enter(one, p, -1)
			}
			scan.Many(t.Context(), batch)
			if got := int(later.Load()); got < c.least || got > c.most {
				t.Errorf("a machine that bears %d was given %d at a time", c.bears, got)
			}
		})
	}
}

func TestStoppedListBeginsNoMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		begun := 0
		var mu sync.Mutex
		scan.Many(ctx, scan.Batch{InFlight: 4, Next: listOf(t, 1000), Locate: homes(func(int) []string { return []string{"192.0.2.1"} }),
			Scan: func(ctx context.Context, _ scan.Listed, _ scan.Place) {
				mu.Lock()
				defer mu.Unlock()
				if begun++; begun == 3 {
					stop()
				}
			}})
		if begun != 3 {
			t.Errorf("%d scans were begun, and the list was stopped in the third", begun)
		}
	})
}

// plainOnly is a network in which every host answers on port 80 and refuses 443.
func plainOnly(_ context.Context, _, address string) (net.Conn, error) {
	if _, port, _ := net.SplitHostPort(address); port != "80" {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	}
	ours, theirs := net.Pipe()
	go func() {
		defer theirs.Close()
		page := "<html><body>" + strings.Repeat("<p>hello</p>", 500) + "</body></html>"
		in := bufio.NewReader(theirs)
		for {
			if _, err := http.ReadRequest(in); err != nil {
				return
			}
			_, _ = fmt.Fprintf(theirs, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s", len(page), page)
		}
	}()
	return ours, nil
}

// TestMemoryDoesNotGrowWithTheList holds the heap after the 2,000th target to the
// heap after the 100th.
func TestMemoryDoesNotGrowWithTheList(t *testing.T) {
	const count, bound = 2000, 8 << 20
	var mu sync.Mutex
	finished := 0
	var early, late uint64
	scan.Many(t.Context(), scan.Batch{InFlight: 16, Next: listOf(t, count), Locate: homes(func(n int) []string { return []string{fmt.Sprintf("10.1.%d.%d", n/250, n%250)} }),
		Scan: func(ctx context.Context, one scan.Listed, p scan.Place) {
			req := scan.Request{Target: one.Target, Dial: plainOnly}.At(p)
			rec, err := scan.Run(ctx, req, func(scan.Event) {})
			if err != nil {
				t.Error(err)
				return
			}
			if r := scan.Judge(rec, nil); r.Attack.Answer != "yes" {
				t.Errorf("%s: %s", one.Target.URL, r.Attack.Sentence)
			}
			mu.Lock()
			defer mu.Unlock()
			switch finished++; finished {
			case 100:
				early = inUse()
			case count:
				late = inUse()
			}
		}})
	t.Logf("heap in use after 100 targets %.1f MiB, after %d %.1f MiB", float64(early)/(1<<20), count, float64(late)/(1<<20))
	if finished != count || late > early+bound {
		t.Errorf("%d targets; the heap grew from %d to %d bytes", finished, early, late)
	}
}

func inUse() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapInuse
}

func TestPlaceIsHandedOn(t *testing.T) {
	req := request(t, "https://"+host+"/")
	req.Pins = nil
	found, err := req.At(scan.Place{Found: []netip.Addr{netip.MustParseAddr("192.0.2.7")}}).Locate(t.Context())
	if err != nil || len(found) != 1 || found[0].String() != "192.0.2.7" {
		t.Errorf("%v, %v", found, err)
	}
	gone := errors.New("gone")
	if _, err := req.At(scan.Place{Err: gone}).Locate(t.Context()); !errors.Is(err, gone) {
		t.Errorf("%v, want what was found out before", err)
	}
}
