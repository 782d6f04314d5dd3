// Where the repository declares a target: the line at which reports for code hosts
// put its findings, since a finding of a scan has no source file of its own.

package cli

import (
	"bytes"
	"io"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"middlebrick/report/render"
	"middlebrick/target"
)

// configurationName is the file whose line is looked for.
const configurationName = ".middlebrick.yaml"

// mostDeclared bounds what is read of it, in bytes.
const mostDeclared = 1 << 20

// readPlace reads FILE:LINE, the file relative to the repository.
func readPlace(typed string) (render.Place, error) {
	if typed == "" {
		return render.Place{}, nil
	}
	at := strings.LastIndexByte(typed, ':')
	line, err := strconv.Atoi(typed[at+1:])
	if at <= 0 || err != nil || line < 1 {
		return render.Place{}, usagef("--sarif-location: %q is not FILE:LINE; write it as .middlebrick.yaml:3", typed)
	}
	file := path.Clean(filepath.ToSlash(typed[:at]))
	if path.IsAbs(file) || file == "." || file == ".." || strings.HasPrefix(file, "../") || strings.Contains(file, ":") {
		return render.Place{}, usagef("--sarif-location: %q must be a file below the repository's root, relative to it: code hosts refuse any other", typed[:at])
	}
	return render.Place{File: file, Line: line}, nil
}

// place is the line that the user named, or the one of the configuration file that
// declares this target. The zero Place is none.
func (f outputFlags) place(url string) render.Place {
	if typed, err := readPlace(f.sarifLocation); err == nil && typed.File != "" {
		return typed
	}
	here, err := os.Getwd()
	if err != nil {
		return render.Place{}
	}
	return declaredAbove(here, url)
}

// declaredAbove looks for the configuration file from a folder upward to the root
// of the repository. Outside of a repository no path can be told.
func declaredAbove(folder, url string) render.Place {
	found := ""
	for {
		file := filepath.Join(folder, configurationName)
		if info, err := os.Stat(file); found == "" && err == nil && info.Mode().IsRegular() {
			found = file
		}
		if _, err := os.Stat(filepath.Join(folder, ".git")); err == nil {
			break
		}
		above := filepath.Dir(folder)
		if above == folder {
			return render.Place{}
		}
		folder = above
	}
	name, err := filepath.Rel(folder, found)
	line := declaredLine(found, url)
	if found == "" || err != nil || line == 0 {
		return render.Place{}
	}
	return render.Place{File: filepath.ToSlash(name), Line: line}
}

// declaredLine is the first line that holds this target's URL as a value; 0 where
// none does.
func declaredLine(file, url string) int {
	opened, err := os.Open(file)
	if err != nil {
		return 0
	}
	defer opened.Close()
	text, err := io.ReadAll(io.LimitReader(opened, mostDeclared))
	if err != nil {
		return 0
	}
	n := 0
	for line := range bytes.Lines(text) {
		n++
		if declares(string(line), url) {
			return n
		}
	}
	return 0
}

// declares is true for "- https://host/path", "url: 'https://host/path'  # why"
// and the like.
func declares(line, url string) bool {
	line, _, _ = strings.Cut(strings.TrimSpace(line), " #")
	value := strings.TrimSpace(strings.TrimPrefix(line, "- "))
	value = strings.TrimSpace(strings.TrimPrefix(value, "url:"))
	value = strings.Trim(value, `"'`)
	if !strings.Contains(value, "://") {
		return false
	}
	t, err := target.Parse(value)
	return err == nil && t.URL == url
}
