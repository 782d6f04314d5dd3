// A worker with a real store and a scan that takes as long as it may.

package work_test

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"log/slog"
	"testing"
	"time"

	"middlebrick/edge/job"
	"middlebrick/edge/store"
	"middlebrick/edge/work"
	"middlebrick/observe"
	"middlebrick/report"
	"middlebrick/scan"
)

// newWorker gives a worker whose scans are done by run, and a scan that waits.
func newWorker(t *testing.T, run func(context.Context) (*observe.Recording, error)) (w *work.Worker, tenant string, row store.Scan) {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if tenant, err = s.Tenant(t.Context(), store.DefaultTenant); err != nil {
		t.Fatal(err)
	}
	nothing := func(context.Context, *sql.Tx) error { return nil }
	if row, err = s.Submit(t.Context(), store.Order{Tenant: tenant, URL: "https://api.example/", Method: "GET"}, nothing); err != nil {
		t.Fatal(err)
	}
	return &work.Worker{
		Store: s, Guard: func(*scan.Request) {}, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Wall: time.Now,
		Run: func(ctx context.Context, _ scan.Request, _ func(scan.Event)) (*observe.Recording, error) {
			return run(ctx)
		},
		Judge: func(*observe.Recording) report.Report { return report.Report{Status: report.Completed} },
		Detach: func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		},
	}, tenant, row
}

func status(t *testing.T, w *work.Worker, tenant string, row store.Scan) store.Scan {
	t.Helper()
	now, err := w.Store.Scan(context.WithoutCancel(t.Context()), tenant, row.ID)
	if err != nil {
		t.Fatal(err)
	}
	return now
}

// The time for keeping a result begins when there is one: a slow scan does not use
// it up.
func TestTimeForKeepingBeginsWithTheResult(t *testing.T) {
	ran := false
	w, tenant, row := newWorker(t, func(context.Context) (*observe.Recording, error) {
		ran = true
		return &observe.Recording{}, nil
	})
	detach := w.Detach
	w.Detach = func(ctx context.Context) (context.Context, context.CancelFunc) {
		if !ran {
			t.Error("the time runs before there is a result")
		}
		return detach(ctx)
	}
	if err := w.Do(t.Context(), job.Ticket{ID: 7, Attempt: 1}); err != nil {
		t.Error(err)
	}
	if now := status(t, w, tenant, row); now.Status != store.Completed {
		t.Errorf("%s", now.Status)
	}
}

func TestStoppedWorkerPutsItsScanBack(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	w, tenant, row := newWorker(t, func(context.Context) (*observe.Recording, error) {
		stop()
		return &observe.Recording{}, nil
	})
	if err := w.Do(ctx, job.Ticket{ID: 7, Attempt: 1}); !errors.Is(err, context.Canceled) {
		t.Errorf("the ticket must be shown again: %v", err)
	}
	if now := status(t, w, tenant, row); now.Status != store.Queued || now.Attempt != 0 {
		t.Errorf("%s, attempt %d", now.Status, now.Attempt)
	}
}

func TestScanThatPanicsFails(t *testing.T) {
	w, tenant, row := newWorker(t, func(context.Context) (*observe.Recording, error) { panic("broken") })
	if err := w.Do(t.Context(), job.Ticket{ID: 7, Attempt: 1}); err != nil {
		t.Error(err)
	}
	if now := status(t, w, tenant, row); now.Status != store.Failed || now.ErrorCode != "internal_panic" {
		t.Errorf("%s %s", now.Status, now.ErrorCode)
	}
}

// tickets are a queue that counts.
type tickets struct{ there, issued int }

func (q *tickets) Waiting(context.Context) (int, error) { return q.there, nil }
func (q *tickets) Issue(_ context.Context, n int) error { q.issued += max(n, 0); return nil }

func TestSweepGivesTicketsToWhatHasNoneAndNoMore(t *testing.T) {
	w, _, _ := newWorker(t, nil)
	for there, want := range map[int]int{0: 1, 1: 0, job.MostCounted: 0} {
		q := &tickets{there: there}
		if err := w.Sweep(t.Context(), q); err != nil || q.issued != want {
			t.Errorf("%d tickets for one scan: %d more, want %d; %v", there, q.issued, want, err)
		}
	}
}
