// Opening the database: SQLite in a folder, or PostgreSQL; settings read back,
// the schema brought forward, a newer one refused.

package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Options say where the database is.
type Options struct {
	Dir      string // holds the SQLite file and the key that seals credentials
	Database string // postgres://…; "": SQLite in Dir
	Now      func() time.Time
}

// File is the name of the SQLite database in its folder.
const File = "middlebrick.db"

// Open opens the database, makes it where there is none, and brings its schema
// forward. It fails, and says what to do, where the database is newer than this
// program, damaged, or does not keep what it is told to keep.
func Open(ctx context.Context, o Options) (*Store, error) {
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the data folder: %w; name one that can be written with --data", err)
	}
	seal, err := openSealer(o.Dir)
	if err != nil {
		return nil, err
	}
	s := &Store{now: o.Now, sealer: seal}
	if o.Database == "" {
		err = s.openSQLite(ctx, filepath.Join(o.Dir, File))
	} else {
		err = s.openPostgres(ctx, o.Database)
	}
	if err == nil {
		err = s.migrate(ctx)
	}
	if err != nil {
		if s.db != nil {
			err = errors.Join(err, s.Close())
		}
		return nil, err
	}
	return s, nil
}

// wanted are SQLite's settings, in the form in which it tells them. A commit is on
// the disk before it is answered: an accepted scan survives a power cut.
var wanted = []struct{ pragma, set, told string }{
	{"journal_mode", "WAL", "wal"},
	{"synchronous", "FULL", "2"},
	{"foreign_keys", "1", "1"},
	{"busy_timeout", "10000", "10000"},
}

func (s *Store) openSQLite(ctx context.Context, file string) error {
	dsn := url.Values{"_txlock": {"immediate"}}
	for _, w := range wanted {
		dsn.Add("_pragma", w.pragma+"("+w.set+")")
	}
	write, err := sql.Open("sqlite", "file:"+file+"?"+dsn.Encode())
	if err != nil {
		return fmt.Errorf("opening %s: %w", file, err)
	}
	write.SetMaxOpenConns(1)
	s.db = bun.NewDB(write, sqlitedialect.New())
	dsn.Add("_pragma", "query_only(1)")
	read, err := sql.Open("sqlite", "file:"+file+"?"+dsn.Encode())
	if err != nil {
		return fmt.Errorf("opening %s: %w", file, err)
	}
	read.SetMaxOpenConns(8)
	s.read = bun.NewDB(read, sqlitedialect.New())
	var health string
	err = write.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&health)
	if busy := (*sqlite.Error)(nil); errors.As(err, &busy) && busy.Code()&0xff == sqlite3.SQLITE_BUSY {
		return fmt.Errorf("%s is being written by another process (%w); try again when it has ended", file, err)
	}
	if err != nil || health != "ok" {
		return fmt.Errorf("%s is damaged (%s%w); it was left as it is: restore a backup beside it", file, health, orNothing(err))
	}
	for _, w := range wanted {
		var told string
		if err := write.QueryRowContext(ctx, "PRAGMA "+w.pragma).Scan(&told); err != nil || told != w.told {
			return fmt.Errorf("%s: %s is %q and not %s: %w; keep the data folder on a local disk", file, w.pragma, told, w.set, orNothing(err))
		}
	}
	return nil
}

var errNothing = errors.New("no error was told")

func orNothing(err error) error {
	if err == nil {
		return errNothing
	}
	return err
}

func (s *Store) openPostgres(ctx context.Context, address string) error {
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		// The error of the library repeats the address, and with it the password.
		return errors.New("the database's address cannot be read; write it as postgres://user:password@host:5432/name")
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("opening the database at %s: %w", config.ConnConfig.Host, err)
	}
	db := stdlib.OpenDBFromPool(pool)
	s.listen = pool
	s.db = bun.NewDB(db, pgdialect.New())
	s.read = s.db
	if err := s.Ready(ctx); err != nil {
		return fmt.Errorf("opening the database at %s: %w", config.ConnConfig.Host, err)
	}
	return nil
}

// migrate brings the schema forward. Several processes may begin at once: on
// PostgreSQL the first holds a lock, on SQLite there is one writer.
func (s *Store) migrate(ctx context.Context) error {
	folder, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("reading the migrations: %w", err)
	}
	dialect := goose.DialectSQLite3
	if s.listen != nil {
		dialect = goose.DialectPostgres
	}
	return s.locked(ctx, func() error {
		provider, err := goose.NewProvider(dialect, s.db.DB, folder)
		if err != nil {
			return fmt.Errorf("reading the migrations: %w", err)
		}
		version, err := provider.GetDBVersion(ctx)
		if err != nil {
			return fmt.Errorf("reading the schema's version: %w", err)
		}
		newest := provider.ListSources()[len(provider.ListSources())-1].Version
		if version > newest {
			return fmt.Errorf("the database has schema %d and this program knows %d: run the newer program, or restore a backup of before its upgrade", version, newest)
		}
		if _, err := provider.Up(ctx); err != nil {
			return fmt.Errorf("bringing the schema forward: %w", err)
		}
		return nil
	})
}

// migrating is the number of our advisory lock.
const migrating = 0x6d62_0001

// locked runs do while no other process changes the tables of the same PostgreSQL
// database: of two that begin at once, the second waits.
func (s *Store) locked(ctx context.Context, do func() error) error {
	if s.listen == nil {
		return do()
	}
	conn, err := s.listen.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("waiting for a connection: %w", err)
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", migrating); err != nil {
		return fmt.Errorf("waiting for another migration: %w", err)
	}
	defer func() { _, _ = conn.Exec(ctx, "SELECT pg_advisory_unlock($1)", migrating) }()
	return do()
}
