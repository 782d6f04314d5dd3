//go:build unix

// One server to a folder: two on one SQLite file would each take the other's scans
// for lost.

package server

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// lock holds the folder until it is let go, or the process ends in any way.
func lock(o Options) (unlock func(), err error) {
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the data folder: %w; name one that can be written with --data", err)
	}
	if o.Database != "" {
		return func() {}, nil
	}
	file, err := os.OpenFile(filepath.Join(o.Dir, "server.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("locking the data folder: %w", err)
	}
	err = unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		_ = file.Close()
		return nil, fmt.Errorf("another server uses %s: stop it, give another --data, or put both on PostgreSQL with --database", o.Dir)
	}
	if err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("locking %s: %w; keep the data folder on a local disk", o.Dir, err)
	}
	return func() { _ = file.Close() }, nil
}
