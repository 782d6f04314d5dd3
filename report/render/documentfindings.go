// The findings of the document: Saw, Means, Fix, Check, always in this order; then
// what was not tested, and what passed.

package render

import (
	"fmt"
	"slices"
	"strings"

	"middlebrick/report"
	"middlebrick/report/render/document"
	"middlebrick/rule"
)

func (v view) findingSection() document.Section {
	s := document.Section{ID: "findings", Title: "Findings"}
	for _, g := range v.groups {
		s.Blocks = append(s.Blocks, document.Block{Fold: v.findingFold(g)})
	}
	accepted := map[string]bool{}
	var places []document.Block
	for _, f := range v.Findings {
		if f.State == "accepted" {
			accepted[f.Rule] = true
			places = append(places, document.Block{Part: &document.Part{Name: f.Rule, Blocks: []document.Block{{Text: document.Say(f.Title + ". " + v.saw(f))}}}})
		}
	}
	if len(places) > 0 {
		s.Blocks = append(s.Blocks, document.Block{Fold: &document.Fold{ID: "accepted", Title: "Accepted", Aside: amount(len(accepted), "rule"), Heading: true, Blocks: places}})
	}
	switch {
	case v.Status == report.Failed:
		return document.Section{}
	case len(s.Blocks) == 0:
		s.Blocks = []document.Block{{Text: document.Say("No rule failed.")}}
	}
	return s
}

func (v view) findingFold(g group) *document.Fold {
	f := g.findings[0]
	fold := &document.Fold{ID: g.rule, Severity: string(g.severity), Title: g.title, Aside: g.rule, Heading: true, Open: true}
	if slices.ContainsFunc(g.findings, func(f report.Finding) bool { return f.New }) {
		fold.Mark = "NEW"
	}
	part := func(name string, blocks []document.Block) {
		if len(blocks) > 0 {
			fold.Blocks = append(fold.Blocks, document.Block{Part: &document.Part{Name: name, Blocks: blocks}})
		}
	}
	part("Saw", v.sawBlocks(g))
	if f.Because != "" && f.Severity != f.Base {
		part("Rated", []document.Block{{Text: document.Say(fmt.Sprintf("%s, not %s: %s", f.Severity, f.Base, f.Because))}})
	}
	if f.Means != "" {
		part("Means", []document.Block{{Text: document.Inline(f.Means)}})
	}
	part("Fix", fixBlocks(f))
	if commands := commandsOf(g); len(commands) > 0 {
		part("Check", []document.Block{{Code: &document.Code{Lines: lines(strings.Join(commands, "\n"))}}})
	}
	part("References", referenceBlocks(f))
	return fold
}

// commandsOf are the commands of all places, each once.
func commandsOf(g group) (commands []string) {
	for _, f := range g.findings {
		for _, one := range f.Reproduce {
			if !slices.Contains(commands, one) {
				commands = append(commands, one)
			}
		}
	}
	return commands
}

// sawBlocks are the places of a finding, each with the bytes that prove it.
func (v view) sawBlocks(g group) []document.Block {
	var blocks []document.Block
	for _, f := range g.findings {
		blocks = append(blocks, document.Block{Text: document.Say(v.saw(f))})
		for _, e := range f.Evidence {
			blocks = append(blocks, evidenceBlock(e))
		}
	}
	return blocks
}

func evidenceBlock(e report.Evidence) document.Block {
	if e.Sent+e.Received == "" {
		return document.Block{Text: document.Toned(document.Faint, fmt.Sprintf("Recorded as %s: %s.", e.Ref, e.About))}
	}
	fold := &document.Fold{Title: "Evidence: " + e.About, Aside: string(e.Ref)}
	for _, side := range []struct{ caption, bytes string }{{"Sent", e.Sent}, {"Received", e.Received}} {
		if side.bytes != "" {
			fold.Blocks = append(fold.Blocks, document.Block{Code: &document.Code{Caption: side.caption, Lines: lines(side.bytes)}})
		}
	}
	return document.Block{Fold: fold}
}

// mostLines bounds one piece of evidence; a line feed costs the target one byte.
const mostLines = 200

