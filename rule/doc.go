// The prose of a rule: rule.md, read into its parts. One source feeds explain,
// the dashboard, SARIF, MCP and docs/rules.md.

package rule

import (
	"fmt"
	"strings"
)

// Platforms are the headings under which a rule.md tells how to mend a finding,
// in their fixed order.
func Platforms() []string { return []string{"Flask", "gunicorn", "nginx", "Apache", "Elsewhere"} }

// A Doc is one rule.md.
type Doc struct {
	Opening string            // one sentence
	Why     string            // Markdown
	Fixes   map[string]string // platform → Markdown
}

// ParseDoc reads a rule.md and holds it to the skeleton: an opening sentence,
// then "## Why" and one heading per platform, all present, in order, none empty.
func ParseDoc(text string) (Doc, error) {
	doc := Doc{Fixes: map[string]string{}}
	parts := splitHeadings(text)
	doc.Opening = strings.TrimSpace(parts[0].body)
	if doc.Opening == "" || strings.Contains(doc.Opening, "\n\n") {
		return doc, fmt.Errorf("rule.md opens with one sentence before its first heading")
	}
	want := append([]string{"Why"}, Platforms()...)
	if len(parts)-1 != len(want) {
		return doc, fmt.Errorf("rule.md has %d headings; it needs %s", len(parts)-1, strings.Join(want, ", "))
	}
	for i, heading := range want {
		part := parts[i+1]
		if part.heading != heading {
			return doc, fmt.Errorf("rule.md heading %d is %q; it must be %q", i+1, part.heading, heading)
		}
		if strings.TrimSpace(part.body) == "" {
			return doc, fmt.Errorf("rule.md says nothing under %q", heading)
		}
		doc.Fixes[heading] = strings.TrimSpace(part.body)
	}
	doc.Why = doc.Fixes["Why"]
	delete(doc.Fixes, "Why")
	return doc, nil
}

type section struct{ heading, body string }

// splitHeadings cuts at "## " lines that stand outside fenced blocks.
func splitHeadings(text string) []section {
	parts := []section{{}}
	fenced := false
	for _, line := range strings.SplitAfter(text, "\n") {
		if strings.HasPrefix(line, "```") {
			fenced = !fenced
		}
		if heading, ok := strings.CutPrefix(line, "## "); ok && !fenced {
			parts = append(parts, section{heading: strings.TrimSpace(heading)})
			continue
		}
		parts[len(parts)-1].body += line
	}
	return parts
}
