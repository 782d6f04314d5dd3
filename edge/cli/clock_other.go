//go:build !linux

// Where nobody says whether the clock is kept right.

package cli

func clockSynchronised() (known, synchronised bool) { return false, false }
