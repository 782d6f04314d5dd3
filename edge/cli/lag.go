// Whether this machine keeps up with what it is asked to do.

package cli

import (
	"runtime/metrics"
	"sync"
	"time"
)

// A lag is how long this process's own work has waited for a processor lately: a
// few hundred microseconds on a machine that keeps up.
type lag struct {
	now func() time.Time

	mu     sync.Mutex
	last   time.Time
	counts []uint64 // of the runtime's histogram at that time
	behind bool
}

const (
	lagEvery  = 100 * time.Millisecond
	lagStrain = 2 * time.Millisecond
	lagShare  = 4
)

// strained is true where more than a quarter of the work waited longer than
// lagStrain: from there on more scans at a time only make each slower.
func (l *lag) strained() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	if now.Sub(l.last) < lagEvery {
		return l.behind
	}
	l.last = now
	sample := []metrics.Sample{{Name: "/sched/latencies:seconds"}}
	metrics.Read(sample)
	waits := sample[0].Value.Float64Histogram()
	var late, all uint64
	for i, count := range waits.Counts {
		if i < len(l.counts) {
			count -= l.counts[i]
		}
		all += count
		if waits.Buckets[i] >= lagStrain.Seconds() {
			late += count
		}
	}
	l.counts = append(l.counts[:0], waits.Counts...)
	l.behind = late > all/lagShare
	return l.behind
}