// lines are a text's lines, whether their ends were escaped or not.
func lines(text string) []string {
	text = strings.NewReplacer(`\x0d\x0a`, "\n", "\r\n", "\n", "\t", "    ").Replace(text)
	all := strings.Split(strings.TrimRight(text, "\n"), "\n")
	if len(all) > mostLines {
		all = append(all[:mostLines:mostLines], fmt.Sprintf("… and %d more lines", len(all)-mostLines))
	}
	return all
}

func placeOf(info string) string { return places[info] }

// fixBlocks are the fixes, one fold a platform; the first fits the recognised stack.
func fixBlocks(f report.Finding) []document.Block {
	if len(f.Fixes) == 0 {
		return document.Markdown(f.Remediation, placeOf)
	}
	var blocks []document.Block
	for i, fix := range f.Fixes {
		body := document.Markdown(fix.Text, placeOf)
		if fix.Platform == "" {
			blocks = append(blocks, body...)
			continue
		}
		blocks = append(blocks, document.Block{Fold: &document.Fold{Title: fix.Platform, Open: i == 0, Blocks: body}})
	}
	return blocks
}

func referenceBlocks(f report.Finding) []document.Block {
	var list [][]document.Span
	for _, cwe := range f.CWE {
		title, _ := rule.CWE(cwe).Title()
		list = append(list, document.Say(strings.TrimSuffix(fmt.Sprintf("CWE-%d: %s", cwe, title), ": ")))
	}
	if f.OWASP != "" {
		title, _ := rule.OWASP(f.OWASP).Title()
		list = append(list, document.Say(strings.TrimSuffix(f.OWASP+": "+title, ": ")))
	}
	for _, pci := range f.PCI {
		list = append(list, document.Say("PCI DSS "+pci))
	}
	for _, cite := range f.References {
		list = append(list, []document.Span{document.Link(cite.Text, cite.URL)})
	}
	if len(list) == 0 {
		return nil
	}
	return []document.Block{{List: list}}
}

func (v view) untestedSection() document.Section {
	s := document.Section{ID: "nottested", Title: "What was not tested"}
	if len(v.NotTested) == 0 {
		return s
	}
	table := &document.Table{Name: "Not tested", Head: []string{"Rule", "Reason", "What happened"}}
	for _, n := range v.NotTested {
		table.Rows = append(table.Rows, []document.Cell{{Spans: []document.Span{{Text: n.Rule, Code: true}}}, {Spans: document.Say(string(n.Reason))}, {Spans: document.Say(n.Detail)}})
	}
	s.Blocks = []document.Block{{Text: document.Say("These rules got no answer. They are not scored: they have neither passed nor failed.")}, {Table: table}}
	return s
}

func (v view) passedSection() document.Section {
	s := document.Section{ID: "passed", Title: "Passed, and not applicable"}
	for _, one := range []struct {
		title string
		rules []string
	}{{"Passed", v.Passed}, {"Not applicable", v.NotApplicable}} {
		if len(one.rules) == 0 {
			continue
		}
		var spans []document.Span
		for i, id := range one.rules {
			if i > 0 {
				spans = append(spans, document.Span{Text: ", "})
			}
			spans = append(spans, document.Span{Text: id, Code: true})
		}
		s.Blocks = append(s.Blocks, document.Block{Fold: &document.Fold{Title: one.title, Aside: amount(len(one.rules), "rule"), Blocks: []document.Block{{Text: spans}}}})
	}
	return s
}

// unreachedSection is what a report has that judged nothing.
func (v view) unreachedSection() document.Section {
	s := document.Section{ID: "unreached", Title: "The target could not be reached"}
	if v.Status != report.Failed {
		return s
	}
	what := v.ErrorMessage
	if what == "" {
		what = v.Withheld
	}
	pairs := []document.Pair{says("What happened", what)}
	if n := len(v.Target.Addresses); n > 0 {
		pairs = append(pairs, says("Not the cause", fmt.Sprintf("the name: it leads to %s (%s)", amount2(n, "address", "addresses"), strings.Join(v.Target.Addresses, ", "))))
	}
	pairs = append(pairs, document.Pair{Name: "Try", Says: []document.Span{{Text: "curl -v " + quoteShell(v.APIURL), Code: true}, {Text: " from the same machine"}}})
	s.Blocks = []document.Block{{Pairs: pairs}}
	return s
}
