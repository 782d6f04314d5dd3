// Results as text, for clients that hand their model nothing else: our own words
// first, then, fenced, what a target may have written.

package mcp

import (
	"context"
	"fmt"
	"slices"
	"strings"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"middlebrick/report"
	"middlebrick/rule"
)

const (
	mostWords = 24_000 // bytes of our own text in one result
	mostData  = 120    // pieces of a target's text in one result
)

// A page is a result as text. A target has no hand in ours.
type page struct {
	ours   string
	theirs []datum
}

// answer is a tool's result: the document, and its text.
func answer[T any](out T, p page) (*sdk.CallToolResult, T, error) {
	if len(p.ours) > mostWords {
		p.ours = strings.ToValidUTF8(p.ours[:mostWords], "") + "\n(cut for length; the structured result has the rest)\n"
	}
	more := len(p.theirs) - mostData
	if more > 0 {
		p.theirs = append(slices.Clone(p.theirs[:mostData]), datum{"and", fmt.Sprintf("%d more in the structured result", more)})
	}
	theirs, err := fencedNow(p.theirs)
	if err != nil {
		return nil, out, err
	}
	return &sdk.CallToolResult{Content: []sdk.Content{&sdk.TextContent{Text: p.ours + theirs}}}, out, nil
}

func (s Scan) text() page {
	var out strings.Builder
	p := page{theirs: []datum{{"target", s.Untrusted.URL}}}
	fmt.Fprintf(&out, "Scan %s: %s", s.ScanID, s.Status)
	if !s.over() {
		fmt.Fprintf(&out, ". %s\nAsk get_scan for it after some seconds.\n", strings.TrimSpace(s.Progress))
		p.ours = out.String()
		return p
	}
	if s.Partial {
		out.WriteString(" (a partial result: it was stopped early)")
	}
	fmt.Fprintf(&out, ".\nScore: %s.\nCan somebody in the middle read or change this traffic? %s.\n", s.score(), s.Answer)
	fmt.Fprintf(&out, "Rules: %d of %d answered; %d passed, %d do not apply, %d got no answer.\n", s.Coverage.Ran, s.Coverage.Planned, len(s.Passed), len(s.NotApplicable), len(s.NotTested))
	for _, path := range s.Paths {
		if path.Holds == "yes" {
			fmt.Fprintf(&out, "Way in: %s (%s)\n", path.Name, strings.Join(path.Rules, ", "))
		}
	}
	fmt.Fprintf(&out, "%d findings, worst first:\n", len(s.Findings)+s.MoreFindings)
	for i, f := range s.Findings {
		fmt.Fprintf(&out, "%d. [%s] %s: %s\n", i+1, f.Severity, f.Rule, f.Title)
		p.theirs = append(p.theirs, f.Untrusted.data(fmt.Sprintf("finding %d", i+1))...)
	}
	for _, step := range s.Road {
		fmt.Fprintf(&out, "Fixing %s gives %d (%s).\n", strings.Join(step.Fix, ", "), step.Overall, step.Grade)
	}
	s.fixes(&out)
	if s.Untrusted.Trouble != "" {
		p.theirs = append(p.theirs, datum{"trouble", s.Untrusted.Trouble})
	}
	if len(s.Untrusted.Stack) > 0 {
		p.theirs = append(p.theirs, datum{"software", strings.Join(s.Untrusted.Stack, ", ")})
	}
	p.ours = out.String()
	return p
}

func (s Scan) score() string {
	if s.Overall == nil || s.LetterGrade == nil {
		return "none, for too little could be looked at"
	}
	text := fmt.Sprintf("%d of 100, grade %s", *s.Overall, *s.LetterGrade)
	if s.CappedBy != nil {
		text += ", held down by " + *s.CappedBy
	}
	return text
}

// fixes writes the fix of each rule that failed, once.
func (s Scan) fixes(out *strings.Builder) {
	written := map[string]bool{}
	for _, f := range s.Findings {
		if !written[f.Rule] {
			written[f.Rule] = true
			fmt.Fprintf(out, "\n## Fix of %s\n%s\n", f.Rule, strings.TrimSpace(f.Remediation))
		}
	}
}

func (s Seen) data(name string) []datum {
	all := []datum{{name + " saw", s.Saw}}
	if s.Where != "" {
		all = append(all, datum{name + " at", s.Where})
	}
	for _, command := range s.Reproduce {
		all = append(all, datum{name + " is shown by", command})
	}
	return all
}

