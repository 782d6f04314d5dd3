// Where the files are looked for.

package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Name is the file that a project keeps.
const Name = ".middlebrick.yaml"

// None, given in a file's place, means that no file is read.
const None = "none"

// Legacy is the reason of the file of the server's client, which holds no settings
// of a scan.
const Legacy = "legacy"

// A Search says where to look.
type Search struct {
	Flag string // --config
	Env  func(name string) string
	Dir  string // where the program was started; "": no project is looked for
}

// Found is the file that counts, and those that were passed over for it.
type Found struct {
	Path    string // "": there is none
	Because string // "--config", "MIDDLEBRICK_CONFIG", "project", "user", "legacy"
	Passed  []string
	Checked []string // where it was looked for, in order
}

// Find gives the first file there is: --config, MIDDLEBRICK_CONFIG, the project's,
// the user's, that of the server's client. Only one of the first two that does not
// exist is an error.
func (s Search) Find() (Found, error) {
	for _, named := range []struct{ path, because string }{{s.Flag, "--config"}, {s.Env("MIDDLEBRICK_CONFIG"), "MIDDLEBRICK_CONFIG"}} {
		if named.path == "" {
			continue
		}
		found := Found{Path: named.path, Because: named.because}
		if named.path == None {
			found.Path = ""
			return found, nil
		}
		_, err := os.Stat(named.path)
		if err != nil {
			return found, fmt.Errorf("%s: %w", named.because, err)
		}
		return found, nil
	}
	var found Found
	for _, place := range s.places() {
		found.Checked = append(found.Checked, place.path)
		_, err := os.Stat(place.path)
		switch {
		case errors.Is(err, fs.ErrNotExist) || errors.Is(err, errNotFolder):
		case err != nil:
			return found, fmt.Errorf("looking for a configuration file: %w", err)
		case found.Path == "":
			found.Path, found.Because = place.path, place.because
		default:
			found.Passed = append(found.Passed, place.path)
		}
	}
	return found, nil
}

type place struct{ path, because string }

func (s Search) places() []place {
	var all []place
	for _, dir := range s.upward() {
		all = append(all, place{s.here(filepath.Join(dir, Name)), "project"})
	}
	home := s.home()
	if xdg := s.Env("XDG_CONFIG_HOME"); filepath.IsAbs(xdg) {
		all = append(all, place{filepath.Join(xdg, "middlebrick", "config.yaml"), "user"})
	} else if home != "" {
		all = append(all, place{filepath.Join(home, ".config", "middlebrick", "config.yaml"), "user"})
	}
	if home != "" {
		all = append(all, place{filepath.Join(home, ".middlebrick", "config.json"), Legacy})
	}
	return all
}

func (s Search) home() string {
	if home := s.Env("HOME"); home != "" {
		return home
	}
	return s.Env("USERPROFILE")
}

// upward are the folders from where the program was started to the root of its
// repository. Outside of a repository it is the one folder: what lies above may be
// another user's.
func (s Search) upward() []string {
	if s.Dir == "" {
		return nil
	}
	var dirs []string
	for dir := s.Dir; ; dir = filepath.Dir(dir) {
		dirs = append(dirs, dir)
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return dirs
		}
		if dir == filepath.Dir(dir) {
			return dirs[:1]
		}
	}
}

// Ignores is the project's file of accepted findings, where there is one, and where
// it would be.
func (s Search) Ignores() (path string, exists bool) {
	dirs := s.upward()
	for _, dir := range dirs {
		path := s.here(filepath.Join(dir, IgnoreName))
		if _, err := os.Stat(path); err == nil {
			return path, true
		}
	}
	if len(dirs) == 0 {
		return IgnoreName, false
	}
	return s.here(filepath.Join(dirs[len(dirs)-1], IgnoreName)), false
}

// here is a path as it is written from where the program was started.
func (s Search) here(path string) string {
	if rel, err := filepath.Rel(s.Dir, path); err == nil {
		return rel
	}
	return path
}
