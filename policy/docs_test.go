// The page about policies names every one of them, and every section of a file.

package policy

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

func TestPageNamesEveryPolicyAndSection(t *testing.T) {
	text, err := os.ReadFile("../docs/policies.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(text)
	for _, p := range All() {
		if !strings.Contains(page, "`"+p.Name+"`") || !strings.Contains(page, strings.TrimPrefix(p.Version, "revision ")) {
			t.Errorf("docs/policies.md does not name %s %s", p.Name, p.Version)
		}
	}
	var s struct {
		Properties map[string]json.RawMessage `json:"properties"`
	}
	if err := json.Unmarshal(SchemaJSON, &s); err != nil {
		t.Fatal(err)
	}
	for section := range s.Properties {
		named := map[string]bool{"name": true, "title": true, "version": true, "date": true, "source": true, "note": true}
		if !named[section] && !strings.Contains(page, "| `"+section+"` |") {
			t.Errorf("docs/policies.md does not explain the section %s", section)
		}
	}
	for _, word := range kindWords() {
		if !strings.Contains(page, word) {
			t.Errorf("docs/policies.md does not name the kind %s", word)
		}
	}
}
