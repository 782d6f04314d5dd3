// The tools that only read what is written about rules, and the comparison of two
// scans.

package mcp

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"middlebrick/report"
	"middlebrick/rule"
	"middlebrick/scan"
	"middlebrick/target"
)

// RuleArgs are the arguments of explain_rule.
type RuleArgs struct {
	Rule string `json:"rule" jsonschema:"the rule's id, as encryption.plainhttp; list_rules has them all"`
}

// An Entry is one rule in the catalogue.
type Entry struct {
	Rule     string        `json:"rule"`
	Check    string        `json:"check"`
	Title    string        `json:"title" jsonschema:"the failure as a statement"`
	Severity rule.Severity `json:"severity" jsonschema:"critical, high, medium, low or info, before the attack paths are looked at"`
}

// An Explanation is all that is written about a rule. Nothing in it is a target's.
type Explanation struct {
	Entry
	Opening    string       `json:"opening"`
	Why        string       `json:"why" jsonschema:"why it matters, Markdown"`
	Fixes      []report.Fix `json:"fixes" jsonschema:"what to type on each platform, Markdown"`
	CWE        []int        `json:"cwe"`
	OWASP      string       `json:"owasp"`
	PCI        []string     `json:"pci"`
	References []string     `json:"references"`
}

func explainRule(_ context.Context, _ *sdk.CallToolRequest, args RuleArgs) (*sdk.CallToolResult, Explanation, error) {
	meta, doc, err := known(args.Rule)
	if err != nil {
		return nil, Explanation{}, err
	}
	out := Explanation{Entry: ruleOf(meta), Opening: doc.Opening, Why: doc.Why, Fixes: []report.Fix{}, CWE: []int{}, OWASP: string(meta.OWASP),
		PCI: []string{}, References: citesOf(meta.Cites)}
	for _, platform := range rule.Platforms() {
		if text := doc.Fixes[platform]; text != "" {
			out.Fixes = append(out.Fixes, report.Fix{Platform: platform, Text: text})
		}
	}
	for _, cwe := range meta.CWE {
		out.CWE = append(out.CWE, int(cwe))
	}
	for _, pci := range meta.PCI {
		out.PCI = append(out.PCI, string(pci))
	}
	return answer(out, page{ours: out.text()})
}

func ruleOf(m rule.Meta) Entry { return Entry{m.ID, m.Check(), m.Title, m.Severity} }

// known is the rule of that id, or of that name where only one check has it.
func known(typed string) (rule.Meta, rule.Doc, error) {
	typed = strings.ToLower(strings.TrimSpace(typed))
	if typed == "" {
		return rule.Meta{}, rule.Doc{}, errors.New("the rule is missing; give an id as list_rules has them, such as encryption.plainhttp")
	}
	if meta, doc, ok := scan.Explain(typed); ok {
		return meta, doc, nil
	}
	var near []string
	for _, m := range scan.Rules() {
		if meta, doc, ok := scan.Explain(m.ID); ok && m.Name() == typed {
			return meta, doc, nil
		}
		_, name, dotted := strings.Cut(typed, ".")
		if !dotted {
			name = typed
		}
		if name != "" && (strings.Contains(m.Name(), name) || strings.Contains(name, m.Name())) {
			near = append(near, m.ID)
		}
	}
	mend := "list_rules tells all of them"
	if len(near) > 0 {
		mend = "did you mean " + strings.Join(near[:min(len(near), 5)], ", ") + "?"
	}
	return rule.Meta{}, rule.Doc{}, fmt.Errorf("unknown rule %q; %s", tame(typed, 80), mend)
}

// RulesArgs are the arguments of list_rules.
type RulesArgs struct {
	Check    string `json:"check,omitempty" jsonschema:"only the rules of this check, as encryption"`
	Severity string `json:"severity,omitempty" jsonschema:"only rules that are at least this bad: critical, high, medium, low or info"`
}

// Rules is the catalogue, or a part of it.
type Rules struct {
	Rules []Entry `json:"rules"`
	Total int     `json:"total"`
}

