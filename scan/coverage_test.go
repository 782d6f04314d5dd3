// The page on what is covered, held to the program.

package scan_test

import (
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"middlebrick/checks"
	"middlebrick/probes"
	"middlebrick/report"
)

// coverageRow is a row of the page's table; quoted is a name in it.
var (
	coverageRow = regexp.MustCompile(`(?m)^\| (\d+) \| ([^|]+) \| ([^|]+) \| (.+) \|$`)
	quoted      = regexp.MustCompile("`([^`]+)`")
)

const checksOfOthers = 97

func TestCoverageNamesWhatThereIs(t *testing.T) {
	page, err := os.ReadFile("../docs/coverage.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := coverageRow.FindAllStringSubmatch(string(page), -1)
	if len(rows) != checksOfOthers {
		t.Errorf("%d rows, want %d", len(rows), checksOfOthers)
	}
	named := map[string]bool{}
	for i, row := range rows {
		if row[1] != fmt.Sprint(i+1) {
			t.Errorf("row %d has the number %s", i+1, row[1])
		}
		names := quoted.FindAllStringSubmatch(row[4], -1)
		switch row[3] {
		case "done":
			if len(names) == 0 && !strings.Contains(row[4], "--") {
				t.Errorf("row %s is called done by nothing", row[1])
			}
		case "in part", "left out":
			if prose := quoted.ReplaceAllString(row[4], ""); len(strings.Fields(prose)) < 4 {
				t.Errorf("row %s gives no reason: %q", row[1], row[4])
			}
		default:
			t.Errorf("row %s is %q", row[1], row[3])
		}
		for _, name := range names {
			named[name[1]] = true
		}
	}
	fills := []string{}
	for _, p := range probes.All() {
		fills = append(fills, p.Fills...)
	}
	for name := range named {
		if !stands(name, fills) {
			t.Errorf("there is no %s", name)
		}
	}
	for _, r := range checks.Rules() {
		if slices.ContainsFunc(r.Needs, ofTLS) && !named[r.Meta.ID] {
			t.Errorf("%s is on no row", r.Meta.ID)
		}
	}
}

func ofTLS(key string) bool { return strings.HasPrefix(key, "tls.") }

// stands is true of a rule, an observation or a field of the report that there is.
func stands(name string, fills []string) bool {
	if strings.HasPrefix(name, "encryption.") {
		_, found := checks.Find(name)
		return found
	}
	if path, field := strings.CutPrefix(name, "$."); field {
		return holds(reflect.TypeFor[report.Report](), strings.Split(path, "."))
	}
	return slices.Contains(fills, name)
}

// holds is true of a type whose JSON has a value at that path.
func holds(kind reflect.Type, path []string) bool {
	if len(path) == 0 {
		return true
	}
	for kind.Kind() == reflect.Pointer || kind.Kind() == reflect.Slice {
		kind = kind.Elem()
	}
	if kind.Kind() != reflect.Struct {
		return false
	}
	for field := range kind.NumField() {
		name, _, _ := strings.Cut(kind.Field(field).Tag.Get("json"), ",")
		if name == path[0] {
			return holds(kind.Field(field).Type, path[1:])
		}
	}
	return false
}
