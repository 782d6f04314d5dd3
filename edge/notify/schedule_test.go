// Tests of the schedule: how long a delivery is tried, and that wishes and chance
// stay within bounds.

package notify_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"middlebrick/edge/notify"
)

func TestFailingDeliveryIsTriedTenTimesOverThreeDays(t *testing.T) {
	var elapsed []string
	total := time.Duration(0)
	for attempt := 1; ; attempt++ {
		wait, again := notify.Next(attempt, total, 0, 0)
		if !again {
			break
		}
		total += wait
		elapsed = append(elapsed, total.String())
	}
	want := []string{"5s", "5m5s", "35m5s", "2h35m5s", "7h35m5s", "17h35m5s", "31h35m5s", "51h35m5s", "75h35m5s"}
	if diff := cmp.Diff(want, elapsed); diff != "" || notify.Attempts() != 10 {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestChanceShortensAWaitByUpToAFifth(t *testing.T) {
	for chance, want := range map[float64]time.Duration{-1: 2 * time.Hour, 0: 2 * time.Hour, 0.5: 108 * time.Minute, 1: 96 * time.Minute, 7: 96 * time.Minute} {
		if wait, again := notify.Next(4, time.Hour, 0, chance); wait != want || !again {
			t.Errorf("chance %v: %v, want %v", chance, wait, want)
		}
	}
}

func TestRetryAfterLengthensAWaitAndNeverShortensIt(t *testing.T) {
	for _, c := range []struct {
		asked, elapsed, want time.Duration
		chance               float64
		again                bool
	}{
		{time.Second, 0, 5 * time.Minute, 0, true},
		{time.Hour, 0, time.Hour, 0, true},
		{time.Hour, 0, 66 * time.Minute, 1, true},
		{24 * time.Hour, 0, 24 * time.Hour, 1, true},
		{1000 * time.Hour, 0, 24 * time.Hour, 0, true},
		{24 * time.Hour, 60 * time.Hour, 0, 0, false}, // would be after three days
		{-time.Hour, -time.Hour, 5 * time.Minute, 0, true},
	} {
		if wait, again := notify.Next(2, c.elapsed, c.asked, c.chance); wait != c.want || again != c.again {
			t.Errorf("%+v: %v, %v", c, wait, again)
		}
	}
}

func TestEveryDeliveryEnds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total, attempts := time.Duration(0), 0
		for again := true; again; {
			attempts++
			asked := time.Duration(rapid.Int64().Draw(t, "asked"))
			var wait time.Duration
			wait, again = notify.Next(attempts, total, asked, rapid.Float64Range(0, 1).Draw(t, "chance"))
			if wait < 0 || wait > 24*time.Hour || again != (wait > 0) {
				t.Fatalf("wait %v, again %v", wait, again)
			}
			total += wait
		}
		if attempts > notify.Attempts() || total > 76*time.Hour {
			t.Fatalf("%d attempts over %v", attempts, total)
		}
	})
	for _, attempt := range []int{-1, 0, 11, 1 << 40} {
		if _, again := notify.Next(attempt, 0, 0, 0); again {
			t.Errorf("an attempt after number %d", attempt)
		}
	}
}
