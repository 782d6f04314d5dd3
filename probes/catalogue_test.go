// TestCatalogue holds the list of probes to the folders, to the observations
// that rules and other probes need, and to the budgets that a plan prints.

package probes_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"middlebrick/checks"
	"middlebrick/observe"
	"middlebrick/probe"
	"middlebrick/probes"
)

// filledByTheScan are the keys that no probe fills.
var filledByTheScan = []string{observe.Preloaded.Name()}

// owners are the probes that fill each key.
func owners() map[string][]string {
	found := map[string][]string{}
	for _, p := range probes.All() {
		for _, key := range p.Fills {
			found[key] = append(found[key], p.Name)
		}
	}
	return found
}

// generatedList is all.go, which names each folder as "folder.Probe".
func generatedList(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("all.go")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestCatalogueLeavesNoFolderOut(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	list := generatedList(t)
	for _, entry := range entries {
		name := entry.Name()
		if !entry.IsDir() || name == "internal" || name == "testdata" {
			continue
		}
		if !regexp.MustCompile(`\t` + name + `\.[A-Z]\w*,\n`).MatchString(list) {
			t.Errorf("%s is not in the list of probes; run go generate ./probes", name)
		}
	}
}

func TestCatalogueNamesEveryProbeOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range probes.All() {
		if p.Name == "" || seen[p.Name] {
			t.Errorf("the name %q is used twice, or is none", p.Name)
		}
		seen[p.Name] = true
		if p.Run == nil || len(p.Fills) == 0 {
			t.Errorf("%s runs nothing or fills nothing", p.Name)
		}
	}
}

func TestEveryKeyIsFilledByExactlyOneProbe(t *testing.T) {
	for key, by := range owners() {
		if len(by) != 1 || slices.Contains(filledByTheScan, key) {
			t.Errorf("%s is filled by %v", key, by)
		}
	}
}

func TestEveryKeyThatARuleNeedsIsFilled(t *testing.T) {
	filled := owners()
	for _, r := range checks.Rules() {
		for _, key := range r.Needs {
			if len(filled[key]) == 0 && !slices.Contains(filledByTheScan, key) {
				t.Errorf("%s needs %s, which nobody fills", r.ID, key)
			}
		}
	}
}

func TestEveryKeyThatAProbeReadsIsFilledBeforeIt(t *testing.T) {
	filled := owners()
	byName := map[string]probe.Probe{}
	for _, p := range probes.All() {
		byName[p.Name] = p
		for _, key := range slices.Concat(p.Needs, p.After, p.Later) {
			if len(filled[key]) == 0 {
				t.Errorf("%s reads %s, which no probe fills", p.Name, key)
			}
			if slices.Contains(p.Fills, key) {
				t.Errorf("%s reads what it fills itself: %s", p.Name, key)
			}
		}
	}
	for name := range byName {
		if circle := waitsFor(name, byName, filled, nil); circle != nil {
			t.Errorf("probes wait for each other: %s", strings.Join(circle, " → "))
		}
	}
}

// waitsFor follows what a probe waits for; a way back to one on the way is a
// circle.
func waitsFor(name string, byName map[string]probe.Probe, filled map[string][]string, way []string) []string {
	if slices.Contains(way, name) {
		return append(way, name)
	}
	way = append(slices.Clone(way), name)
	for _, key := range slices.Concat(byName[name].Needs, byName[name].After, byName[name].Later) {
		for _, owner := range filled[key] {
			if circle := waitsFor(owner, byName, filled, way); circle != nil {
				return circle
			}
		}
	}
	return nil
}

// Each request is one connection, for we never keep one alive.
func TestBudgetsAddUp(t *testing.T) {
	for _, p := range probes.All() {
		if p.Most.Requests > p.Most.Connections || p.Most.Requests > 0 && p.Most.Bytes == 0 {
			t.Errorf("%s: %+v", p.Name, p.Most)
		}
	}
}
