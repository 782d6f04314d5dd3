// What is generated is what stands in the tree, and a registry that has changed its
// form is not taken for a shorter one.

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func tree(t *testing.T, change func(name, text string) string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "data"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"taken", "iana-ipv4-special-registry-1.csv", "iana-ipv6-special-registry-1.csv"} {
		text, err := os.ReadFile(filepath.Join("../../wire/data", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "data", name), []byte(change(name, string(text))), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestGeneratedFileIsThatOfTheRegistries(t *testing.T) {
	dir := tree(t, func(_, text string) string { return text })
	if err := run(dir); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(dir, "special.go"))
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("../../wire/special.go")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Error("wire/special.go is not what the registries give; run go generate ./wire")
	}
}

func TestRegistryInAnotherFormIsAnError(t *testing.T) {
	for name, change := range map[string]func(file, text string) string{
		"a column goes":       func(_, text string) string { return strings.Replace(text, "Globally Reachable", "Global", 1) },
		"a block is no block": func(_, text string) string { return strings.Replace(text, "2001:db8::/32", "2001:db8", 1) },
		"most of it is gone":  func(_, text string) string { return text[:min(len(text), 600)] },
		"the day is no day": func(file, text string) string {
			if file == "taken" {
				return "yesterday"
			}
			return text
		},
	} {
		if err := run(tree(t, change)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
