// One failure as a finding: what was seen, what it means, what to do, and how to
// see it again.

package report

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/target"
)

// mostEvidence is how many exchanges a finding shows.
const mostEvidence = 4

func findings(rec *observe.Recording, r rule.Result, category string, t Target, cat Catalogue) (all []Finding) {
	doc, _ := cat.Doc(r.Meta.ID)
	fixes := fixesFor(doc, t, settledAtTheEdge(cat, r.Meta.ID))
	for _, place := range r.Verdict.Places {
		f := Finding{
			ID:   Fingerprint(r.Meta.ID, rec.Header.Target, place.Where),
			Rule: r.Meta.ID, Category: category, Severity: place.Severity, Base: r.Meta.Severity, Title: r.Meta.Title,
			Description: place.Saw, Means: firstParagraph(doc.Why), Fixes: fixes, Where: place.Where,
			Evidence: []Evidence{}, Reproduce: []string{}, CWE: []int{}, OWASP: string(r.Meta.OWASP), PCI: []string{},
			References: append([]rule.Cite{}, r.Meta.Cites...), State: "open",
		}
		if place.Severity != r.Meta.Severity {
			f.Because = r.Because
		}
		if len(fixes) > 0 {
			f.Remediation = fixes[0].Text
		}
		for _, cwe := range r.Meta.CWE {
			f.CWE = append(f.CWE, int(cwe))
		}
		for _, pci := range r.Meta.PCI {
			f.PCI = append(f.PCI, string(pci))
		}
		f.prove(rec, place.Refs)
		all = append(all, f)
	}
	return all
}

func (f *Finding) prove(rec *observe.Recording, refs []observe.Ref) {
	commands := map[string]bool{}
	for _, ref := range refs {
		exchange, kept := rec.Exchanges[ref]
		if !kept || len(f.Evidence) >= mostEvidence {
			continue
		}
		f.Evidence = append(f.Evidence, Evidence{ref, exchange.About, exchange.Sent, exchange.Received})
		if command := exchange.Reproduce; command != "" && !commands[command] {
			commands[command] = true
			f.Reproduce = append(f.Reproduce, command)
		}
	}
}

// Fingerprint names a finding over time: the rule, the normalised target and the
// place, never wording, time or address.
func Fingerprint(id string, t target.Target, where string) string {
	path, _, _ := strings.Cut(t.Path, "?")
	identity := fmt.Sprintf("%s\n%s %s://%s:%d%s\n%s", id, t.Method, t.Scheme, t.Host, t.Port, path, where)
	sum := sha256.Sum256([]byte(identity))
	return hex.EncodeToString(sum[:])
}

func firstParagraph(markdown string) string {
	paragraph, _, _ := strings.Cut(strings.TrimSpace(markdown), "\n\n")
	return strings.Join(strings.Fields(paragraph), " ")
}
