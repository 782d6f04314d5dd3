// The pages of the rules: what explain says, as pages.

package pages

import (
	"strings"

	"middlebrick/report/render"
	"middlebrick/report/render/document"
	"middlebrick/rule"
)

// Rules is the catalogue.
type Rules struct {
	Checks []RuleCheck
	Text   string
	All    int
}

func (Rules) file() string  { return "rules" }
func (Rules) title() string { return "Rules" }

// A RuleCheck is one of the twelve with its rules.
type RuleCheck struct {
	Key, Name string
	Rules     []rule.Meta
}

// Listed are the rules that have that text in their id or title; names leads from a
// check's key to what it is called, in the order of reports.
func Listed(all []rule.Meta, names []RuleCheck, text string) Rules {
	v := Rules{Text: text}
	for _, check := range names {
		for _, m := range all {
			if m.Check() != check.Key {
				continue
			}
			v.All++
			if strings.Contains(strings.ToLower(m.ID+" "+m.Title), strings.ToLower(text)) {
				check.Rules = append(check.Rules, m)
			}
		}
		if len(check.Rules) > 0 {
			v.Checks = append(v.Checks, check)
		}
	}
	return v
}

// Rule is one rule's page.
type Rule struct {
	ID, Title, Severity string
	Sections            []document.Section
	Command             string
}

func (Rule) file() string    { return "rule" }
func (r Rule) title() string { return r.ID }

// Explained is the page of a rule.
func Explained(m rule.Meta, doc rule.Doc) Rule {
	return Rule{ID: m.ID, Title: m.Title, Severity: string(m.Severity), Sections: render.RuleSections(m, doc), Command: "middlebrick explain " + m.ID}
}
