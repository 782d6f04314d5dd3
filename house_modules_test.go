// Dependencies: each module that the source imports has a line in
// docs/dependencies.md saying what it spares us, and each line has its module.

package middlebrick_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// requirement is a line of go.mod's require blocks: a module and its version.
var requirement = regexp.MustCompile(`(?m)^(?:require )?\t?([a-z0-9.\-]+\.[a-z]+/[^ \t]+) (v[^ \t\n]+)`)

// tool is a line of go.mod's tool block.
var tool = regexp.MustCompile(`(?m)^(?:tool )?\t?([a-z0-9.\-]+\.[a-z]+/[^ \t\n]+)$`)

func required(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	var modules []string
	for _, match := range requirement.FindAllStringSubmatch(string(text), -1) {
		modules = append(modules, match[1])
	}
	return modules
}

// used are the modules of go.mod that some file of ours imports, or that go.mod
// names as the home of a tool.
func used(t *testing.T) []string {
	t.Helper()
	modules := required(t)
	found := map[string]bool{}
	mark := func(imported string) {
		best := ""
		for _, m := range modules {
			if within(imported, m) && len(m) > len(best) {
				best = m
			}
		}
		if best != "" {
			found[best] = true
		}
	}
	for _, s := range allSources(t) {
		for _, imported := range s.imports {
			mark(imported)
		}
	}
	text, _ := os.ReadFile("go.mod")
	for _, match := range tool.FindAllStringSubmatch(string(text), -1) {
		mark(match[1])
	}
	var sorted []string
	for m := range found {
		sorted = append(sorted, m)
	}
	slices.Sort(sorted)
	return sorted
}

// line is "- `module` — what it spares us".
var dependencyLine = regexp.MustCompile("(?m)^- `([^`]+)` — (.+)$")

func TestEveryDependencyHasItsReason(t *testing.T) {
	text, err := os.ReadFile("docs/dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	reasons := map[string]string{}
	for _, match := range dependencyLine.FindAllStringSubmatch(string(text), -1) {
		reasons[match[1]] = match[2]
	}
	modules := used(t)
	for _, m := range modules {
		if len(strings.Fields(reasons[m])) < 3 {
			t.Errorf("docs/dependencies.md does not say what %s spares us", m)
		}
	}
	for m := range reasons {
		if !slices.Contains(modules, m) {
			t.Errorf("docs/dependencies.md speaks of %s, which nothing imports", m)
		}
	}
}
