// No goroutine outlives a scan, whatever the target does to it.

package scan_test

import (
	"context"
	"net"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"middlebrick/scan"
	"middlebrick/testbed/quirk"
)

// TestScansLeaveNoGoroutineBehind scans every quirk over real sockets, on both
// ports, each scan bounded to a second, many at once.
func TestScansLeaveNoGoroutineBehind(t *testing.T) {
	before := goleak.IgnoreCurrent()
	t.Run("quirks", func(t *testing.T) {
		places := make(chan struct{}, 32)
		var all sync.WaitGroup
		for _, name := range quirk.Names() {
			all.Go(func() {
				places <- struct{}{}
				defer func() { <-places }()
				scanned(t, t.Context(), name)
			})
		}
		all.Wait()
	})
	goleak.VerifyNone(t, before)
}

// TestStoppedScanLeavesNoGoroutineBehind stops scans in the middle.
func TestStoppedScanLeavesNoGoroutineBehind(t *testing.T) {
	before := goleak.IgnoreCurrent()
	t.Run("quirks", func(t *testing.T) {
		for _, name := range []string{"none", "drip", "silent", "huge-length", "endless-body", "hrr-loop", "never-reads"} {
			ctx, stop := context.WithTimeout(t.Context(), 30*time.Millisecond)
			scanned(t, ctx, name)
			stop()
		}
	})
	goleak.VerifyNone(t, before)
}

func scanned(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	secure := quirk.Start(t, name, quirk.Options{Secure: true, Pair: pair})
	plain := quirk.Start(t, name, quirk.Options{Pair: pair})
	req := request(t, "https://"+host+"/")
	req.Timeout = time.Second
	req.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		if _, port, _ := net.SplitHostPort(address); port == "80" {
			address = plain.Addr
		} else {
			address = secure.Addr
		}
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}
	rec, err := scan.Run(ctx, req, func(scan.Event) {})
	if err != nil || rec.End == nil || len(rec.Entries) == 0 {
		t.Errorf("%s: the recording is not complete: %v", name, err)
	}
}
