// Package history keeps what the last scans of each target came to, so that the
// next one can say what moved. A target is a small file of snapshots, which hold no
// secret; nothing here may ever fail a scan.
package history

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"middlebrick/report/compare"
)

// Schema is the version that every file names.
const Schema = "middlebrick.history/1"

// Bounds: scans of one target, targets, and bytes of one target's file.
const (
	MostScans   = 20
	MostTargets = 1000
	MostBytes   = 1 << 20
)

// Folder is where the files are: $XDG_STATE_HOME/middlebrick, or its default in the
// user's home. A path that is not absolute is passed over, as the specification of
// those folders has it.
func Folder(env func(string) string) (string, error) {
	for _, base := range []string{env("XDG_STATE_HOME"), below(env("HOME"), ".local", "state"), env("LocalAppData")} {
		if filepath.IsAbs(base) {
			return filepath.Join(base, "middlebrick"), nil
		}
	}
	return "", errors.New("finding a folder for the history: there is no home; name a folder in XDG_STATE_HOME, or switch it off with --no-history")
}

func below(home string, parts ...string) string {
	if home == "" {
		return ""
	}
	return filepath.Join(append([]string{home}, parts...)...)
}

// A Book is the folder.
type Book struct{ dir string }

// Open is the book in that folder, which need not be there yet.
func Open(dir string) Book { return Book{filepath.Join(dir, "history")} }

// Dir is where its files are.
func (b Book) Dir() string { return b.dir }

// page is one target's file; the last scan stands last.
type page struct {
	Schema string             `json:"schema"`
	Target string             `json:"target"`
	Scans  []compare.Snapshot `json:"scans"`
}

// path is the file of a target. Its name begins with the host, for people.
func (b Book) path(target string) string {
	sum := sha256.Sum256([]byte(target))
	_, host, _ := strings.Cut(target, "://")
	host, _, _ = strings.Cut(host, "/")
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789.-", r) {
			return r
		}
		return '_'
	}, strings.ToLower(host))
	return filepath.Join(b.dir, fmt.Sprintf("%.80s-%s.json", strings.TrimLeft(name, "."), hex.EncodeToString(sum[:8])))
}

// Scans are the kept scans of a target, the last one last; a target that was never
// scanned has none. An error names the file, which may be removed.
func (b Book) Scans(target string) ([]compare.Snapshot, error) {
	p, err := read(b.path(target))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	case p.Target != target:
		return nil, fmt.Errorf("reading history: %s is of another target; remove it", b.path(target))
	}
	return p.Scans, nil
}

func read(path string) (page, error) {
	file, err := os.Open(path)
	if err != nil {
		return page{}, fmt.Errorf("reading history: %w", err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, MostBytes+1))
	if err != nil {
		return page{}, fmt.Errorf("reading history: %w", err)
	}
	if len(text) > MostBytes {
		return page{}, fmt.Errorf("reading history: %s is larger than %d bytes; remove it", path, MostBytes)
	}
	var p page
	if err := json.Unmarshal(text, &p); err != nil {
		return page{}, fmt.Errorf("reading history: %s: %w; remove it", path, err)
	}
	if p.Schema != Schema {
		return page{}, fmt.Errorf("reading history: %s is of the form %q, and this version reads %q; remove it", path, p.Schema, Schema)
	}
	return p, nil
}

// Keep adds a scan. The file is replaced whole: a program that is killed leaves the
// old one, and of two that write at once one is lost. What cannot be read is
// replaced.
func (b Book) Keep(s compare.Snapshot) error {
	scans, err := b.Scans(s.Target)
	if err != nil {
		scans = nil
	}
	p := page{Schema, s.Target, append(scans, s)}
	p.Scans = p.Scans[max(0, len(p.Scans)-MostScans):]
	text, err := encoded(p)
	for err == nil && len(text) > MostBytes && len(p.Scans) > 1 {
		p.Scans = p.Scans[1:]
		text, err = encoded(p)
	}
	if err != nil || len(text) > MostBytes {
		return errors.Join(fmt.Errorf("keeping history: a scan of %s takes %d bytes, and %d are kept", s.Target, len(text), MostBytes), err)
	}
	if err := os.MkdirAll(b.dir, 0o700); err != nil {
		return fmt.Errorf("keeping history: %w", err)
	}
	if err := place(b.path(s.Target), text); err != nil {
		return fmt.Errorf("keeping history: %w", err)
	}
	return b.prune()
}

func encoded(p page) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(p)
	return out.Bytes(), err
}

// place writes a file beside the one that is wanted and gives it its name.
func place(path string, text []byte) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".*.tmp") // with mode 0600
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	err = errors.Join(err, file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		_ = os.Remove(file.Name())
	}
	return err
}

// leftover is after how long a temporary file is taken for that of a program that
// was killed.
const leftover = time.Hour

// prune takes away the targets that were not scanned for the longest time, beyond
// the bound, and what a killed program left.
func (b Book) prune() error {
	files, err := b.files()
	if err != nil || len(files) == 0 {
		return err
	}
	newest := files[0].changed
	kept := 0
	for _, f := range files {
		temporary := strings.HasSuffix(f.path, ".tmp")
		if !temporary {
			kept++
		}
		if temporary && newest.Sub(f.changed) > leftover || kept > MostTargets {
			_ = os.Remove(f.path)
		}
	}
	return nil
}

type file struct {
	path    string
	changed time.Time
}

// files are the files of the book, the last written first.
func (b Book) files() ([]file, error) {
	entries, err := os.ReadDir(b.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading history: %w", err)
	}
	var all []file
	for _, entry := range entries {
		info, err := entry.Info()
		if err == nil && info.Mode().IsRegular() {
			all = append(all, file{filepath.Join(b.dir, entry.Name()), info.ModTime()})
		}
	}
	slices.SortStableFunc(all, func(x, y file) int { return y.changed.Compare(x.changed) })
	return all, nil
}

// Lasts are the last scans of all targets, the latest first, and what could not be
// read.
func (b Book) Lasts() (lasts []compare.Snapshot, unread []error) {
	files, err := b.files()
	if err != nil {
		return nil, []error{err}
	}
	for _, f := range files {
		if strings.HasSuffix(f.path, ".tmp") {
			continue
		}
		p, err := read(f.path)
		if err != nil {
			unread = append(unread, err)
			continue
		}
		if n := len(p.Scans); n > 0 {
			lasts = append(lasts, p.Scans[n-1])
		}
	}
	slices.SortStableFunc(lasts, func(x, y compare.Snapshot) int { return y.At.Compare(x.At) })
	return lasts, unread
}

// Forget removes what is kept of a target; false where nothing was.
func (b Book) Forget(target string) (bool, error) {
	err := os.Remove(b.path(target))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("forgetting: %w", err)
	}
	return true, nil
}
