// What docs/mcp.md says is so: the tools are those that are served, and the settings
// can be read.

package mcp

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDocumentNamesTheToolsThatAreServed(t *testing.T) {
	text, err := os.ReadFile("../../docs/mcp.md")
	if err != nil {
		t.Fatal(err)
	}
	session := joined(t, Options{}, local(), nil)
	listed, err := session.ListTools(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, tool := range listed.Tools {
		want = append(want, tool.Name)
	}
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\|").FindAllStringSubmatch(string(text), -1) {
		got = append(got, row[1])
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("tools in the document (-served +written):\n%s", diff)
	}
	blocks := regexp.MustCompile("(?s)```json\n(.*?)```").FindAllStringSubmatch(string(text), -1)
	if len(blocks) < 3 {
		t.Errorf("%d settings are shown", len(blocks))
	}
	for _, block := range blocks {
		var settings map[string]map[string]struct {
			Command, URL string
			Args         []string
		}
		if err := json.Unmarshal([]byte(block[1]), &settings); err != nil {
			t.Errorf("%v: %s", err, block[1])
		}
		for _, list := range settings {
			if one := list["middlebrick"]; one.URL == "" && (one.Command != "middlebrick" || len(one.Args) == 0 || one.Args[0] != "mcp") {
				t.Errorf("these settings start something else: %s", block[1])
			}
		}
	}
}
