// How the pace follows a target that slows down: it comes back with the target, and
// not before.

package wire

import (
	"context"
	"fmt"
	"io"
	"net"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	swift    = 20 * time.Millisecond
	middle   = 400 * time.Millisecond // neither prompt nor slow
	sluggish = 600 * time.Millisecond
)

// tempo answers its requests after so long each, one connection per request.
type tempo struct {
	delays  []time.Duration
	dialled []time.Time
}

func (s *tempo) dial(context.Context, string, string) (net.Conn, error) {
	delay := s.delays[len(s.dialled)]
	s.dialled = append(s.dialled, time.Now())
	near, far := net.Pipe()
	go func() {
		defer far.Close()
		_, _ = far.Read(make([]byte, 8192))
		time.Sleep(delay)
		_, _ = io.WriteString(far, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}")
	}()
	return near, nil
}

// A pace is how a target is asked.
type pace struct {
	Width int
	Apart time.Duration
}

func (w *Wire) pacing() pace { return pace{w.gate.width, w.apartNow()} }

// asked asks one thing after another and gives the pace after each answer.
func asked(t *testing.T, s *tempo, strained func() bool) (after []pace) {
	t.Helper()
	w, _ := wireTo(t, "http://api.test/", &fake{}, func(o *Options) {
		o.Dial, o.Strained = s.dial, strained
		o.Limits.Requests = len(s.delays)
	})
	w.Widen()
	synctest.Wait()
	time.Sleep(instant)
	synctest.Wait()
	for i := range s.delays {
		if _, gap := w.Get(t.Context(), Request{URL: fmt.Sprintf("http://api.test/%d", i)}); gap != nil {
			t.Fatal(gap)
		}
		after = append(after, w.pacing())
	}
	return after
}

func times(n int, pattern ...time.Duration) []time.Duration { return slices.Repeat(pattern, n) }

func TestPaceComesBackWithTheTarget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &tempo{delays: slices.Concat(times(2, swift), times(6, sluggish), times(22, swift))}
		got := slices.Compact(asked(t, s, nil))
		want := []pace{
			{6, 0},
			{3, 50 * time.Millisecond}, {1, 100 * time.Millisecond}, {1, 200 * time.Millisecond},
			{1, 400 * time.Millisecond}, {1, 800 * time.Millisecond}, {1, time.Second},
			{2, 500 * time.Millisecond}, {4, 250 * time.Millisecond}, {6, 125 * time.Millisecond},
			{6, 62500 * time.Microsecond}, {6, 0},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		gaps := []time.Duration{}
		for i, at := range s.dialled[1:] {
			gaps = append(gaps, at.Sub(s.dialled[i]))
		}
		wantGaps := slices.Concat(times(2, swift), times(4, sluggish), times(1, 800*time.Millisecond), times(4, time.Second),
			times(4, 500*time.Millisecond), times(4, 250*time.Millisecond), times(4, 125*time.Millisecond), times(4, 62500*time.Microsecond), times(2, swift))
		if diff := cmp.Diff(wantGaps, gaps); diff != "" {
			t.Errorf("between the dials (-want +got):\n%s", diff)
		}
	})
}

func TestTargetThatStaysSlowIsNeverAskedFaster(t *testing.T) {
	for name, rest := range map[string][]time.Duration{
		"each answer":           {sluggish},
		"now and then":          {sluggish, swift, swift, swift},
		"and no longer so slow": {middle},
		"and seldom prompt":     {swift, swift, swift, middle},
	} {
		synctest.Test(t, func(t *testing.T) {
			slowed := slices.Concat(times(2, swift), times(3, sluggish))
			after := asked(t, &tempo{delays: slices.Concat(slowed, times(50, rest...))}, nil)
			if last := after[len(slowed)-1]; last != (pace{1, 200 * time.Millisecond}) {
				t.Fatalf("after three slow answers: %+v", last)
			}
			for i := len(slowed); i < len(after); i++ {
				if after[i].Width > after[i-1].Width || after[i].Apart < after[i-1].Apart {
					t.Errorf("%s: answer %d made it %+v, and it was %+v", name, i, after[i], after[i-1])
				}
			}
		})
	}
}

// TestRelapseIsTrustedLater has a target that slows down each time that it is asked
// more again.
func TestRelapseIsTrustedLater(t *testing.T) {
	w, _ := wireTo(t, "http://api.test/", &fake{answer: small}, nil)
	w.pulse(swift)
	needed := []int{}
	for range 6 {
		w.pulse(sluggish)
		slowed, n := w.pacing(), 0
		for w.pacing() == slowed && n < 100 {
			w.pulse(swift)
			n++
		}
		needed = append(needed, n)
	}
	if diff := cmp.Diff([]int{4, 8, 16, 32, 32, 32}, needed); diff != "" {
		t.Errorf("prompt answers before it is asked more again (-want +got):\n%s", diff)
	}
}

func TestSlownessOfThisMachineIsNotTheTargets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		strained := true
		s := &tempo{delays: slices.Concat(times(2, swift), times(5, sluggish))}
		if got := slices.Compact(asked(t, s, func() bool { return strained })); !slices.Equal(got, []pace{{6, 0}}) {
			t.Errorf("while the machine was behind: %+v", got)
		}
		strained, s.dialled = false, nil
		if got := asked(t, s, func() bool { return strained }); got[len(got)-1] != (pace{1, 800 * time.Millisecond}) {
			t.Errorf("once it was not: %+v", got)
		}
	})
}

func TestRecoveryWidensNoFurtherThanBefore(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(*Wire)
		width  int
	}{
		{"asked to widen", (*Wire).Widen, 6},
		{"never asked to", func(*Wire) {}, 2},
		{"bears only one", (*Wire).OneAtATime, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			w, _ := wireTo(t, "http://api.test/", &fake{answer: small}, nil)
			row.change(w)
			time.Sleep(instant)
			synctest.Wait()
			for _, took := range slices.Concat(times(1, swift), times(4, sluggish), times(40, swift)) {
				w.pulse(took)
			}
			if got := w.pacing(); got != (pace{row.width, 0}) {
				t.Errorf("%s: %+v", row.name, got)
			}
		})
	}
}
