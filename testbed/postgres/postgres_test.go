// The server is there, and each fresh database is another one.

package postgres_test

import (
	"database/sql"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"

	"middlebrick/testbed/postgres"
)

func TestEachFreshDatabaseIsEmpty(t *testing.T) {
	server := postgres.New(t)
	for _, address := range []string{server.URL, server.Fresh(t), server.Fresh(t)} {
		db, err := sql.Open("pgx", address)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.ExecContext(t.Context(), "CREATE TABLE mine (id INT)"); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
}
