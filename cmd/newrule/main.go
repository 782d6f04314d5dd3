// Command newrule lays out the folder of a new rule: go run ./cmd/newrule
// encryption.tls10. What it writes is scaffold, which TestCatalogue refuses
// until an author has replaced it.
package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

const next = `Laid out %s. Now
  1. write rule.go: what it needs, what it says, its citations
  2. write rule.md: why it matters, what to type
  3. replace the cases in testdata by recordings of real answers
  4. go generate ./checks && go test ./checks -run TestCatalogue/%s
`

func main() {
	if err := run(os.Args[1:], "checks", os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "newrule:", err)
		os.Exit(2)
	}
}

// run lays the folder out below root, which holds one folder for each check.
func run(args []string, root string, out io.Writer) error {
	if len(args) != 1 {
		return errors.New("give one rule id, as in: go run ./cmd/newrule encryption.tls10")
	}
	check, name, err := split(args[0])
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(root, check, "check.go")); err != nil {
		return fmt.Errorf("%q is not one of the twelve checks below %s; run this in the repository's root", check, root)
	}
	folder := filepath.Join(root, check, name)
	if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is there already", folder)
	}
	for path, text := range files(check, name) {
		path = filepath.Join(folder, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("laying out %s: %w", folder, err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return fmt.Errorf("laying out %s: %w", folder, err)
		}
	}
	fmt.Fprintf(out, next, folder, args[0])
	return nil
}

// wellFormed: a rule's name is a Go package name, and its folder.
var wellFormed = regexp.MustCompile(`^[a-z]+\.[a-z][a-z0-9]*$`)

func split(id string) (check, name string, err error) {
	if !wellFormed.MatchString(id) {
		return "", "", fmt.Errorf("%q is not a rule id: two words of lower-case letters and digits, as in encryption.tls10", id)
	}
	check, name, _ = strings.Cut(id, ".")
	if name == "internal" || name == "testdata" {
		return "", "", fmt.Errorf("%q is a folder with a meaning of its own", name)
	}
	return check, name, nil
}
