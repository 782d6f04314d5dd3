// The page of one rule as sections of a document, for those who draw documents.

package render

import (
	"strconv"
	"strings"

	"middlebrick/report/render/document"
	"middlebrick/rule"
)

// RuleSections say what Rule says: what is found, why it matters, how to mend it on
// every platform, and where that is written.
func RuleSections(m rule.Meta, doc rule.Doc) []document.Section {
	all := []document.Section{{ID: "why", Title: "Why", Blocks: append(document.Markdown(doc.Opening, placeOf), document.Markdown(doc.Why, placeOf)...)}}
	for _, platform := range rule.Platforms() {
		if fix := doc.Fixes[platform]; fix != "" {
			all = append(all, document.Section{ID: "fix-" + strings.ToLower(platform), Title: "Fix: " + platform, Blocks: document.Markdown(fix, placeOf)})
		}
	}
	return append(all, document.Section{ID: "references", Title: "References", Blocks: []document.Block{{List: ruleReferences(m)}}})
}

func ruleReferences(m rule.Meta) (list [][]document.Span) {
	titled := func(name, title string) {
		list = append(list, document.Say(strings.TrimSuffix(name+": "+title, ": ")))
	}
	for _, cwe := range m.CWE {
		title, _ := cwe.Title()
		titled("CWE-"+strconv.Itoa(int(cwe)), title)
	}
	if m.OWASP != "" {
		title, _ := m.OWASP.Title()
		titled(string(m.OWASP), title)
	}
	for _, pci := range m.PCI {
		title, _ := pci.Title()
		titled("PCI DSS "+string(pci), title)
	}
	for _, cite := range m.Cites {
		list = append(list, []document.Span{document.Link(cite.Text, cite.URL)})
	}
	if len(m.Formerly) > 0 {
		titled("Formerly", strings.Join(m.Formerly, ", "))
	}
	return list
}
