// Files that are watched: what they look like, and which of them changed.

package cli

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// tree is how each file looked, by its path.
type tree map[string]stamp

type stamp struct {
	size    int64
	changed time.Time
	mode    fs.FileMode
}

// mostWatched bounds how many files one look takes in.
const mostWatched = 10_000

// passedOver are folders that change without anybody having edited anything.
var passedOver = []string{".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv", "venv", ".mypy_cache", ".pytest_cache"}

// lookAt takes in the files and, of folders, all that lies below.
func lookAt(paths []string) (tree, error) {
	seen := tree{}
	for _, path := range paths {
		if _, err := os.Stat(path); err != nil {
			return seen, usagef("--watch-file: %w", err)
		}
		if err := seen.take(path); err != nil {
			return seen, err
		}
	}
	return seen, nil
}

func (t tree) take(root string) error {
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil // it went away in this moment, or is not ours to read
		}
		name := entry.Name()
		if entry.IsDir() {
			if path != root && slices.Contains(passedOver, name) {
				return filepath.SkipDir
			}
			return nil
		}
		if path != root && unwritten(name) {
			return nil
		}
		if len(t) >= mostWatched {
			return usagef("--watch-file: %s holds more than %d files; name the ones that matter", root, mostWatched)
		}
		if info, err := os.Stat(path); err == nil {
			t[path] = stamp{info.Size(), info.ModTime(), info.Mode()}
		}
		return nil
	})
}

// unwritten is true of what editors and interpreters leave beside the files that
// people write.
func unwritten(name string) bool {
	for _, end := range []string{"~", ".swp", ".swx", ".tmp", ".pyc"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return strings.HasPrefix(name, ".#") || name == "4913" // Emacs's lock, Vim's trial
}

func (t tree) same(other tree) bool { return t.changed(other) == "" }

// changed is the first file, by name, that differs; "" where none does.
func (t tree) changed(now tree) string {
	names := map[string]bool{}
	for name := range t {
		names[name] = true
	}
	for name := range now {
		names[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		was, had := t[name]
		is, has := now[name]
		if had != has || was.size != is.size || was.mode != is.mode || !was.changed.Equal(is.changed) {
			return name
		}
	}
	return ""
}