func (l Listing) text() page {
	p := page{ours: fmt.Sprintf("%d scans, %d of them here, the latest first.\n", l.Total, len(l.Scans))}
	for i, s := range l.Scans {
		score := "no score"
		if s.Overall != nil {
			score = fmt.Sprintf("score %d", *s.Overall)
		}
		p.ours += fmt.Sprintf("%d. %s %s, %s, %d findings\n", i+1, s.ScanID, s.Status, score, s.Findings)
		p.theirs = append(p.theirs, datum{fmt.Sprintf("target of %d", i+1), s.Untrusted.URL})
	}
	return p
}

// verification reads what the rule came to from its report.
func verification(meta rule.Meta, r report.Report, told Scan) Verification {
	out := Verification{Rule: meta.ID, Outcome: "unknown", Title: meta.Title, Untrusted: Verifiable{URL: told.Untrusted.URL, Why: told.Untrusted.Trouble, Found: []Seen{}}}
	for _, f := range told.Findings {
		out.Outcome, out.Remediation = "present", f.Remediation
		out.Untrusted.Found = append(out.Untrusted.Found, f.Untrusted)
	}
	switch {
	case slices.Contains(told.Passed, meta.ID):
		out.Outcome = "fixed"
	case slices.Contains(told.NotApplicable, meta.ID):
		out.Outcome = "not-applicable"
	}
	if out.Outcome != "unknown" {
		out.Untrusted.Why = ""
		return out
	}
	for _, n := range r.NotTested {
		out.Untrusted.Why = tame(strings.TrimSpace(string(n.Reason)+": "+n.Detail), mostText)
	}
	return out
}

func (v Verification) text() page {
	p := page{ours: fmt.Sprintf("%s (%s): %s.\n", v.Rule, v.Title, v.Outcome), theirs: []datum{{"target", v.Untrusted.URL}}}
	if v.Outcome == "unknown" {
		p.ours += "The question got no answer: this is not fixed, it is not known.\n"
		p.theirs = append(p.theirs, datum{"why", v.Untrusted.Why})
	}
	if v.Remediation != "" {
		p.ours += "\n## Fix\n" + strings.TrimSpace(v.Remediation) + "\n"
	}
	for i, seen := range v.Untrusted.Found {
		p.theirs = append(p.theirs, seen.data(fmt.Sprintf("place %d", i+1))...)
	}
	return p
}

func (e Explanation) text() string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s [%s]: %s\n\n%s\n\n## Why\n%s\n", e.Rule, e.Severity, e.Title, e.Opening, strings.TrimSpace(e.Why))
	for _, fix := range e.Fixes {
		fmt.Fprintf(&out, "\n## Fix: %s\n%s\n", fix.Platform, strings.TrimSpace(fix.Text))
	}
	fmt.Fprintf(&out, "\n## Written in\n%s\n", strings.Join(e.References, "\n"))
	return out.String()
}

func (r Rules) text() string {
	var out strings.Builder
	fmt.Fprintf(&out, "%d rules.\n", r.Total)
	for _, one := range r.Rules {
		fmt.Fprintf(&out, "%s [%s]: %s\n", one.Rule, one.Severity, one.Title)
	}
	return out.String()
}

func (c Comparison) text() string {
	var out strings.Builder
	score := func(n *int) string {
		if n == nil {
			return "none"
		}
		return fmt.Sprint(*n)
	}
	fmt.Fprintf(&out, "Score: %s before, %s after.\n", score(c.Before), score(c.After))
	for _, group := range []struct {
		name string
		all  []Changed
	}{{"New", c.New}, {"Fixed", c.Fixed}, {"Unchanged", c.Unchanged}, {"Unknown", c.Unknown}} {
		fmt.Fprintf(&out, "%s: %d\n", group.name, len(group.all))
		for _, one := range group.all {
			fmt.Fprintf(&out, "  [%s] %s: %s\n", one.Severity, one.Rule, one.Title)
		}
	}
	return out.String()
}

// mends adds to a complaint about arguments how to write them. What it says of them
// is escaped: the words may have come from anywhere.
func mends(next sdk.MethodHandler) sdk.MethodHandler {
	return func(ctx context.Context, method string, req sdk.Request) (sdk.Result, error) {
		result, err := next(ctx, method, req)
		called, is := req.(*sdk.CallToolRequest)
		answered, told := result.(*sdk.CallToolResult)
		if !is || !told || err != nil || answered == nil || !answered.IsError {
			return result, err
		}
		for _, content := range answered.Content {
			text, plain := content.(*sdk.TextContent)
			if !plain {
				continue
			}
			text.Text = tame(text.Text, mostComplaint)
			if sample := samples[called.Params.Name]; sample != "" {
				text.Text += "\nWrite it as: " + called.Params.Name + " " + sample
			}
		}
		return result, err
	}
}

// mostComplaint bounds an error, in characters.
const mostComplaint = 800
