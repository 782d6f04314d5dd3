// What a queue promises, on both databases: a ticket is written with its order, is
// worked once, is shown again where the work failed, and is waited for at the end.

package job_test

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"middlebrick/edge/job"
	"middlebrick/testbed/postgres"
)

// A base is one fresh database for a queue.
type base struct {
	db   *sql.DB
	pool *pgxpool.Pool
}

var sentences = []struct {
	name string
	hold func(*testing.T, base)
}{
	{"a ticket of a transaction that was rolled back is none", rolledBack},
	{"each ticket is worked once", once},
	{"a ticket whose work failed is shown again under its number", again},
	{"a stop waits for what runs", drains},
	{"a stop that has waited long enough cancels what runs", cancels},
	{"a queue that works nothing takes tickets", takesOnly},
	{"the sweep comes at the start", sweeps},
}

func TestHoldsOnSQLite(t *testing.T) {
	for _, s := range sentences {
		t.Run(s.name, func(t *testing.T) {
			db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "queue.db")+"?_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=busy_timeout(10000)")
			if err != nil {
				t.Fatal(err)
			}
			db.SetMaxOpenConns(1)
			t.Cleanup(func() { db.Close() })
			s.hold(t, base{db: db})
		})
	}
}

func TestHoldsOnPostgreSQL(t *testing.T) {
	server := postgres.New(t)
	for _, s := range sentences {
		t.Run(s.name, func(t *testing.T) {
			s.hold(t, connect(t, server.Fresh(t)))
		})
	}
}

func (b base) open(t *testing.T, slots int, do func(context.Context, job.Ticket) error) *job.Queue {
	t.Helper()
	return b.sweeping(t, slots, do, func(context.Context) error { return nil })
}

func (b base) sweeping(t *testing.T, slots int, do func(context.Context, job.Ticket) error, sweep func(context.Context) error) *job.Queue {
	t.Helper()
	q, err := job.Open(t.Context(), b.options(slots, do, sweep))
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func (b base) options(slots int, do func(context.Context, job.Ticket) error, sweep func(context.Context) error) job.Options {
	return job.Options{DB: b.db, Listen: b.pool, Every: time.Hour, Sweep: sweep, Log: slog.New(slog.DiscardHandler),
		Kind: job.Kind{Slots: slots, Timeout: time.Minute, Do: do}}
}

// start works until the test's end.
func start(t *testing.T, q *job.Queue) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	if err := q.Start(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := q.Stop(ctx, ctx); err != nil {
			t.Errorf("Stop: %v", err)
		}
	})
}

// limit bounds a wait for what must come.
const limit = time.Minute

func await[T any](t *testing.T, c <-chan T, what string) (v T) {
	t.Helper()
	select {
	case v = <-c:
	case <-time.After(limit):
		t.Fatalf("%s did not come within %s", what, limit)
	}
	return v
}

func (b base) add(t *testing.T, q *job.Queue, end func(*sql.Tx) error) {
	t.Helper()
	tx, err := b.db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(q.Add(t.Context(), tx), end(tx)); err != nil {
		t.Fatal(err)
	}
}

func waiting(t *testing.T, q *job.Queue, want int) {
	t.Helper()
	if n, err := q.Waiting(t.Context()); n != want || err != nil {
		t.Errorf("Waiting = %d, %v, want %d", n, err, want)
	}
}

func rolledBack(t *testing.T, b base) {
	shown := make(chan job.Ticket, 10)
	q := b.open(t, 1, func(_ context.Context, ticket job.Ticket) error { shown <- ticket; return nil })
	b.add(t, q, (*sql.Tx).Rollback)
	waiting(t, q, 0)
	b.add(t, q, (*sql.Tx).Commit)
	waiting(t, q, 1)
	start(t, q)
	await(t, shown, "the ticket")
	if len(shown) != 0 {
		t.Errorf("another ticket was shown: %v", <-shown)
	}
}

