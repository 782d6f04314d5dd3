//go:build !linux

// Where the terminal stays in line mode: q and Enter end the watch.

package cli

import "os"

func singleKeys(*os.File) func() { return func() {} }
