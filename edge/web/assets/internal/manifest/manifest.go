// Package manifest lists the built files of the dashboard and says what they were
// built from.
package manifest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
)

// A Manifest leads from what a file is called to the name it bears, and holds the
// digest of all that it was made from.
type Manifest struct {
	From  string            `json:"from"`
	Files map[string]string `json:"files"`
}

// From is the digest of everything that decides what is built: the sources and the
// packages with their digests. The builder's own version is named in go.mod, whose
// change does not have to change what is built.
func From(dir fs.FS) (string, error) {
	sum := sha256.New()
	add := func(name string) error {
		text, err := fs.ReadFile(dir, name)
		if err != nil {
			return fmt.Errorf("reading %s: %w", name, err)
		}
		fmt.Fprintf(sum, "%s %d\n", name, len(text))
		sum.Write(text)
		return nil
	}
	err := fs.WalkDir(dir, "source", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		return add(name)
	})
	if err == nil {
		err = add("package-lock.json")
	}
	return hex.EncodeToString(sum.Sum(nil)), err
}
