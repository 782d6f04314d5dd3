//go:build unix

// What this machine allows the process.

package cli

import (
	"os"
	"syscall"
)

// descriptors is how many files this process may have open; 0 where that is not
// known. Go raises the limit as far as the system permits when a program starts.
func descriptors() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil || limit.Cur > 1<<30 {
		return 0
	}
	return int(limit.Cur)
}

// claim makes the file this process's own until it is closed; false where another
// process has it.
func claim(file *os.File) bool {
	return syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}
