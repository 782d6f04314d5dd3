// Package checks is the catalogue: the twelve checks in the order of reports,
// the rules of each, and the prose that explains a rule. It holds all of them;
// what a rule is, package rule says.
package checks

import (
	"slices"
	"sync"

	"middlebrick/rule"
)

//go:generate go run ./internal/catalogue
//go:generate go run ./internal/rulebook

// A Check is one of the twelve, with its three names. A check without rules is
// not implemented: it has no score, and nothing in it has passed.
type Check struct {
	Folder      string // the first part of its rules' ids
	Key         string // in the documented API
	Name        string // in the clients' API, and for people
	Weight      int    // of its score in the overall score, against the other checks'
	Rules       []rule.Rule
	Implemented bool
}

// The weights are published in docs/scoring.md; a change of one is a new score
// model.
var twelve = []Check{
	{Folder: "authentication", Key: "authentication", Name: "Authentication", Weight: 15},
	{Folder: "bola", Key: "bolaAuthorization", Name: "BOLA / IDOR", Weight: 15},
	{Folder: "bfla", Key: "bflaAuthorization", Name: "BFLA / Privilege Escalation", Weight: 10},
	{Folder: "property", Key: "propertyAuthorization", Name: "Property Authorization", Weight: 10},
	{Folder: "input", Key: "inputValidation", Name: "Input Validation", Weight: 10},
	{Folder: "ratelimit", Key: "rateLimiting", Name: "Rate Limiting", Weight: 5},
	{Folder: "exposure", Key: "dataExposure", Name: "Data Exposure", Weight: 15},
	{Folder: "encryption", Key: "encryption", Name: "Encryption", Weight: 15},
	{Folder: "ssrf", Key: "ssrf", Name: "SSRF", Weight: 5},
	{Folder: "inventory", Key: "inventoryManagement", Name: "Inventory Management", Weight: 5},
	{Folder: "consumption", Key: "unsafeConsumption", Name: "Unsafe Consumption", Weight: 5},
	{Folder: "llm", Key: "llmSecurity", Name: "LLM / AI Security", Weight: 5},
}

var (
	complete = completed(twelve)
	byID     = indexed(catalogue)
	docs     = written(catalogue)
)

// completed gives the checks their rules.
func completed(checks []Check) []Check {
	all := slices.Clone(checks)
	for i := range all {
		all[i].Rules = slices.DeleteFunc(Rules(), func(r rule.Rule) bool { return r.Check() != all[i].Folder })
		all[i].Implemented = len(all[i].Rules) > 0
	}
	return all
}

// indexed is where in the catalogue a rule stands, by its id and by those that it
// had before.
func indexed(rules []rule.Rule) map[string]int {
	at := map[string]int{}
	for i, r := range rules {
		for _, former := range r.Formerly {
			at[former] = i
		}
	}
	for i, r := range rules {
		at[r.ID] = i
	}
	return at
}

// written is what is written about each rule, read when it is first asked for.
func written(rules []rule.Rule) map[string]func() (rule.Doc, error) {
	all := map[string]func() (rule.Doc, error){}
	for _, r := range rules {
		all[r.ID] = sync.OnceValues(func() (rule.Doc, error) {
			text, err := prose.ReadFile(r.Check() + "/" + r.Name() + "/rule.md")
			if err != nil {
				return rule.Doc{}, err
			}
			return rule.ParseDoc(string(text))
		})
	}
	return all
}

// All is the twelve checks in the order of reports, each with its rules in the
// order of their names. The rules are for reading.
func All() []Check { return slices.Clone(complete) }

// Rules is every rule, in the order of the checks and then of the names.
func Rules() []rule.Rule { return slices.Clone(catalogue) }

// Find is the rule of that id, or the one that had this id before.
func Find(id string) (rule.Rule, bool) {
	if i, ok := byID[id]; ok {
		return catalogue[i], true
	}
	return rule.Rule{}, false
}

// Doc is what is written about the rule of that id, or of the one that had this
// id before. It is for reading.
func Doc(id string) (rule.Doc, bool) {
	r, ok := Find(id)
	if !ok {
		return rule.Doc{}, false
	}
	doc, err := docs[r.ID]()
	return doc, err == nil
}
