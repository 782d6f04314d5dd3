// One list of sentences that hold on both databases, and what the tests share: a
// clock that a test moves, a database of its own, a recording to keep.

package store_test

import (
	"context"
	"database/sql"
	"sync"
	"testing"
	"time"

	"middlebrick/edge/store"
	"middlebrick/observe"
	"middlebrick/report"
	"middlebrick/target"
	"middlebrick/testbed/postgres"
)

// A bench is one fresh database.
type bench struct {
	*store.Store
	o     store.Options
	clock *clock
	a, b  string // two tenants
}

type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// sentences hold on SQLite and on PostgreSQL.
var sentences = []struct {
	name string
	hold func(*testing.T, *bench)
}{
	{"scans are listed newest first, by status, with their number", listed},
	{"an order whose ticket fails leaves nothing", ordersWhole},
	{"an idempotency key gives the scan of its first use for a day", repeats},
	{"an idempotency key used by many at once gives one scan", repeatsAtOnce},
	{"a tenant has one row however many ask for it at once", oneTenant},
	{"what is another tenant's is not found", apart},
	{"a key opens until it is revoked", keysRevoked},
	{"a key opens until it expires", keysExpire},
	{"a misspelt key opens nothing", keysMisspelt},
	{"a key's last use is kept to the minute", keysUsed},
	{"one tenant's many scans do not delay another's", fair},
	{"a ticket that is shown again gets its scan again, twice at most", again},
	{"a scan is finished once", finishedOnce},
	{"a deleted scan's result belongs to nothing", deletedInFlight},
	{"credentials come back opened and are erased at the end", erased},
	{"credentials of a scan that failed are erased", erasedByFailure},
	{"a released scan has its attempt back", released},
	{"what a lost worker had begun is put back", strays},
	{"many workers take each scan once", takenOnce},
	{"hostile text is kept", hostile},
	{"a database that is open already opens a second time", openedTwice},
	{"a newer schema is refused", newer},
}

func TestHoldsOnSQLite(t *testing.T) {
	t.Parallel()
	for _, s := range sentences {
		t.Run(s.name, func(t *testing.T) { s.hold(t, open(t, "")) })
	}
}

func TestHoldsOnPostgreSQL(t *testing.T) {
	t.Parallel()
	server := postgres.New(t)
	for _, s := range sentences {
		t.Run(s.name, func(t *testing.T) { s.hold(t, open(t, server.Fresh(t))) })
	}
}

func open(t *testing.T, database string) *bench {
	t.Helper()
	c := &clock{at: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}
	b := &bench{clock: c, o: store.Options{Dir: t.TempDir(), Database: database, Now: c.now}}
	var err error
	if b.Store, err = store.Open(t.Context(), b.o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	b.a, b.b = b.tenant(t, "a"), b.tenant(t, "b")
	return b
}

func (b *bench) tenant(t *testing.T, name string) string {
	t.Helper()
	id, err := b.Tenant(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func nothing(context.Context, *sql.Tx) error { return nil }

// order submits one scan.
func (b *bench) order(t *testing.T, o store.Order) store.Scan {
	t.Helper()
	if o.URL == "" {
		o.URL = "https://api.example.com/"
	}
	o.Method = "GET"
	row, err := b.Submit(t.Context(), o, nothing)
	if err != nil {
		t.Fatal(err)
	}
	return row
}

// claim takes a scan that must be there.
func (b *bench) claim(t *testing.T, ticket int64) (store.Scan, []byte) {
	t.Helper()
	row, secret, err := b.Claim(t.Context(), ticket)
	if err != nil {
		t.Fatalf("Claim(%d): %v", ticket, err)
	}
	return row, secret
}

// scan is the row as it is now.
func (b *bench) scan(t *testing.T, tenant, id string) store.Scan {
	t.Helper()
	row, err := b.Scan(t.Context(), tenant, id)
	if err != nil {
		t.Fatal(err)
	}
	return row
}

// result is what a finished scan keeps.
func (b *bench) result() (*observe.Recording, report.Report) {
	head := observe.Header{ID: "id", Engine: "test", Target: target.Target{URL: "https://api.example.com/"}, Started: b.clock.now(), Plan: []string{"resolve"}}
	rec := observe.NewRecorder(head, b.clock.now, []byte("key")).Finish(false, observe.Cost{Connections: 1})
	overall, grade := 83, "B"
	return rec, report.Report{Status: report.Completed, Overall: &overall, LetterGrade: &grade}
}

func (b *bench) finish(t *testing.T, row store.Scan) error {
	rec, r := b.result()
	return b.Finish(t.Context(), row, rec, r)
}

// count asks the database itself.
func (b *bench) count(t *testing.T, query string) (n int) {
	t.Helper()
	db, _ := b.SQL()
	if err := db.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
