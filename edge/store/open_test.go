// What is opened, and what is refused and left as it is.

package store_test

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"middlebrick/edge/store"
	"middlebrick/testbed/postgres"
)

func openedTwice(t *testing.T, b *bench) {
	b.order(t, store.Order{Tenant: b.a, Secret: []byte("s")})
	second, err := store.Open(t.Context(), b.o)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if _, secret, err := second.Claim(t.Context(), 1); err != nil || string(secret) != "s" {
		t.Errorf("Claim = %q, %v", secret, err)
	}
	if err := second.Ready(t.Context()); err != nil {
		t.Error(err)
	}
}

func newer(t *testing.T, b *bench) {
	db, _ := b.SQL()
	if _, err := db.ExecContext(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)"); err != nil {
		t.Fatal(err)
	}
	second, err := store.Open(t.Context(), b.o)
	if err == nil {
		second.Close()
		t.Fatal("a newer schema was opened")
	}
	if !strings.Contains(err.Error(), "99999") {
		t.Errorf("the refusal does not name the schema: %v", err)
	}
}

// options are of a test that opens by itself.
func options(dir, database string) store.Options {
	return store.Options{Dir: dir, Database: database, Now: time.Now}
}

func TestDamagedFileIsRefusedAndKept(t *testing.T) {
	t.Parallel()
	whole := filled(t)
	for name, damage := range map[string]func([]byte) []byte{
		"cut in half":        func(file []byte) []byte { return file[:len(file)/2] },
		"cut inside a page":  func(file []byte) []byte { return file[:len(file)-100] },
		"no database at all": func([]byte) []byte { return []byte(strings.Repeat("not a database\n", 500)) },
		"a page of noise": func(file []byte) []byte {
			return append(append(bytes.Clone(file[:4096]), bytes.Repeat([]byte{0xa5}, 8192)...), file[4096+8192:]...)
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, store.File)
			damaged := damage(bytes.Clone(whole))
			if err := os.WriteFile(path, damaged, 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := store.Open(t.Context(), options(dir, ""))
			if err == nil {
				s.Close()
				t.Fatal("it was opened")
			}
			if !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "restore") {
				t.Errorf("the refusal does not tell what to do: %v", err)
			}
			if left, err := os.ReadFile(path); err != nil || !bytes.Equal(left, damaged) {
				t.Errorf("the file was changed: %d bytes of %d, %v", len(left), len(damaged), err)
			}
		})
	}
}

// filled is the file of a database with some rows.
func filled(t *testing.T) []byte {
	t.Helper()
	b := open(t, "")
	for range 100 {
		b.order(t, store.Order{Tenant: b.a, URL: "https://api.example.com/" + strings.Repeat("x", 500)})
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(filepath.Join(b.o.Dir, store.File))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestAnotherSealingKeyOpensNoCredentials(t *testing.T) {
	t.Parallel()
	b := open(t, "")
	b.order(t, store.Order{Tenant: b.a, Secret: []byte("s")})
	if err := os.WriteFile(filepath.Join(b.o.Dir, store.KeyFile), bytes.Repeat([]byte{1}, 32), 0o600); err != nil {
		t.Fatal(err)
	}
	second, err := store.Open(t.Context(), b.o)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if _, secret, err := second.Claim(t.Context(), 1); err == nil || len(secret) != 0 {
		t.Errorf("Claim = %q, %v", secret, err)
	}
}

func TestPasswordOfTheDatabaseIsNotTold(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"postgres://u:hunter2@127.0.0.1:notaport/x", "postgres://u:hunter2@127.0.0.1:1/x?connect_timeout=1"} {
		s, err := store.Open(t.Context(), options(t.TempDir(), address))
		if err == nil {
			s.Close()
			t.Errorf("%s was opened", address)
			continue
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the password is told: %v", err)
		}
	}
}

// A file is one process's (its owner locks the folder); a server is many's.
func TestManyOpenOneNewDatabaseAtOnce(t *testing.T) {
	t.Parallel()
	database, dir := postgres.Start(t), t.TempDir()
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			s, err := store.Open(t.Context(), options(dir, database))
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

func TestFileInUseIsNotCalledDamaged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	other, err := sql.Open("sqlite", "file:"+filepath.Join(dir, store.File))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	other.SetMaxOpenConns(1)
	for _, query := range []string{"CREATE TABLE x (y INT)", "BEGIN EXCLUSIVE"} {
		if _, err := other.ExecContext(t.Context(), query); err != nil {
			t.Fatal(err)
		}
	}
	s, err := store.Open(t.Context(), options(dir, ""))
	if err == nil {
		s.Close()
		t.Fatal("a file was opened that another writes")
	}
	if strings.Contains(err.Error(), "damaged") || !strings.Contains(err.Error(), "another process") {
		t.Errorf("Open = %v", err)
	}
}
