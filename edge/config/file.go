// Package config is the configuration file: where it is found, what it may say,
// and in which line each of its values stands.
package config

import (
	"fmt"
	"slices"
	"strings"

	"middlebrick/report/standing"
)

// A Place is a line of a file; line 0 is the file as a whole.
type Place struct {
	File string
	Line int
}

func (p Place) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d", p.File, p.Line)
}

// A Setting is one key with its values, written as the flag of that name takes
// them. The values of a key that takes one are one.
type Setting struct {
	Key    string
	Values []string
	At     Place
}

// A Header is one field that is sent to a target. Its value is in the file, or in
// the environment variable Env.
type Header struct {
	Name  string
	Value string
	Env   string
	At    Place
}

// A Target is one of the targets of a file; the file's own settings, which hold for
// all of them, are one without name and URL.
type Target struct {
	Name     string
	URL      string
	At       Place
	Settings []Setting
	Headers  []Header
	Ignores  []standing.Entry
	Later    []Setting // accepted, and kept for checks that do not exist yet
}

// A File is what was read.
type File struct {
	Path    string
	All     Target // what holds for all targets
	Targets []Target
}

// A Problem is one thing that is wrong in a file, and how to mend it.
type Problem struct {
	At   Place
	Says string
}

func (p Problem) String() string { return p.At.String() + ": " + p.Says }

// Problems are all that is wrong in a file, in the order of its lines.
type Problems []Problem

func (p Problems) Error() string {
	lines := make([]string, 0, len(p))
	for _, problem := range p {
		lines = append(lines, problem.String())
	}
	return strings.Join(lines, "\n")
}

// sorted is nil where nothing is wrong.
func (p Problems) sorted() error {
	if len(p) == 0 {
		return nil
	}
	slices.SortStableFunc(p, func(a, b Problem) int { return a.At.Line - b.At.Line })
	return p
}
