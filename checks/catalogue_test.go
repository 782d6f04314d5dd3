// TestCatalogue holds every rule folder to the house's table, with no test code
// in the folder. One rule alone: go test ./checks -run TestCatalogue/encryption.tls10

package checks_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"middlebrick/checks"
	"middlebrick/rule"
)

// scaffold stands in all that cmd/newrule writes, until an author replaces it.
const scaffold = "SCAFFOLD"

func TestCatalogue(t *testing.T) {
	seen := map[string]string{}
	for _, folder := range ruleFolders(t) {
		id := strings.ReplaceAll(folder, "/", ".")
		t.Run(id, func(t *testing.T) {
			r, ok := checks.Find(id)
			if !ok || r.ID != id {
				t.Fatalf("%s is not in the catalogue under its own id; run go generate ./checks", folder)
			}
			holdMeta(t, r.Meta, seen)
			holdSource(t, folder)
			doc := holdProse(t, id, folder)
			cases := readCases(t, folder)
			holdCases(t, r, cases)
			holdFixes(t, id, doc, cases)
		})
	}
}

// ruleFolders lists the folders below each check, "internal" aside.
func ruleFolders(t *testing.T) []string {
	t.Helper()
	var folders []string
	for _, check := range checks.All() {
		entries, err := os.ReadDir(check.Folder)
		if err != nil {
			t.Fatalf("listing the rules of %s: %v", check.Folder, err)
		}
		for _, entry := range entries {
			if entry.IsDir() && entry.Name() != "internal" && entry.Name() != "testdata" {
				folders = append(folders, check.Folder+"/"+entry.Name())
			}
		}
	}
	return folders
}

// holdMeta: every id is used once, now and before; every citation is in the
// embedded lists.
func holdMeta(t *testing.T, m rule.Meta, seen map[string]string) {
	t.Helper()
	for _, id := range append([]string{m.ID}, m.Formerly...) {
		if owner, taken := seen[id]; taken {
			t.Errorf("the id %s is %s's already", id, owner)
		}
		seen[id] = m.ID
	}
	if !m.Severity.Known() {
		t.Errorf("severity %q is not one of %v", m.Severity, rule.Severities())
	}
	if m.Title == "" || strings.HasSuffix(m.Title, ".") || m.Title[0] >= 'a' && m.Title[0] <= 'z' {
		t.Errorf("title %q: it says the failure as a statement, with a capital and without a full stop", m.Title)
	}
	holdLists(t, m)
	if !m.Cap.None() && (m.Cap.Low < 0 || m.Cap.Low > m.Cap.High || m.Cap.High > 60 || !m.Cap.From.Known()) {
		t.Errorf("cap %+v is not a band of scores with the severity from which it holds", m.Cap)
	}
}

func holdLists(t *testing.T, m rule.Meta) {
	t.Helper()
	if len(m.CWE) == 0 || len(m.Cites) == 0 {
		t.Errorf("a rule names at least one weakness and one document; it names %v and %v", m.CWE, m.Cites)
	}
	for _, weakness := range m.CWE {
		if _, ok := weakness.Title(); !ok {
			t.Errorf("CWE-%d is not in the embedded list", weakness)
		}
	}
	if _, ok := m.OWASP.Title(); !ok {
		t.Errorf("OWASP risk %q is not in the embedded list", m.OWASP)
	}
	for _, requirement := range m.PCI {
		if _, ok := requirement.Title(); !ok {
			t.Errorf("PCI requirement %q is not in the embedded list", requirement)
		}
	}
	for _, cite := range m.Cites {
		if cite.Text == "" || !strings.HasPrefix(cite.URL, "https://") {
			t.Errorf("citation %+v is not in the embedded lists", cite)
		}
	}
	if len(slices.Compact(slices.Sorted(slices.Values(m.CWE)))) != len(m.CWE) {
		t.Errorf("a weakness is named twice in %v", m.CWE)
	}
}

// holdSource: the folder holds what a rule folder holds, and its package says
// what it finds.
func holdSource(t *testing.T, folder string) {
	t.Helper()
	source := readFile(t, filepath.Join(folder, "rule.go"))
	name := filepath.Base(folder)
	opening := regexp.MustCompile(`(?m)^// Package ` + regexp.QuoteMeta(name) + ` finds \S`)
	if !opening.MatchString(source) {
		t.Errorf("rule.go opens with \"// Package %s finds …\", what it finds in plain words", name)
	}
	if strings.Contains(source, scaffold) {
		t.Error("rule.go still holds scaffold text")
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if name := entry.Name(); name != "rule.go" && name != "rule.md" && name != "testdata" {
			t.Errorf("%s does not belong into a rule folder: helpers live in the check's internal/", name)
		}
	}
}

func TestRulesStandInTheOrderOfReportsAndNames(t *testing.T) {
	var want, got []string
	for _, folder := range ruleFolders(t) {
		want = append(want, strings.ReplaceAll(folder, "/", "."))
	}
	for _, r := range checks.Rules() {
		got = append(got, r.ID)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the catalogue differs from the folders (-folders +catalogue); run go generate ./checks:\n%s", diff)
	}
}

func TestPublishedIDsAreStillFound(t *testing.T) {
	published := strings.Fields(readFile(t, "testdata/ids.txt"))
	for _, id := range published {
		if _, ok := checks.Find(id); !ok {
			t.Errorf("%s was published once; keep it in the Formerly of the rule that took its place", id)
		}
	}
	for _, r := range checks.Rules() {
		if !slices.Contains(published, r.ID) {
			t.Errorf("%s is not in testdata/ids.txt; run go generate ./checks", r.ID)
		}
	}
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
