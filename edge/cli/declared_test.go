// The line that declares a target: found in the repository alone, and only where
// it is the same target.

package cli

import (
	"os"
	"path/filepath"
	"testing"

	"middlebrick/report/render"
)

func TestDeclaredLineIsFoundFromAnyFolderBelowTheRoot(t *testing.T) {
	root := t.TempDir()
	deep := filepath.Join(root, "services", "users")
	for _, folder := range []string{deep, filepath.Join(root, ".git")} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	write := func(folder, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(folder, configurationName), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(root, "targets:\n  - url: https://other.example.com/\n  - url: 'https://API.example.com/v1'  # ours\n    threshold: 80\n")
	if got, want := declaredAbove(deep, "https://api.example.com/v1"), (render.Place{File: ".middlebrick.yaml", Line: 3}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := declaredAbove(deep, "https://api.example.com/v2"); got != (render.Place{}) {
		t.Errorf("another target: got %v", got)
	}
	write(filepath.Join(root, "services"), "- https://api.example.com/v1\n")
	if got, want := declaredAbove(deep, "https://api.example.com/v1"), (render.Place{File: "services/.middlebrick.yaml", Line: 1}); got != want {
		t.Errorf("the nearest file: got %v, want %v", got, want)
	}
	if err := os.Remove(filepath.Join(root, ".git")); err != nil {
		t.Fatal(err)
	}
	if got := declaredAbove(deep, "https://api.example.com/v1"); got != (render.Place{}) {
		t.Errorf("outside of a repository: got %v", got)
	}
}

func TestPlacesOutsideOfTheRepositoryAreRefused(t *testing.T) {
	for typed, want := range map[string]render.Place{
		"":                    {},
		".middlebrick.yaml:3": {File: ".middlebrick.yaml", Line: 3},
		"./a/../b.yaml:12":    {File: "b.yaml", Line: 12},
	} {
		if got, err := readPlace(typed); err != nil || got != want {
			t.Errorf("%q: got %v, %v", typed, got, err)
		}
	}
	for _, typed := range []string{"a", "a:", ":1", "a:0", "a:-1", "a:x", "/a:1", "../a:1", "a/../../b:1", "https://x/y:1", "..:1", ".:1"} {
		if got, err := readPlace(typed); err == nil {
			t.Errorf("%q is taken as %v", typed, got)
		}
	}
}
