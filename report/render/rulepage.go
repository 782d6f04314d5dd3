// Pages about rules: one explained, and the list of them all.

package render

import (
	"fmt"
	"strconv"
	"strings"

	"middlebrick/rule"
)

// Rule is the page of one rule: what it finds, why it matters, how to mend it on
// every platform, and where that is written.
func Rule(m rule.Meta, doc rule.Doc, s Screen) []byte {
	s = s.laid()
	b := block{{{m.ID, bold}, {"  ", ordinary}, {"[" + strings.ToUpper(string(m.Severity)) + "]", severityStyles[m.Severity]}}}
	b = append(b, s.labelled("", ordinary, 0, 0, m.Title)...)
	b = append(append(b, blank), s.markdown(doc.Opening, s.width())...)
	b = append(append(b, blank), row{{"WHY", bold}})
	b = append(b, s.markdown(doc.Why, s.width()-2).trim().indent(2)...)
	for _, platform := range rule.Platforms() {
		if fix := doc.Fixes[platform]; fix != "" {
			b = append(append(b, blank), row{{"FIX: " + platform, bold}})
			b = append(b, s.markdown(fix, s.width()-2).trim().indent(2)...)
		}
	}
	b = append(append(b, blank), s.references(m)...)
	return s.bytes(b)
}

func (s Screen) references(m rule.Meta) block {
	b := block{{{"REFERENCES", bold}}}
	for _, cwe := range m.CWE {
		title, _ := cwe.Title()
		b = append(b, s.labelled("CWE-"+strconv.Itoa(int(cwe)), ordinary, 2, 14, title)...)
	}
	if m.OWASP != "" {
		title, _ := m.OWASP.Title()
		b = append(b, s.labelled(string(m.OWASP), ordinary, 2, 14, title)...)
	}
	for _, pci := range m.PCI {
		title, _ := pci.Title()
		b = append(b, s.labelled("PCI "+string(pci), ordinary, 2, 14, title)...)
	}
	for _, cite := range m.Cites {
		b = append(b, text("  "+cite.Text))
		b = append(b, text("    "+cite.URL))
	}
	if len(m.Formerly) > 0 {
		b = append(b, s.labelled("Formerly", ordinary, 2, 14, strings.Join(m.Formerly, ", "))...)
	}
	return b
}

// Rules is the catalogue, one rule after the other; where the screen is too
// narrow for a title, it goes on below itself.
func Rules(all []rule.Meta, s Screen) []byte {
	s, widest := s.laid(), 0
	for _, m := range all {
		widest = max(widest, columns(s.Escape(m.ID)))
	}
	b := block{}
	for _, m := range all {
		lead := row{{pad(string(m.Severity), 10), severityStyles[m.Severity]}, {pad(s.Escape(m.ID), widest+2), bold}}
		for i, line := range wrap(s.Escape(m.Title), max(20, s.width()-12-widest)) {
			if i > 0 {
				lead = text(strings.Repeat(" ", 12+widest))
			}
			b = append(b, append(lead, span{line, ordinary}))
		}
	}
	b = append(b, blank, text(fmt.Sprintf("%s. One of them: middlebrick explain RULE", amount(len(all), "rule"))))
	return s.bytes(b)
}
