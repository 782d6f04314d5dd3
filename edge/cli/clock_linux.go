// Whether the kernel's clock is kept right.

package cli

import "golang.org/x/sys/unix"

// clockSynchronised asks the kernel; known is false where it does not say.
func clockSynchronised() (known, synchronised bool) {
	var asked unix.Timex
	state, err := unix.Adjtimex(&asked)
	return err == nil, state != unix.TIME_ERROR && asked.Status&unix.STA_UNSYNC == 0
}
