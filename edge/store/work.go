// What a worker does with scans: it takes the next one, and gives it back finished,
// failed, or to be begun again. These questions know no tenant.

package store

import (
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/uptrace/bun"

	"middlebrick/observe"
	"middlebrick/report"
)

// ErrOver says that the scan was finished by another attempt, or deleted.
var ErrOver = errors.New("the scan is over")

// Claim takes a scan for a ticket of the queue: the one that the ticket had taken
// before, or the next in turn. It gives ErrNotFound where nothing waits. A scan
// that was begun too often is failed, and not given.
func (s *Store) Claim(ctx context.Context, ticket int64) (row Scan, secret []byte, err error) {
	err = s.within(ctx, func(tx bun.Tx) error {
		row, err = s.claim(ctx, tx, ticket)
		return err
	})
	if err != nil {
		return Scan{}, nil, wrap("taking a scan", err)
	}
	if row.Status == Failed {
		return Scan{}, nil, ErrNotFound
	}
	secret, err = s.sealer.open(row.Sealed, row.ID)
	return row, secret, err
}

func (s *Store) claim(ctx context.Context, tx bun.Tx, ticket int64) (row Scan, err error) {
	err = tx.NewSelect().Model(&row).Where("ticket = ?", ticket).Where("status = ?", Processing).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		next := tx.NewSelect().Model(&row).Where("status = ?", Queued).OrderBy("turn", "ASC").OrderBy("id", "ASC").Limit(1)
		if s.listen != nil {
			next = next.For("UPDATE SKIP LOCKED")
		}
		err = next.Scan(ctx)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return row, ErrNotFound
	}
	if err != nil {
		return row, err
	}
	if row.Attempt >= MostAttempts {
		row.Status = Failed
		return row, s.fail(ctx, tx, row, "interrupted", "the scan was begun twice and did not come to its end")
	}
	row.Status, row.Ticket, row.Attempt, row.StartedAt = Processing, ticket, row.Attempt+1, millis(s.now())
	_, err = tx.NewUpdate().Model(&row).WherePK().Column("status", "ticket", "attempt", "started_at").Exec(ctx)
	return row, err
}

// Finish keeps a scan's result, once: a second result of the same scan, and one of
// an attempt that was given up, is ErrOver. The caller's credentials are erased.
func (s *Store) Finish(ctx context.Context, row Scan, rec *observe.Recording, r report.Report) error {
	var recording bytes.Buffer
	if err := rec.Write(&recording); err != nil {
		return fmt.Errorf("writing the recording: %w", err)
	}
	written, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	status, grade := Completed, ""
	if r.Status != report.Completed {
		status = Failed
	}
	if r.LetterGrade != nil {
		grade = *r.LetterGrade
	}
	packed, film := pack(written), pack(recording.Bytes())
	return wrap("keeping the result", s.within(ctx, func(tx bun.Tx) error {
		done, err := tx.ExecContext(ctx, `UPDATE scans SET status = ?, completed_at = ?, overall = ?, grade = ?, error_code = ?, error_message = ?, sealed = NULL
			WHERE id = ? AND status = 'processing' AND attempt = ?`,
			status, millis(s.now()), r.Overall, grade, code(r), text(r.ErrorMessage), row.ID, row.Attempt)
		if err = touched(done, err); errors.Is(err, ErrNotFound) {
			return ErrOver
		}
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO reports (scan_id, tenant_id, report, recording) VALUES (?, ?, ?, ?)", row.ID, row.TenantID, packed, film)
		return err
	}))
}

func code(r report.Report) string {
	if r.Status == report.Completed {
		return ""
	}
	return "unreachable"
}

// Fail ends a scan without a result.
func (s *Store) Fail(ctx context.Context, row Scan, code, message string) error {
	return wrap("keeping the failure", s.within(ctx, func(tx bun.Tx) error { return s.fail(ctx, tx, row, code, message) }))
}

func (s *Store) fail(ctx context.Context, tx bun.Tx, row Scan, code, message string) error {
	_, err := tx.ExecContext(ctx, `UPDATE scans SET status = 'failed', completed_at = ?, error_code = ?, error_message = ?, sealed = NULL
		WHERE id = ? AND status IN ('queued', 'processing') AND attempt = ?`, millis(s.now()), code, text(message), row.ID, row.Attempt)
	return err
}

// Release puts a scan back that a worker was told to leave: the attempt does not
// count.
func (s *Store) Release(ctx context.Context, row Scan) error {
	_, err := s.db.ExecContext(ctx, "UPDATE scans SET status = 'queued', ticket = 0, attempt = attempt - 1 WHERE id = ? AND status = 'processing' AND attempt = ?", row.ID, row.Attempt)
	return wrap("putting the scan back", err)
}

// Stray puts back what was begun before that time and has no result: its worker is
// gone. It gives how many those were, and how many scans wait now.
func (s *Store) Stray(ctx context.Context, before time.Time) (strays, waiting int, err error) {
	err = s.within(ctx, func(tx bun.Tx) error {
		done, err := tx.ExecContext(ctx, "UPDATE scans SET status = 'queued', ticket = 0 WHERE status = 'processing' AND started_at < ?", millis(before))
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		if err != nil {
			return err
		}
		strays = int(n)
		return tx.QueryRowContext(ctx, "SELECT count(*) FROM scans WHERE status = 'queued'").Scan(&waiting)
	})
	return strays, waiting, wrap("looking for scans left behind", err)
}

func pack(plain []byte) []byte {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = w.Write(plain) // a buffer takes everything
	_ = w.Close()
	return packed.Bytes()
}

// mostUnpacked bounds what one document may be, in bytes.
const mostUnpacked = 64 << 20

func unpack(packed []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("unpacking: %w", err)
	}
	plain, err := io.ReadAll(io.LimitReader(r, mostUnpacked))
	return plain, wrap("unpacking", err)
}
