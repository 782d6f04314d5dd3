// Tests of the twelve checks as a list.

package checks_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"middlebrick/checks"
)

func TestChecksStandInTheOrderOfReports(t *testing.T) {
	type row struct {
		Folder, Key, Name string
		Weight            int
	}
	want := []row{
		{"authentication", "authentication", "Authentication", 15},
		{"bola", "bolaAuthorization", "BOLA / IDOR", 15},
		{"bfla", "bflaAuthorization", "BFLA / Privilege Escalation", 10},
		{"property", "propertyAuthorization", "Property Authorization", 10},
		{"input", "inputValidation", "Input Validation", 10},
		{"ratelimit", "rateLimiting", "Rate Limiting", 5},
		{"exposure", "dataExposure", "Data Exposure", 15},
		{"encryption", "encryption", "Encryption", 15},
		{"ssrf", "ssrf", "SSRF", 5},
		{"inventory", "inventoryManagement", "Inventory Management", 5},
		{"consumption", "unsafeConsumption", "Unsafe Consumption", 5},
		{"llm", "llmSecurity", "LLM / AI Security", 5},
	}
	var got []row
	for _, check := range checks.All() {
		got = append(got, row{check.Folder, check.Key, check.Name, check.Weight})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the checks (-want +got):\n%s", diff)
	}
}

func TestCheckWithoutRulesIsNotImplemented(t *testing.T) {
	for _, check := range checks.All() {
		if check.Implemented != (len(check.Rules) > 0) {
			t.Errorf("%s has %d rules and says implemented %v", check.Folder, len(check.Rules), check.Implemented)
		}
		for _, r := range check.Rules {
			if r.Check() != check.Folder {
				t.Errorf("%s stands under %s", r.ID, check.Folder)
			}
		}
	}
}

func TestEveryRuleBelongsToOneCheck(t *testing.T) {
	count := 0
	for _, check := range checks.All() {
		count += len(check.Rules)
	}
	if all := len(checks.Rules()); count != all {
		t.Errorf("the checks hold %d rules, the catalogue %d", count, all)
	}
}

func TestCallersCannotChangeTheCatalogue(t *testing.T) {
	first := checks.Rules()
	id := first[0].ID
	first[0].ID = "changed"
	if got := checks.Rules()[0].ID; got != id {
		t.Errorf("the first rule is called %q after a caller changed its copy", got)
	}
	all := checks.All()
	all[0].Name = "changed"
	if got := checks.All()[0].Name; got != "Authentication" {
		t.Errorf("the first check is called %q after a caller changed its copy", got)
	}
}

func TestUnknownIDIsNotFound(t *testing.T) {
	for _, id := range []string{"", "encryption", "encryption.", "encryption.nosuchrule", "nosuchcheck.tls10"} {
		if _, ok := checks.Find(id); ok {
			t.Errorf("a rule was found under %q", id)
		}
		if _, ok := checks.Doc(id); ok {
			t.Errorf("prose was found under %q", id)
		}
	}
}
