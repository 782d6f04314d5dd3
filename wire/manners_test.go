// What the wire does to a target that has had enough, and to this machine when it
// has.

package wire

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"middlebrick/httphead"
	"middlebrick/observe"
)

func TestSlowedTargetIsAskedLessAtOnceAndFurtherApart(t *testing.T) {
	w, _ := wireTo(t, "http://api.test/", &fake{answer: small}, nil)
	w.Widen()
	w.gate.open()
	for _, row := range []struct {
		took  time.Duration
		width int
		apart time.Duration
	}{
		{20 * time.Millisecond, 6, 0},
		{90 * time.Millisecond, 6, 0},  // slower, and still quick
		{450 * time.Millisecond, 6, 0}, // not yet a burden
		{600 * time.Millisecond, 3, 50 * time.Millisecond},
		{20 * time.Millisecond, 3, 50 * time.Millisecond},
		{time.Second, 1, 100 * time.Millisecond},
		{time.Second, 1, 200 * time.Millisecond},
	} {
		w.pulse(row.took)
		w.Widen() // does not widen it again
		if w.gate.width != row.width || w.apartNow() != row.apart {
			t.Errorf("after an answer in %v: %d at once, %v apart; want %d and %v", row.took, w.gate.width, w.apartNow(), row.width, row.apart)
		}
	}
}

func TestFarTargetIsNotSlow(t *testing.T) {
	w, _ := wireTo(t, "http://api.test/", &fake{answer: small}, nil)
	w.Widen()
	w.gate.open()
	for range 10 {
		w.pulse(700 * time.Millisecond)
	}
	if w.gate.width != 6 {
		t.Errorf("%d at once", w.gate.width)
	}
}

func TestPortThatStandsStillIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{answer: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0", hold: true}
		w, _ := wireTo(t, "http://api.test/", f, nil)
		gaps := []observe.Why{}
		for i := range 5 {
			_, gap := w.Get(t.Context(), Request{URL: fmt.Sprintf("http://api.test/%d", i)})
			why := observe.Why("")
			if gap != nil {
				why = gap.Why
			}
			gaps = append(gaps, why)
		}
		// The head was there: what came is judged.
		if diff := cmp.Diff([]observe.Why{"", "", "", observe.Throttled, observe.Throttled}, gaps); diff != "" || len(f.dialled) != 3 {
			t.Errorf("%d dials; (-want +got):\n%s", len(f.dialled), diff)
		}
	})
}

func TestShortageOfThisMachineIsWaitedOut(t *testing.T) {
	for _, row := range []struct {
		short int
		want  observe.Why
	}{{1, ""}, {3, ""}, {4, observe.Local}} {
		synctest.Test(t, func(t *testing.T) {
			f, count := &fake{answer: small}, 0
			w, _ := wireTo(t, "http://api.test/", f, func(o *Options) {
				o.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
					if count++; count <= row.short {
						return nil, &net.OpError{Op: "dial", Err: syscall.EMFILE}
					}
					return f.dial(ctx, network, address)
				}
			})
			_, gap := w.Get(t.Context(), Request{URL: "http://api.test/"})
			if got := gapWhy(gap); got != row.want {
				t.Errorf("short %d times: %q, want %q", row.short, got, row.want)
			}
		})
	}
}

func gapWhy(gap *observe.Gap) observe.Why {
	if gap == nil {
		return ""
	}
	return gap.Why
}

func TestFewOfEachFamilyAreLookedAt(t *testing.T) {
	all := []netip.Addr{}
	for i := range 10 {
		all = append(all, netip.AddrFrom16([16]byte{0x20, 1, 0xd, 0xb8, 15: byte(i)}), netip.AddrFrom4([4]byte{192, 0, 2, byte(i)}))
	}
	got := []string{}
	for _, addr := range few(all) {
		got = append(got, addr.String())
	}
	want := []string{"192.0.2.0", "192.0.2.1", "192.0.2.2", "192.0.2.3", "2001:db8::", "2001:db8::1", "2001:db8::2", "2001:db8::3"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestBrokenRequestLeavesNobodyWaiting has the dialer break under a request that
// several share.
func TestBrokenRequestLeavesNobodyWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		w, _ := wireTo(t, "http://api.test/", &fake{}, func(o *Options) {
			o.Dial = func(context.Context, string, string) (net.Conn, error) {
				<-release
				panic("a fault of ours")
			}
		})
		broke := make(chan any)
		go func() {
			defer func() { broke <- recover() }()
			_, _ = w.Get(t.Context(), Request{URL: "http://api.test/"})
		}()
		synctest.Wait()
		waited := make(chan *observe.Gap)
		go func() {
			_, gap := w.Get(t.Context(), Request{URL: "http://api.test/"})
			waited <- gap
		}()
		synctest.Wait()
		close(release)
		if fault := <-broke; fault == nil {
			t.Error("the panic was lost")
		}
		if gap := <-waited; gapWhy(gap) != observe.Fault {
			t.Errorf("who waited got %v", gap)
		}
	})
}

func TestInterimAnswerAloneIsNoAnswer(t *testing.T) {
	f := &fake{answer: "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"}
	w, _ := wireTo(t, "http://api.test/", f, nil)
	if resp, gap := w.Get(t.Context(), Request{URL: "http://api.test/"}); gap == nil {
		t.Errorf("answered with %+v", resp.Head)
	}
}

func TestCommandsQuoteWhatCurlWouldExpand(t *testing.T) {
	f := &fake{answer: small}
	w, rec := wireTo(t, "http://[2001:db8::1]:8080/{a,b}", f, nil)
	resp, gap := w.Get(t.Context(), Request{URL: w.Target().HTTP(), Fields: []httphead.Field{{Name: "X-A", Value: "it's"}}})
	if gap != nil {
		t.Fatal(gap)
	}
	got := rec.Finish(false, observe.Cost{}).Exchanges[resp.Ref].Reproduce
	if want := `curl -sS -i -g -H 'X-A: it'\''s' 'http://[2001:db8::1]:8080/%7Ba,b%7D'`; got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}
