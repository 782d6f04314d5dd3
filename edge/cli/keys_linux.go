// A terminal that gives single keys, for as long as somebody is asked for one.

package cli

import (
	"os"

	"golang.org/x/sys/unix"
)

// singleKeys takes the terminal out of line mode, and gives back how to put it
// there again. Ctrl-C goes on being a signal.
func singleKeys(terminal *os.File) func() {
	fd := int(terminal.Fd())
	old, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return func() {}
	}
	now := *old
	now.Lflag &^= unix.ICANON | unix.ECHO
	now.Cc[unix.VMIN], now.Cc[unix.VTIME] = 1, 0
	if err := unix.IoctlSetTermios(fd, unix.TCSETS, &now); err != nil {
		return func() {}
	}
	return func() { _ = unix.IoctlSetTermios(fd, unix.TCSETS, old) }
}
