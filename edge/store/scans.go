// Scans from the order to the result. The order of work is fair between tenants: a
// scan's turn follows its tenant's last one, and never lies before the turn that
// was served last (start-time fair queueing, Goyal, Vin and Cheng, 1996).

package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"middlebrick/report"
)

// A Status is how far a scan is.
type Status string

// The states of a scan, as the clients' API names them.
const (
	Queued     Status = "queued"
	Processing Status = "processing"
	Completed  Status = "completed"
	Failed     Status = "failed"
)

// MostAttempts is how often a scan is begun before it counts as failed.
const MostAttempts = 2

// MostWaiting is how many scans of one tenant may wait.
const MostWaiting = 10_000

// The ways in which an order is refused.
var (
	ErrFull     = errors.New("too many scans are waiting")
	ErrMismatch = errors.New("the idempotency key was used for another request")
)

// A Scan is a row of the list of scans.
type Scan struct {
	ID           string `bun:",pk"`
	TenantID     string
	URL          string
	Method       string
	Status       Status
	Turn         int64
	Ticket       int64
	Attempt      int
	Sealed       []byte `json:"-"`
	CreatedAt    int64
	StartedAt    int64
	CompletedAt  int64
	Overall      *int
	Grade        string
	ErrorCode    string
	ErrorMessage string
}

// Created, Started and Completed are its times; zero where it did not come so far.
func (s Scan) Created() time.Time   { return moment(s.CreatedAt) }
func (s Scan) Started() time.Time   { return moment(s.StartedAt) }
func (s Scan) Completed() time.Time { return moment(s.CompletedAt) }

// An Order is a scan as it is asked for.
type Order struct {
	Tenant string
	URL    string
	Method string
	Secret []byte // what the caller gave for the target, to be sealed
	Token  string // the idempotency key; "": none
	Digest string // of the request, to be held against the token's first use
}

// Submit keeps an order, and what enqueue writes, in one transaction; it is on the
// disk when this returns. A token that was used for the same order within a day
// gives the scan of then.
func (s *Store) Submit(ctx context.Context, o Order, enqueue func(context.Context, *sql.Tx) error) (Scan, error) {
	id, err := newID()
	if err != nil {
		return Scan{}, err
	}
	o.URL, o.Method, o.Token = text(o.URL), text(o.Method), text(o.Token)
	row := Scan{ID: id, TenantID: o.Tenant, URL: o.URL, Method: o.Method, Status: Queued, CreatedAt: millis(s.now()), Sealed: s.sealer.seal(o.Secret, id)}
	err = s.within(ctx, func(tx bun.Tx) error {
		if err := s.alone(ctx, tx, o.Tenant); err != nil {
			return err
		}
		known, err := s.repeated(ctx, tx, o)
		if known != "" || err != nil {
			row.ID = known
			return err
		}
		if row.Turn, err = nextTurn(ctx, tx, o.Tenant); err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return err
		}
		if o.Token != "" {
			_, err = tx.ExecContext(ctx, "INSERT INTO idempotency (tenant_id, token, digest, scan_id, created_at) VALUES (?, ?, ?, ?, ?)", o.Tenant, o.Token, o.Digest, id, row.CreatedAt)
		}
		if err != nil {
			return err
		}
		return enqueue(ctx, tx.Tx)
	})
	if err == nil && row.ID != id {
		return s.Scan(ctx, o.Tenant, row.ID)
	}
	return row, wrap("keeping the scan", err)
}

// alone holds off a tenant's other orders until the transaction ends, so that an
// idempotency key that two of them carry gives one scan. SQLite has one writer.
func (s *Store) alone(ctx context.Context, tx bun.Tx, tenant string) error {
	if s.listen == nil {
		return nil
	}
	_, err := tx.ExecContext(ctx, "SELECT 1 FROM tenants WHERE id = ? FOR UPDATE", tenant)
	return err
}