func listRules(_ context.Context, _ *sdk.CallToolRequest, args RulesArgs) (*sdk.CallToolResult, Rules, error) {
	least := rule.Severity(strings.ToLower(args.Severity))
	if least == "" {
		least = rule.Info
	}
	if !least.Known() {
		return nil, Rules{}, fmt.Errorf("unknown severity %q; there are critical, high, medium, low, info", tame(args.Severity, 40))
	}
	check := strings.ToLower(args.Check)
	names := []string{}
	for _, c := range scan.Categories() {
		names = append(names, c.Folder)
	}
	if check != "" && !slices.Contains(names, check) {
		return nil, Rules{}, fmt.Errorf("unknown check %q; there are %s", tame(args.Check, 40), strings.Join(names, ", "))
	}
	out := Rules{Rules: []Entry{}}
	for _, m := range scan.Rules() {
		if (check == "" || m.Check() == check) && m.Severity.AtLeast(least) {
			out.Rules = append(out.Rules, ruleOf(m))
		}
	}
	out.Total = len(out.Rules)
	return answer(out, page{ours: out.text()})
}

// CompareArgs are the arguments of compare_scans.
type CompareArgs struct {
	Before string `json:"before" jsonschema:"the scanId of the earlier scan"`
	After  string `json:"after" jsonschema:"the scanId of the later scan"`
}

// A Comparison is what two scans differ in.
type Comparison struct {
	Before    *int      `json:"scoreBefore"`
	After     *int      `json:"scoreAfter"`
	New       []Changed `json:"new"`
	Fixed     []Changed `json:"fixed"`
	Unchanged []Changed `json:"unchanged"`
	Unknown   []Changed `json:"unknown" jsonschema:"found by one scan, and not answered in the other: neither fixed nor new"`
}

// Changed is a finding in a comparison.
type Changed struct {
	ID       string        `json:"id"`
	Rule     string        `json:"rule"`
	Severity rule.Severity `json:"severity"`
	Title    string        `json:"title"`
}

func (d *desk) compareScans(_ context.Context, _ *sdk.CallToolRequest, args CompareArgs) (*sdk.CallToolResult, Comparison, error) {
	var both [2]Scan
	var targets [2]target.Target
	for i, id := range []string{args.Before, args.After} {
		v, err := d.find(id)
		if err != nil {
			return nil, Comparison{}, err
		}
		both[i], _, _ = v.now()
		targets[i] = v.target
		if !both[i].over() {
			return nil, Comparison{}, fmt.Errorf("scan %s is %s; wait until get_scan has its result", both[i].ScanID, both[i].Status)
		}
	}
	before, after := both[0], both[1]
	switch {
	case targets[0] != targets[1]:
		return nil, Comparison{}, errors.New("these are scans of two targets; compare scans of the same url and method")
	case before.MoreFindings+after.MoreFindings > 0:
		return nil, Comparison{}, fmt.Errorf("one of these scans has more than the %d findings that are kept, so that they cannot be compared", mostFindings)
	}
	out := compared(before, after)
	return answer(out, page{ours: out.text()})
}

func compared(before, after Scan) Comparison {
	out := Comparison{before.Overall, after.Overall, []Changed{}, []Changed{}, []Changed{}, []Changed{}}
	for _, f := range after.Findings {
		switch {
		case has(before.Findings, f.ID):
			out.Unchanged = append(out.Unchanged, changed(f))
		case before.answered(f.Rule):
			out.New = append(out.New, changed(f))
		default:
			out.Unknown = append(out.Unknown, changed(f))
		}
	}
	for _, f := range before.Findings {
		switch {
		case has(after.Findings, f.ID):
		case after.answered(f.Rule):
			out.Fixed = append(out.Fixed, changed(f))
		default:
			out.Unknown = append(out.Unknown, changed(f))
		}
	}
	return out
}

// answered is true for a rule that the scan could judge.
func (s Scan) answered(id string) bool {
	return slices.Contains(s.Passed, id) || slices.Contains(s.NotApplicable, id) ||
		slices.ContainsFunc(s.Findings, func(f Finding) bool { return f.Rule == id })
}

func has(all []Finding, id string) bool {
	return slices.ContainsFunc(all, func(f Finding) bool { return f.ID == id })
}

func changed(f Finding) Changed { return Changed{f.ID, f.Rule, f.Severity, f.Title} }
