// Package work is what the server's jobs do: it takes the next scan, looks, judges,
// and keeps the result.
package work

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"middlebrick/edge/egress"
	"middlebrick/edge/job"
	"middlebrick/edge/store"
	"middlebrick/httphead"
	"middlebrick/observe"
	"middlebrick/report"
	"middlebrick/scan"
	"middlebrick/target"
)

// Timeout is how long one job may take: a scan ends hard before it, and there is
// time to judge and to keep.
const Timeout = scan.DefaultTimeout + 10*time.Second

// LeftBehind is after how long a scan without a result has lost its worker.
const LeftBehind = 2 * Timeout

// A Worker does scans.
type Worker struct {
	Store  *store.Store
	Guard  func(*scan.Request) // what this server may connect to
	Run    func(context.Context, scan.Request, func(scan.Event)) (*observe.Recording, error)
	Judge  func(*observe.Recording) report.Report
	Log    *slog.Logger
	Wall   func() time.Time
	Detach func(context.Context) (context.Context, context.CancelFunc) // a context for keeping a result when the worker is told to stop
}

// Do does the work of one ticket. An error means that the ticket is shown again.
func (w *Worker) Do(ctx context.Context, t job.Ticket) error {
	row, secret, err := w.Store.Claim(ctx, t.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil // another ticket was quicker, or the scan was deleted
	}
	if err != nil {
		return err
	}
	began := w.Wall()
	err = w.scan(ctx, row, secret)
	w.Log.Info("scan", "id", row.ID, "tenant", row.TenantID, "attempt", row.Attempt, "took", w.Wall().Sub(began).String(), "error", errorText(err))
	return err
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func (w *Worker) scan(ctx context.Context, row store.Scan, secret []byte) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			w.Log.Error("a fault of middlebrick", "scan", row.ID, "fault", fmt.Sprint(fault), "stack", string(debug.Stack()))
			kept, release := w.Detach(ctx)
			defer release()
			err = w.Store.Fail(kept, row, "internal_panic", "the scan met a fault of the scanner's own; it is in the server's log")
		}
	}()
	req, err := request(row, secret)
	if err != nil {
		return w.Store.Fail(ctx, row, "invalid_target", err.Error())
	}
	w.Guard(&req)
	rec, err := w.Run(ctx, req, func(scan.Event) {})
	return w.keep(ctx, row, rec, err)
}

// keep writes down how a scan ended, even where the worker was told to stop.
func (w *Worker) keep(ctx context.Context, row store.Scan, rec *observe.Recording, err error) error {
	kept, release := w.Detach(ctx)
	defer release()
	switch {
	case ctx.Err() != nil && !errors.Is(context.Cause(ctx), context.DeadlineExceeded):
		return errors.Join(w.Store.Release(kept, row), ctx.Err())
	case err != nil:
		return w.Store.Fail(kept, row, "internal", "the scan met a fault of the scanner's own: "+err.Error())
	case egress.Stopped(rec):
		return w.Store.Fail(kept, row, egress.RefusalCode, egress.Refusal)
	}
	r := w.Judge(rec)
	r.ID = row.ID
	if err := w.Store.Finish(kept, row, rec, r); !errors.Is(err, store.ErrOver) {
		return err
	}
	return nil
}

func request(row store.Scan, secret []byte) (scan.Request, error) {
	there, err := target.Parse(row.URL)
	if err != nil {
		return scan.Request{}, err
	}
	there.Method = row.Method
	req := scan.Request{Target: there}
	if len(secret) == 0 {
		return req, nil
	}
	var fields []httphead.Field
	if err := json.Unmarshal(secret, &fields); err != nil {
		return req, fmt.Errorf("reading the headers of the order: %w", err)
	}
	req.Headers = fields
	return req, nil
}

// Sweep puts back what lost its worker, and sees to it that what waits has tickets.
func (w *Worker) Sweep(ctx context.Context, tickets interface {
	Waiting(context.Context) (int, error)
	Issue(context.Context, int) error
}) error {
	_, waiting, err := w.Store.Stray(ctx, w.Wall().Add(-LeftBehind))
	if err != nil {
		return err
	}
	there, err := tickets.Waiting(ctx)
	if err != nil || there >= job.MostCounted { // as many as these keep the workers busy until the next turn
		return err
	}
	return tickets.Issue(ctx, waiting-there)
}