// repeated is the scan that the order's token was used for.
func (s *Store) repeated(ctx context.Context, tx bun.Tx, o Order) (string, error) {
	if o.Token == "" {
		return "", nil
	}
	var id, kept string
	var at int64
	err := tx.QueryRowContext(ctx, "SELECT scan_id, digest, created_at FROM idempotency WHERE tenant_id = ? AND token = ?", o.Tenant, o.Token).Scan(&id, &kept, &at)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return "", nil
	case err != nil:
		return "", err
	case s.now().Sub(moment(at)) > 24*time.Hour:
		_, err = tx.ExecContext(ctx, "DELETE FROM idempotency WHERE tenant_id = ? AND token = ?", o.Tenant, o.Token)
		return "", err
	case kept != o.Digest:
		return "", ErrMismatch
	}
	return id, nil
}

// nextTurn is the place of a tenant's next scan. No other order of the
// tenant is between the count and the update.
func nextTurn(ctx context.Context, tx bun.Tx, tenant string) (turn int64, err error) {
	var waiting int
	if err = tx.QueryRowContext(ctx, "SELECT count(*) FROM scans WHERE tenant_id = ? AND status = 'queued'", tenant).Scan(&waiting); err != nil {
		return 0, err
	}
	if waiting >= MostWaiting {
		return 0, ErrFull
	}
	err = tx.QueryRowContext(ctx, `UPDATE tenants SET turn = 1 + CASE WHEN turn > served THEN turn ELSE served END
		FROM (SELECT coalesce(max(latest), 0) AS served FROM (
			SELECT max(turn) AS latest FROM scans WHERE status = 'processing' UNION ALL
			SELECT max(turn) FROM scans WHERE status = 'completed' UNION ALL
			SELECT max(turn) FROM scans WHERE status = 'failed') AS each_status) AS now
		WHERE id = ? RETURNING turn`, tenant).Scan(&turn)
	return turn, err
}

// Scan is one scan of a tenant.
func (s *Store) Scan(ctx context.Context, tenant, id string) (Scan, error) {
	var row Scan
	err := s.read.NewSelect().Model(&row).Where("tenant_id = ?", tenant).Where("id = ?", text(id)).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return row, ErrNotFound
	}
	return row, wrap("finding the scan", err)
}

// Scans are a tenant's scans, the newest first, of that status where one is named,
// and how many there are in all.
func (s *Store) Scans(ctx context.Context, tenant string, status Status, limit, offset int) ([]Scan, int, error) {
	rows := []Scan{}
	query := s.read.NewSelect().Model(&rows).Where("tenant_id = ?", tenant)
	if status != "" {
		query = query.Where("status = ?", status)
	}
	total, err := query.OrderBy("id", "DESC").Limit(int64(limit)).Offset(int64(offset)).ScanAndCount(ctx)
	return rows, int(total), wrap("listing the scans", err)
}

// Delete removes a scan with all that belongs to it. One that runs is not waited
// for: its result finds nothing to belong to.
func (s *Store) Delete(ctx context.Context, tenant, id string) error {
	done, err := s.db.ExecContext(ctx, "DELETE FROM scans WHERE tenant_id = ? AND id = ?", tenant, text(id))
	return touched(done, wrap("deleting the scan", err))
}

// Report is a scan's report, ErrNotFound until there is one.
func (s *Store) Report(ctx context.Context, tenant, id string) (report.Report, error) {
	var r report.Report
	written, err := s.document(ctx, "report", tenant, id)
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal(written, &r); err != nil {
		return r, fmt.Errorf("reading the report of scan %s: %w", id, err)
	}
	return r, nil
}

// Recording is a scan's recording as a file.
func (s *Store) Recording(ctx context.Context, tenant, id string) ([]byte, error) {
	return s.document(ctx, "recording", tenant, id)
}

func (s *Store) document(ctx context.Context, which, tenant, id string) ([]byte, error) {
	var packed []byte
	err := s.read.QueryRowContext(ctx, "SELECT ? FROM reports WHERE tenant_id = ? AND scan_id = ?", bun.Ident(which), tenant, text(id)).Scan(&packed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, wrap("finding the "+which, err)
	}
	return unpack(packed)
}
