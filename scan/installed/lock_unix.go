//go:build unix

// One update at a time.

package installed

import (
	"fmt"
	"os"
	"syscall"
)

// lock holds a file until free is called; another process that holds it is ErrBusy.
func lock(path string) (free func(), err error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("locking the folder for lists: %w", err)
	}
	if syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		file.Close()
		return nil, ErrBusy
	}
	return func() { file.Close() }, nil
}
