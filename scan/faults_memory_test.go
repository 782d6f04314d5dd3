// Memory bounds of the fault catalogue, measured generously.

package scan_test

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
	"time"
)

// most is how much the heap may grow during one scan, the misbehaving server's own
// share included, in bytes. The catalogue allows 8 MiB and less for one fault; a
// bomb is 200 MiB, a flood 64 MiB a connection.
const most = 64 << 20

// slim is a proof during which the heap grows by no more than most. The heap is
// read a thousand times a second: a peak may be missed, and none is made up.
func slim(prove func(*testing.T)) func(*testing.T) {
	return func(t *testing.T) {
		defer debug.SetGCPercent(debug.SetGCPercent(20))
		runtime.GC()
		before := heap()
		done, peaks := make(chan struct{}), make(chan uint64)
		go func() { peaks <- highest(done) }()
		prove(t)
		close(done)
		if peak := <-peaks; peak > before+most {
			t.Errorf("the heap grew by %d MiB", (peak-before)>>20)
		} else {
			t.Logf("the heap grew by %.1f MiB", float64(max(peak, before)-before)/(1<<20))
		}
	}
}

func highest(done chan struct{}) (peak uint64) {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		peak = max(peak, heap())
		select {
		case <-tick.C:
		case <-done:
			return peak
		}
	}
}

func heap() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