func once(t *testing.T, b base) {
	const tickets = 200
	shown := make(chan int64, 2*tickets)
	var now, most atomic.Int64
	q := b.open(t, 4, func(_ context.Context, ticket job.Ticket) error {
		n := now.Add(1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		shown <- ticket.ID
		now.Add(-1)
		return nil
	})
	if err := q.Issue(t.Context(), tickets-1); err != nil {
		t.Fatal(err)
	}
	start(t, q)
	b.add(t, q, (*sql.Tx).Commit) // while it works
	seen := map[int64]int{}
	for range tickets {
		seen[await(t, shown, "a ticket")]++
	}
	if len(seen) != tickets || len(shown) != 0 {
		t.Errorf("%d tickets of %d were shown, %d more times", len(seen), tickets, len(shown))
	}
	if most.Load() > 4 {
		t.Errorf("%d tickets were worked at once, want 4 at most", most.Load())
	}
}

func again(t *testing.T, b base) {
	shown := make(chan job.Ticket, 10)
	q := b.open(t, 2, func(_ context.Context, ticket job.Ticket) error {
		shown <- ticket
		if ticket.Attempt == 1 {
			return errors.New("the database is away")
		}
		return nil
	})
	b.add(t, q, (*sql.Tx).Commit)
	start(t, q)
	first := await(t, shown, "the ticket")
	second := await(t, shown, "the ticket again")
	if first.ID != second.ID || first.Attempt != 1 || second.Attempt != 2 {
		t.Errorf("shown %+v and then %+v", first, second)
	}
}

func drains(t *testing.T, b base) {
	begun, goOn := make(chan job.Ticket, 10), make(chan struct{})
	var done atomic.Int64
	q := b.open(t, 2, func(ctx context.Context, ticket job.Ticket) error {
		begun <- ticket
		select {
		case <-goOn:
			done.Add(1)
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	if err := q.Issue(t.Context(), 5); err != nil {
		t.Fatal(err)
	}
	if err := q.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	await(t, begun, "a ticket")
	await(t, begun, "a second ticket")
	stopped := make(chan error, 1)
	go func() { stopped <- q.Stop(t.Context(), t.Context()) }()
	select {
	case err := <-stopped:
		t.Fatalf("Stop did not wait: %v", err)
	case <-time.After(200 * time.Millisecond):
	}
	close(goOn)
	if err := await(t, stopped, "the stop"); err != nil {
		t.Errorf("Stop = %v", err)
	}
	if done.Load() != 2 || len(begun) != 0 {
		t.Errorf("%d tickets were done, want 2; %d more were begun", done.Load(), len(begun))
	}
	waiting(t, q, 3)
}

func cancels(t *testing.T, b base) {
	begun := make(chan job.Ticket, 10)
	q := b.open(t, 1, func(ctx context.Context, ticket job.Ticket) error {
		begun <- ticket
		<-ctx.Done()
		return ctx.Err()
	})
	b.add(t, q, (*sql.Tx).Commit)
	if err := q.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	await(t, begun, "the ticket")
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if err := q.Stop(over, t.Context()); err != nil {
		t.Errorf("Stop = %v", err)
	}
	waiting(t, q, 1) // for the next start
}

func takesOnly(t *testing.T, b base) {
	q := b.open(t, 0, nil)
	start(t, q)
	b.add(t, q, (*sql.Tx).Commit)
	if err := errors.Join(q.Issue(t.Context(), 2), q.Issue(t.Context(), 0), q.Issue(t.Context(), -1)); err != nil {
		t.Fatal(err)
	}
	waiting(t, q, 3)
	shown := make(chan job.Ticket, 10)
	start(t, b.open(t, 1, func(_ context.Context, ticket job.Ticket) error { shown <- ticket; return nil }))
	for range 3 {
		await(t, shown, "a ticket")
	}
}

func sweeps(t *testing.T, b base) {
	swept := make(chan struct{}, 10)
	start(t, b.sweeping(t, 1, func(context.Context, job.Ticket) error { return nil }, func(context.Context) error { swept <- struct{}{}; return nil }))
	await(t, swept, "the sweep")
}

func TestManyProcessesOpenOneNewQueue(t *testing.T) {
	address := postgres.Start(t)
	var all sync.WaitGroup
	for range 4 {
		b := connect(t, address)
		all.Go(func() {
			if _, err := job.Open(t.Context(), b.options(0, nil, nil)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	waiting(t, connect(t, address).open(t, 0, nil), 0)
}

// connect is one process's pool on PostgreSQL.
func connect(t *testing.T, address string) base {
	t.Helper()
	pool, err := pgxpool.New(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	db := stdlib.OpenDBFromPool(pool)
	t.Cleanup(func() { db.Close() })
	return base{db, pool}
}
