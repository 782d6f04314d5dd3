// Which of a rule's remedies comes first: the one for the software that was
// recognised, and of several the one where the fault is mended for good.

package report

import (
	"slices"
	"strings"

	"middlebrick/observe"
	"middlebrick/rule"
)

const elsewhere = "Elsewhere"

// headings are the headings of a rule.md that help with a recognised part. A
// part that is not here is helped by "Elsewhere", where that names it.
var headings = map[string]string{
	"Flask": "Flask", "Quart": "Flask", "Werkzeug": "Flask",
	"Flask-Login": "Flask", "Flask-WTF": "Flask", "Flask-Session": "Flask", "Flask-JWT-Extended": "Flask", "Flask-Talisman": "Flask",
	"gunicorn": "gunicorn",
	"nginx":    "nginx", "OpenResty": "nginx", "Tengine": "nginx",
	"Apache": "Apache", "mod_wsgi": "Apache",
}

// edgeKeys are observations of what the part that speaks to the client does by
// itself, whatever runs behind it.
var edgeKeys = []string{
	observe.Ports.Name(), observe.SecureHSTS.Name(), observe.PlainHSTS.Name(), observe.Preloaded.Name(), observe.PlainHops.Name(), observe.PlainPages.Name(),
}

// settledAtTheEdge is true for a rule that looks at nothing else: protocol,
// suites, certificates, HSTS, what port 80 does.
func settledAtTheEdge(cat Catalogue, id string) bool {
	if cat.Needs == nil {
		return false
	}
	needs := cat.Needs(id)
	return len(needs) > 0 && !slices.ContainsFunc(needs, func(key string) bool {
		return !strings.HasPrefix(key, "tls.") && !slices.Contains(edgeKeys, key)
	})
}

// platform is the heading that fits the target best, whatever the rule.
func platform(t Target) string {
	for _, name := range rule.Platforms() {
		if slices.ContainsFunc(t.Stack, func(p Part) bool { return headings[p.Name] == name }) {
			return name
		}
	}
	return elsewhere
}

func fixesFor(doc rule.Doc, t Target, atEdge bool) []Fix {
	fixes := []Fix{}
	for _, platform := range ranked(doc, t, atEdge) {
		if text, ok := doc.Fixes[platform]; ok {
			fixes = append(fixes, Fix{platform, text})
		}
	}
	return fixes
}

// ranked orders the headings: those of the recognised parts for which the rule
// has something to type, then those of the other recognised parts, then the
// rest. Where nothing was recognised, what helps elsewhere comes first.
func ranked(doc rule.Doc, t Target, atEdge bool) []string {
	recognised := recognisedHeadings(doc, t, atEdge)
	typed := func(platform string) bool {
		return platform == elsewhere || strings.Contains(doc.Fixes[platform], "```")
	}
	slices.SortStableFunc(recognised, func(a, b string) int { return rank(typed(a)) - rank(typed(b)) })
	if len(recognised) == 0 {
		recognised = []string{elsewhere}
	}
	return unique(append(recognised, rule.Platforms()...))
}

func rank(first bool) int {
	if first {
		return 0
	}
	return 1
}

// recognisedHeadings are the headings of the parts, nearest to the fault first:
// from the edge inwards for what the edge does, from the application outwards for
// all else.
func recognisedHeadings(doc rule.Doc, t Target, atEdge bool) (found []string) {
	parts := slices.Clone(t.Stack)
	if atEdge {
		slices.SortStableFunc(parts, func(a, b Part) int { return rank(a.Name == t.Edge) - rank(b.Name == t.Edge) })
	} else {
		slices.SortStableFunc(parts, func(a, b Part) int { return depth[a.Role] - depth[b.Role] })
	}
	for _, part := range parts {
		heading := headings[part.Name]
		if heading == "" && (atEdge && part.Name == t.Edge || namesPart(doc.Fixes[elsewhere], part)) {
			heading = elsewhere
		}
		if heading != "" {
			found = append(found, heading)
		}
	}
	return unique(found)
}

// namesPart is true where the text has a word for that software; a language is a
// word of many other sentences.
func namesPart(text string, part Part) bool {
	if part.Role == "language" || part.Role == "library" {
		return false
	}
	for at := strings.Index(text, part.Name); at >= 0 && part.Name != ""; {
		end := at + len(part.Name)
		if !letterAt(text, at-1) && !letterAt(text, end) {
			return true
		}
		next := strings.Index(text[end:], part.Name)
		if next < 0 {
			return false
		}
		at = end + next
	}
	return false
}

func letterAt(text string, at int) bool {
	return at >= 0 && at < len(text) && (text[at]|0x20 >= 'a' && text[at]|0x20 <= 'z')
}

// depth is how far a part stands from the application's own code.
var depth = map[string]int{"framework": 0, "extension": 1, "library": 2, "language": 3, "server": 4, "proxy": 5}

func unique(all []string) (kept []string) {
	for _, one := range all {
		if !slices.Contains(kept, one) {
			kept = append(kept, one)
		}
	}
	return kept
}
