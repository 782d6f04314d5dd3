// Package mixed judges what https pages fetch over http, one class at a time,
// as Chromium classes it (W3C Mixed Content Level 2 section 3).
package mixed

import (
	"fmt"

	"middlebrick/checks/encryption/internal/say"
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/webpage"
)

// Pages are the https pages that were read. When there is none, otherwise says
// why and ok is false.
func Pages(seen observe.Mixed) (pages []observe.MixedPage, otherwise rule.Verdict, ok bool) {
	if seen.Absent != "" {
		return nil, rule.NotApplicable("there is no https form: " + seen.Absent), false
	}
	if len(seen.Pages) == 0 {
		return nil, rule.NotApplicable("no page or style sheet came over https"), false
	}
	return seen.Pages, rule.Verdict{}, true
}

// Passed is a pass in those words, unless a page was not read to its end: what was
// found there counts, and what was not found may stand in the rest.
func Passed(pages []observe.MixedPage, words string) rule.Verdict {
	for _, page := range pages {
		if page.Cut {
			return rule.Inconclusive("nothing was found, but " + say.Bare(page.URL) + " could not be read to its end")
		}
	}
	return rule.Passf("%s", words)
}

// Note adds every load of that class to places, named by the element and the
// address without its query: what stands in a template is one fault, whatever
// the number of pages that show it.
func Note(places *say.Places, pages []observe.MixedPage, class string, word func(webpage.Load) (verb string, severity rule.Severity)) {
	for _, page := range pages {
		for _, load := range page.Loads {
			if load.Class != class {
				continue
			}
			verb, severity := word(load)
			saw := fmt.Sprintf("%s %s %s (%s, line %d)", say.Bare(page.URL), verb, say.Quoted(load.URL), say.Plain(load.Element), load.Line)
			places.Add(say.Plain(load.Element)+" "+say.Bare(load.URL), saw, severity, page.Ref)
		}
	}
}
