// Tests of the scaffold: it compiles, it reads, and it is not yet a rule.

package main

import (
	"go/format"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"middlebrick/observe"
	"middlebrick/rule"
)

// checksRoot is a folder with one check in it.
func checksRoot(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, "encryption"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "encryption", "check.go"), []byte("package encryption\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return root
}

func TestFolderIsLaidOut(t *testing.T) {
	root := checksRoot(t)
	var out strings.Builder
	if err := run([]string{"encryption.tls10"}, root, &out); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(root, "encryption", "tls10")
	for path := range files("encryption", "tls10") {
		text, err := os.ReadFile(filepath.Join(folder, path))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), "SCAFFOLD") {
			t.Errorf("%s does not say that it is scaffold", path)
		}
	}
	if !strings.Contains(out.String(), "TestCatalogue/encryption.tls10") {
		t.Errorf("it does not say how to go on: %q", out.String())
	}
}

func TestScaffoldIsInFormAndReadable(t *testing.T) {
	laid := files("encryption", "tls10")
	source, err := format.Source([]byte(laid["rule.go"]))
	if err != nil || string(source) != laid["rule.go"] {
		t.Errorf("rule.go is not as gofmt writes it: %v", err)
	}
	if !strings.Contains(laid["rule.go"], `ID:       "encryption.tls10"`) || strings.Contains(laid["rule.go"], "NAME") {
		t.Errorf("rule.go does not carry its name:\n%s", laid["rule.go"])
	}
	if _, err := rule.ParseDoc(laid["rule.md"]); err != nil {
		t.Errorf("rule.md is not in the skeleton: %v", err)
	}
	for path, text := range laid {
		if strings.HasSuffix(path, ".jsonl") {
			rec, err := observe.Read(strings.NewReader(text))
			if err != nil || rec.End == nil {
				t.Errorf("%s is not a whole recording: %v", path, err)
			}
		}
	}
}

func TestWrongUseIsExplained(t *testing.T) {
	root := checksRoot(t)
	if err := run([]string{"encryption.taken"}, root, &strings.Builder{}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ args, want string }{
		{"", "give one rule id"},
		{"encryption.a encryption.b", "give one rule id"},
		{"tls10", "is not a rule id"},
		{"encryption.TLS10", "is not a rule id"},
		{"encryption.tls-10", "is not a rule id"},
		{"../encryption.tls10", "is not a rule id"},
		{"encryption.internal", "a meaning of its own"},
		{"encrpytion.tls10", "is not one of the twelve checks"},
		{"encryption.taken", "is there already"},
	} {
		err := run(strings.Fields(c.args), root, &strings.Builder{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("newrule %s: error is %v, want one that says %q", c.args, err, c.want)
		}
	}
}
