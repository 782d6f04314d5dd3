// Command rulebook writes docs/rules.md from the catalogue. It is run by go
// generate in the folder checks, after the catalogue has been written.
package main

import (
	"fmt"
	"os"
	"strings"

	"middlebrick/checks"
	"middlebrick/rule"
)

const file = "../docs/rules.md"

const opening = `# The rules

Written by ` + "`go generate ./checks`" + ` from the catalogue; each rule's own page is its
` + "`rule.md`" + `, each verdict's examples are in its ` + "`testdata`" + `. The severity is the one a finding
starts with: the attack paths may raise or lower it, and say so.
`

func main() {
	text, err := render(checks.All(), checks.Doc)
	if err != nil {
		fmt.Fprintln(os.Stderr, "rulebook:", err)
		os.Exit(1)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		fmt.Fprintln(os.Stderr, "rulebook: writing the rules:", err)
		os.Exit(1)
	}
}

// render is the whole document; a rule without readable prose is an error.
func render(all []checks.Check, doc func(id string) (rule.Doc, bool)) (string, error) {
	var out strings.Builder
	out.WriteString(opening)
	contents(&out, all)
	for _, check := range all {
		fmt.Fprintf(&out, "\n## %s\n\n", check.Name)
		if !check.Implemented {
			out.WriteString("Not implemented yet: nothing is looked at, so nothing passes and there is no score.\n")
			continue
		}
		fmt.Fprintf(&out, "`%s` in reports; weight %d of the overall score.\n", check.Key, check.Weight)
		for _, r := range check.Rules {
			prose, ok := doc(r.ID)
			if !ok {
				return "", fmt.Errorf("%s: its rule.md is missing or not in the skeleton", r.ID)
			}
			section(&out, r.Meta, prose)
		}
	}
	return out.String(), nil
}

func contents(out *strings.Builder, all []checks.Check) {
	out.WriteString("\n| rule | severity | what a finding says |\n|---|---|---|\n")
	for _, check := range all {
		for _, r := range check.Rules {
			fmt.Fprintf(out, "| [%s](#%s) | %s | %s |\n", r.ID, anchor(r.ID), r.Severity, r.Title)
		}
	}
}

// anchor is the fragment that renderers of Markdown give the heading.
func anchor(id string) string { return strings.ReplaceAll(id, ".", "") }

func section(out *strings.Builder, m rule.Meta, doc rule.Doc) {
	fmt.Fprintf(out, "\n### %s\n\n**%s** — %s\n\n%s\n\n", m.ID, m.Title, m.Severity, doc.Opening)
	for _, line := range facts(m) {
		fmt.Fprintf(out, "- %s\n", line)
	}
	fmt.Fprintf(out, "\n#### Why\n\n%s\n", doc.Why)
	for _, platform := range rule.Platforms() {
		fmt.Fprintf(out, "\n#### %s\n\n%s\n", platform, doc.Fixes[platform])
	}
}

// facts are the lines of classification and reference.
func facts(m rule.Meta) []string {
	var lines []string
	for _, weakness := range m.CWE {
		title, _ := weakness.Title()
		lines = append(lines, fmt.Sprintf("[CWE-%d](https://cwe.mitre.org/data/definitions/%d.html): %s", weakness, weakness, title))
	}
	title, _ := m.OWASP.Title()
	lines = append(lines, fmt.Sprintf("OWASP %s: %s", m.OWASP, title))
	for _, requirement := range m.PCI {
		title, _ := requirement.Title()
		lines = append(lines, fmt.Sprintf("PCI DSS 4.0.1 requirement %s: %s", requirement, title))
	}
	for _, cite := range m.Cites {
		lines = append(lines, fmt.Sprintf("[%s](%s)", cite.Text, cite.URL))
	}
	if !m.Cap.None() {
		lines = append(lines, fmt.Sprintf("A finding of severity %s or worse caps the check's score at %d to %d.", m.Cap.From, m.Cap.Low, m.Cap.High))
	}
	for _, past := range m.Formerly {
		lines = append(lines, fmt.Sprintf("Formerly `%s`.", past))
	}
	return lines
}
