// Package store keeps what a server must not lose: tenants, their keys, their
// scans with recordings and reports. It is one schema on SQLite and PostgreSQL,
// and every question but those of the worker names the tenant.
package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base32"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/uptrace/bun"
)

// ErrNotFound answers for what is not there, and for what is another tenant's: who
// asks cannot tell them apart.
var ErrNotFound = errors.New("not found")

// A Store is an open database.
type Store struct {
	db     *bun.DB // writes; on SQLite one connection
	read   *bun.DB // on SQLite several, that cannot write
	listen *pgxpool.Pool
	now    func() time.Time
	sealer sealer
}

// Close ends all connections.
func (s *Store) Close() error {
	if s.listen != nil {
		s.listen.Close()
	}
	return errors.Join(s.read.Close(), s.db.Close())
}

// SQL is the database for the queue, which keeps its jobs beside our rows so that a
// scan and its job are written in one transaction. The pool is nil on SQLite.
func (s *Store) SQL() (*sql.DB, *pgxpool.Pool) { return s.db.DB, s.listen }

// Ready fails while the database does not answer.
func (s *Store) Ready(ctx context.Context) error {
	if _, err := s.read.ExecContext(ctx, "SELECT 1"); err != nil {
		return fmt.Errorf("asking the database: %w", err)
	}
	return nil
}

// within runs do in one transaction.
func (s *Store) within(ctx context.Context, do func(tx bun.Tx) error) error {
	return s.db.RunInTx(ctx, nil, func(_ context.Context, tx bun.Tx) error { return do(tx) })
}

// millis is a time as the database has it; the zero time is 0.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// text is what both databases take as text: they refuse, or bun does, a byte of
// zero and what is not UTF-8. No id and no name of ours holds what stands for them.
func text(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// crockford leaves out the letters that are read wrongly.
var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// newID is a name that sorts by time: a UUID of version 7 (RFC 9562 section 5.7)
// in 26 characters.
func newID() (string, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("making an id: %w", err)
	}
	return crockford.EncodeToString(id[:]), nil
}

// random is n bytes of chance.
func random(n int) ([]byte, error) {
	bytes := make([]byte, n)
	if _, err := rand.Read(bytes); err != nil {
		return nil, fmt.Errorf("asking for chance: %w", err)
	}
	return bytes, nil
}
