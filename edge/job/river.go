// How River sees our work: a ticket has no arguments, a sweep neither.

package job

import (
	"context"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

const (
	queueName    = "tickets"
	sweepName    = "sweeps"
	mostAttempts = 4 // of a ticket; how often the work is tried is its owner's affair
)

type ticketArgs struct{}

func (ticketArgs) Kind() string { return "ticket" }

type worker struct {
	river.WorkerDefaults[ticketArgs]
	kind Kind
}

func (w *worker) Timeout(*river.Job[ticketArgs]) time.Duration { return w.kind.Timeout }

func (w *worker) Work(ctx context.Context, j *river.Job[ticketArgs]) error {
	return w.kind.Do(ctx, Ticket{ID: j.ID, Attempt: j.Attempt})
}

type sweepArgs struct{}

func (sweepArgs) Kind() string { return "sweep" }

type sweeper struct {
	river.WorkerDefaults[sweepArgs]
	sweep func(context.Context) error
}

func (s *sweeper) Work(ctx context.Context, _ *river.Job[sweepArgs]) error { return s.sweep(ctx) }

// soon tries again after a second, two, four: what failed was this machine or the
// database, and a person waits.
type soon struct{}

func (soon) NextRetry(j *rivertype.JobRow) time.Time {
	return time.Now().Add(time.Second << min(len(j.Errors), 4))
}
