// Package job carries work from who orders it to who does it: River's queue, on
// SQLite and on PostgreSQL, beside the rows of the same database. It does not know
// what its jobs hold.
package job

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"
)

// A Ticket is leave to do one piece of work of a kind. What the work is, the worker
// finds out when he shows it: so the order of work is the worker's to decide.
type Ticket struct {
	ID      int64
	Attempt int // from 1
}

// A Kind is the work that tickets stand for.
type Kind struct {
	Slots   int // at once in this process; 0: none is done here
	Timeout time.Duration
	Do      func(context.Context, Ticket) error
}

// Options are what a queue works on.
type Options struct {
	DB     *sql.DB
	Listen *pgxpool.Pool // nil on SQLite
	Kind   Kind
	Every  time.Duration // between two turns of Sweep
	Sweep  func(context.Context) error
	Log    *slog.Logger
}

// A Queue hands out tickets.
type Queue struct {
	client *river.Client[*sql.Tx]
	works  bool
}

// margin is how much longer than a job's time its worker is waited for before the
// job is given to another: it has no heartbeat.
const margin = 10 * time.Second

// Open prepares a queue and brings its tables forward.
func Open(ctx context.Context, o Options) (*Queue, error) {
	driver := driverOf(o)
	if err := migrate(ctx, o, driver); err != nil {
		return nil, fmt.Errorf("bringing the queue's tables forward: %w", err)
	}
	config := &river.Config{Logger: o.Log, RetryPolicy: soon{}, MaxAttempts: mostAttempts}
	if o.Kind.Slots > 0 {
		workers := river.NewWorkers()
		river.AddWorker(workers, &worker{kind: o.Kind})
		river.AddWorker(workers, &sweeper{sweep: o.Sweep})
		config.Workers = workers
		config.Queues = map[string]river.QueueConfig{queueName: {MaxWorkers: o.Kind.Slots}, sweepName: {MaxWorkers: 1}}
		config.JobTimeout = o.Kind.Timeout
		config.RescueStuckJobsAfter = o.Kind.Timeout + margin
		config.FetchCooldown = 20 * time.Millisecond
		config.PeriodicJobs = []*river.PeriodicJob{river.NewPeriodicJob(river.PeriodicInterval(o.Every), func() (river.JobArgs, *river.InsertOpts) {
			return sweepArgs{}, &river.InsertOpts{Queue: sweepName, MaxAttempts: 1}
		}, &river.PeriodicJobOpts{RunOnStart: true})}
	}
	client, err := river.NewClient(driver, config)
	if err != nil {
		return nil, fmt.Errorf("preparing the queue: %w", err)
	}
	return &Queue{client: client, works: o.Kind.Slots > 0}, nil
}

// migrating is the number of the advisory lock under which one process at a time
// brings the queue's tables forward. A file of SQLite is one process's.
const migrating = 0x6d62_0002

func migrate(ctx context.Context, o Options, driver riverdriver.Driver[*sql.Tx]) error {
	migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: o.Log})
	if err != nil {
		return err
	}
	if o.Listen != nil {
		conn, err := o.Listen.Acquire(ctx)
		if err != nil {
			return err
		}
		defer conn.Release()
		if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", migrating); err != nil {
			return err
		}
		defer func() { _, _ = conn.Exec(ctx, "SELECT pg_advisory_unlock($1)", migrating) }()
	}
	_, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}

func driverOf(o Options) riverdriver.Driver[*sql.Tx] {
	if o.Listen != nil {
		return riverdatabasesql.NewWithPgxListener(o.DB, o.Listen)
	}
	return riversqlite.New(o.DB)
}

// Add puts a ticket into the queue as part of the caller's transaction.
func (q *Queue) Add(ctx context.Context, tx *sql.Tx) error {
	_, err := q.client.InsertTx(ctx, tx, ticketArgs{}, &river.InsertOpts{Queue: queueName})
	return wrap("queueing", err)
}

// MostCounted is how far Waiting counts.
const MostCounted = 10_000

// Waiting is how many tickets are not done, MostCounted where they are that many or
// more.
func (q *Queue) Waiting(ctx context.Context) (int, error) {
	list, err := q.client.JobList(ctx, river.NewJobListParams().First(MostCounted).Queues(queueName).
		States(rivertype.JobStateAvailable, rivertype.JobStateRunning, rivertype.JobStateRetryable, rivertype.JobStateScheduled))
	if err != nil {
		return 0, fmt.Errorf("listing the queue: %w", err)
	}
	return len(list.Jobs), nil
}

// Issue adds n tickets for work that has lost its own.
func (q *Queue) Issue(ctx context.Context, n int) error {
	if n <= 0 {
		return nil
	}
	many := make([]river.InsertManyParams, n)
	for i := range many {
		many[i] = river.InsertManyParams{Args: ticketArgs{}, InsertOpts: &river.InsertOpts{Queue: queueName}}
	}
	_, err := q.client.InsertMany(ctx, many)
	return wrap("queueing", err)
}

// Start begins to work, until Stop.
func (q *Queue) Start(ctx context.Context) error {
	if !q.works {
		return nil
	}
	return wrap("starting the worker", q.client.Start(ctx))
}

// Stop takes no more tickets and waits for what runs, until the context ends; what
// runs then is cancelled and waited for.
func (q *Queue) Stop(drain, end context.Context) error {
	if !q.works {
		return nil
	}
	err := q.client.Stop(drain)
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		err = q.client.StopAndCancel(end)
	}
	return wrap("stopping the worker", err)
}

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}
