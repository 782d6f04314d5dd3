//go:build !unix

// One update at a time, where no file can be locked: left to the user.

package installed

func lock(string) (free func(), err error) { return func() {}, nil }
