// The events of go test -json, and what they add up to.

package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// event is a line of go test -json (go doc test2json; the build events are
// described in go help buildjson).
type event struct {
	Action      string
	Package     string
	ImportPath  string // of a build event
	Test        string
	Output      string
	Elapsed     float64 // seconds
	FailedBuild string
}

// id names a test, or with an empty test a whole package.
type id struct{ pkg, test string }

func (i id) String() string { return strings.TrimSpace(i.pkg + " " + i.test) }

// summary is what came of all tests.
type summary struct {
	outcome map[id]string   // pass, fail or skip
	parent  map[id]bool     // has subtests: it is counted by them
	output  map[id][]string // of what has not passed
	build   map[string][]string
}

func newSummary() *summary {
	return &summary{outcome: map[id]string{}, parent: map[id]bool{}, output: map[id][]string{}, build: map[string][]string{}}
}

// read takes events until the end and prints each package as it ends.
func read(events io.Reader, out io.Writer) (*summary, error) {
	s := newSummary()
	lines := bufio.NewReader(events)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			s.line(line, out)
		}
		if err == io.EOF {
			return s, nil
		}
		if err != nil {
			return s, fmt.Errorf("reading the events of go test: %w", err)
		}
	}
}

// line takes one line. One that is no event is what a program printed past
// the testing package: it is passed on.
func (s *summary) line(line []byte, out io.Writer) {
	var e event
	if json.Unmarshal(line, &e) != nil || e.Action == "" {
		out.Write(line)
		return
	}
	s.take(e)
	if e.Test == "" && e.Package != "" {
		s.packageEnd(e, out)
	}
}

func (s *summary) packageEnd(e event, out io.Writer) {
	word, ok := map[string]string{"pass": "ok  ", "fail": "FAIL", "skip": "-   "}[e.Action]
	if ok {
		fmt.Fprintf(out, "%s  %6.1fs  %s\n", word, e.Elapsed, e.Package)
	}
}

func (s *summary) take(e event) {
	test := id{e.Package, e.Test}
	switch e.Action {
	case "build-output":
		s.build[e.ImportPath] = append(s.build[e.ImportPath], e.Output)
	case "output":
		s.output[test] = append(s.output[test], e.Output)
	case "run":
		for name := e.Test; strings.Contains(name, "/"); {
			name = name[:strings.LastIndexByte(name, '/')]
			s.parent[id{e.Package, name}] = true
		}
	case "fail":
		s.outcome[test] = "fail"
		if e.FailedBuild != "" {
			s.output[test] = append(s.output[test], s.build[e.FailedBuild]...)
		}
	case "pass", "skip":
		s.outcome[test] = e.Action
		if e.Action == "pass" {
			delete(s.output, test)
		}
	}
}

// blame counts a failure that no event told of.
func (s *summary) blame(what, why string) {
	s.outcome[id{what, ""}] = "fail"
	s.output[id{what, ""}] = []string{why + "\n"}
}

// with lists the tests of an outcome. A test with subtests stands for itself
// only when it failed and none of them did; a package only when it failed and
// none of its tests did (it did not compile, or it panicked).
func (s *summary) with(outcome string) []id {
	var out []id
	for test, got := range s.outcome {
		if got == outcome && s.counts(test) {
			out = append(out, test)
		}
	}
	slices.SortFunc(out, func(a, b id) int { return strings.Compare(a.String(), b.String()) })
	return out
}

func (s *summary) counts(test id) bool {
	if test.test != "" && !s.parent[test] {
		return true
	}
	if s.outcome[test] != "fail" {
		return false
	}
	for other, outcome := range s.outcome {
		inside := other.pkg == test.pkg && other != test && (test.test == "" || strings.HasPrefix(other.test, test.test+"/"))
		if inside && outcome == "fail" {
			return false
		}
	}
	return true
}

func (s *summary) failed() int { return len(s.with("fail")) }

// report prints failures, skips and the closing line.
func (s *summary) report(out io.Writer, expected map[string]bool, strict bool) (failed bool) {
	failures := s.with("fail")
	for _, test := range failures {
		fmt.Fprintf(out, "\n--- FAIL %s\n%s", test, s.text(test))
	}
	skips := s.with("skip")
	unexpected := 0
	if len(skips) > 0 {
		fmt.Fprintln(out, "\nskipped:")
	}
	for _, test := range skips {
		mark := ""
		if strict && !expected[test.String()] {
			mark, unexpected = "  (not expected)", unexpected+1
		}
		fmt.Fprintf(out, "  %s: %s%s\n", test, reason(s.output[test]), mark)
	}
	s.printStale(out, expected)
	if unexpected > 0 {
		fmt.Fprintf(out, "\n%d tests were skipped that scripts/expected-skips.txt does not list.\n", unexpected)
	}
	fmt.Fprintf(out, "\n%d passed, %d failed, %d skipped\n", len(s.with("pass")), len(failures)+unexpected, len(skips)-unexpected)
	return len(failures)+unexpected > 0
}

// printStale names expected skips that were not skipped, where they ran.
func (s *summary) printStale(out io.Writer, expected map[string]bool) {
	ran := map[string]bool{}
	for test, outcome := range s.outcome {
		ran[test.String()] = outcome == "pass"
	}
	for _, name := range slices.Sorted(maps.Keys(expected)) {
		if ran[name] {
			fmt.Fprintf(out, "  %s passed: it need not be in the list of expected skips\n", name)
		}
	}
}

// text is the output of the test. A parent's or a package's failure is
// followed by the end of what its package printed.
func (s *summary) text(test id) string {
	lines := s.output[test]
	if test.test != "" && len(lines) < 4 {
		lines = append(slices.Clone(lines), s.output[id{test.pkg, ""}]...)
	}
	const most = 200
	if len(lines) > most {
		lines = append([]string{fmt.Sprintf("    (%d lines before)\n", len(lines)-most)}, lines[len(lines)-most:]...)
	}
	return strings.Join(lines, "")
}

var said = regexp.MustCompile(`(?s)\.go:\d+: (.*)`)

// reason is what the test said when it was skipped.
func reason(output []string) string {
	for _, line := range slices.Backward(output) {
		if match := said.FindStringSubmatch(line); match != nil {
			return strings.TrimSpace(match[1])
		}
	}
	return "no reason given"
}

// parseExpected reads "package Test" lines; '#' starts a comment.
func parseExpected(text string) map[string]bool {
	out := map[string]bool{}
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		if words := strings.Fields(line); len(words) > 0 {
			out[strings.Join(words, " ")] = true
		}
	}
	return out
}
