// Tests of the generator on folders made up in memory.

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func TestFoldersStandInTheOrderOfReports(t *testing.T) {
	tree := fstest.MapFS{
		"llm/prompt/rule.go":                 {},
		"encryption/tls11/rule.go":           {},
		"encryption/tls10/rule.go":           {},
		"encryption/internal/rule.go":        {},
		"encryption/internal/suites/deep.go": {},
		"encryption/unfinished/rule.md":      {},
		"authentication/anonymous/rule.go":   {},
	}
	got, err := ruleFolders(tree)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"authentication/anonymous", "encryption/tls10", "encryption/tls11", "llm/prompt"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rule folders (-want +got):\n%s", diff)
	}
}

func TestFolderOfNoCheckIsRefused(t *testing.T) {
	_, err := ruleFolders(fstest.MapFS{"encrpytion/tls10/rule.go": {}})
	if err == nil || !strings.Contains(err.Error(), `"encrpytion" is not one of the twelve checks`) {
		t.Errorf("error is %v; it must name the folder", err)
	}
}

func TestWrongFolderIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	if err := run(dir); err == nil || !strings.Contains(err.Error(), "go generate ./checks") {
		t.Errorf("error is %v; it must say how to run it", err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Errorf("it wrote %v into a folder that is not the catalogue's", entries)
	}
}

func TestTwoRulesOfOneNameAreToldApart(t *testing.T) {
	source, err := render([]string{"exposure/headers", "encryption/headers", "encryption/tls10"})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`encryptionheaders "middlebrick/checks/encryption/headers"`,
		"encryptionheaders.Rule,", "exposureheaders.Rule,", "\ttls10.Rule,",
	} {
		if !strings.Contains(string(source), want) {
			t.Errorf("the catalogue lacks %q:\n%s", want, source)
		}
	}
}

func TestPublishedIDsAreNeverForgotten(t *testing.T) {
	got := string(published("encryption.oldname\nencryption.tls10\n", []string{"encryption/tls10", "encryption/tls11"}))
	if want := "encryption.oldname\nencryption.tls10\nencryption.tls11\n"; got != want {
		t.Errorf("published ids are %q, want %q", got, want)
	}
}

func TestGeneratingTwiceChangesNothing(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"tls10", "tls11"} {
		folder := filepath.Join(dir, "encryption", name)
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "rule.go"), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	first, second := generate(t, dir), generate(t, dir)
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("the second run differs (-first +second):\n%s", diff)
	}
}

func generate(t *testing.T, dir string) map[string]string {
	t.Helper()
	if err := run(dir); err != nil {
		t.Fatal(err)
	}
	written := map[string]string{}
	for _, name := range []string{"all.go", ids} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		written[name] = string(text)
	}
	return written
}
