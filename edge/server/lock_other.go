//go:build !unix

// One server to a folder is not held here, where there is no flock.

package server

import (
	"fmt"
	"os"
)

// lock makes the folder. Two servers on one folder are not told apart here.
func lock(o Options) (unlock func(), err error) {
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the data folder: %w; name one that can be written with --data", err)
	}
	return func() {}, nil
}
