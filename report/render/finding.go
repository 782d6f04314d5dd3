// Findings as cards: Saw, Means, Fix, Check, always in this order; and what was
// not tested.

package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"middlebrick/report"
	"middlebrick/rule"
)

// group is one rule's findings: one card, for one fix mends them all.
type group struct {
	rule, title string
	severity    rule.Severity
	findings    []report.Finding
}

// grouped are the open findings by rule: worst first, and among equals those that
// an open way in rests on, in the order of the ways; otherwise in the report's
// order.
func grouped(r report.Report) []group {
	var groups []group
	at := map[string]int{}
	for _, f := range r.Findings {
		if f.State == "accepted" {
			continue
		}
		i, ok := at[f.Rule]
		if !ok {
			i = len(groups)
			at[f.Rule] = i
			groups = append(groups, group{rule: f.Rule, title: f.Title, severity: f.Severity})
		}
		if f.Severity.AtLeast(groups[i].severity) {
			groups[i].severity = f.Severity
		}
		groups[i].findings = append(groups[i].findings, f)
	}
	urgent := urgency(r.Attack.Paths)
	slices.SortStableFunc(groups, func(a, b group) int {
		return cmp.Or(cmp.Compare(rank(a.severity), rank(b.severity)), cmp.Compare(urgent(a.rule), urgent(b.rule)))
	})
	return groups
}

// urgency numbers the rules in the order in which the open ways in name them;
// all others come after.
func urgency(paths []report.Path) func(rule string) int {
	order := map[string]int{}
	for _, p := range paths {
		for _, id := range p.Findings {
			if _, named := order[id]; !named && p.Holds == "yes" {
				order[id] = len(order)
			}
		}
	}
	return func(rule string) int {
		if place, named := order[rule]; named {
			return place
		}
		return len(order)
	}
}

// rank is 0 for the worst severity. One that this version does not know is
// shown, after the known ones.
func rank(s rule.Severity) int {
	if i := slices.Index(rule.Severities(), s); i >= 0 {
		return i
	}
	return len(rule.Severities())
}

// Bounds on what a card shows unless everything is asked for.
const (
	maxCards  = 3
	maxPlaces = 3
	maxFix    = 24  // rows
	maxSaw    = 600 // characters of one place
	maxMeans  = 300 // bytes, cut at the end of a sentence
)

func (v view) cards() block {
	if len(v.groups) == 0 {
		return nil
	}
	shown, b := len(v.groups), block{blank}
	if !v.All {
		shown = min(shown, maxCards)
	}
	b = append(b, v.cardsHead(shown)...)
	for i, g := range v.groups[:shown] {
		b = append(append(b, blank), v.card(i+1, g)...)
	}
	return b
}

func (v view) cardsHead(shown int) block {
	if shown == len(v.groups) {
		return block{{{" FIX FIRST", bold}}}
	}
	says := fmt.Sprintf("(%d of %d; every finding: --all, one rule: middlebrick explain RULE)", shown, len(v.groups))
	return v.labelled("FIX FIRST", bold, 1, 12, says)
}

func (v view) card(number int, g group) block {
	b := v.cardTitle(number, g)
	for i, f := range g.findings {
		if i == maxPlaces && !v.All {
			b = append(b, v.field("", fmt.Sprintf("… and %s more: --all", amount(len(g.findings)-i, "place")))...)
			break
		}
		b = append(b, v.field("Saw", v.saw(f))...)
	}
	f := g.findings[0]
	if f.Because != "" && f.Severity != f.Base {
		b = append(b, v.field("Rated", fmt.Sprintf("%s, not %s: %s", f.Severity, f.Base, f.Because))...)
	}
	b = append(b, v.field("Means", v.means(f))...)
	b = append(b, v.fix(f)...)
	return append(b, v.reproduce(f)...)
}

func (v view) cardTitle(number int, g group) block {
	severity := "[" + strings.ToUpper(string(g.severity)) + "]"
	first := row{{fmt.Sprintf("%2d ", number), ordinary}, {severity, severityStyles[g.severity]}, {" " + g.rule, bold}}
	mark := ""
	if slices.ContainsFunc(g.findings, func(f report.Finding) bool { return f.New }) {
		mark = "  NEW"
	}
	used := first.columns(v.Screen) + 2
	if used+columns(v.Escape(g.title))+len(mark) <= v.width() {
		return block{append(first, span{"  " + g.title, ordinary}, span{mark, bold})}
	}
	return append(block{append(first, span{mark, bold})}, v.labelled("", ordinary, 3, 3, g.title)...)
}

// fieldHang is where the text of a card's fields begins.
const fieldHang = 11

func (v view) field(label, says string) block {
	return v.labelled(label, faint, 3, fieldHang, says)
}

// saw is what was seen, and where, where the one does not name the other.
func (v view) saw(f report.Finding) string {
	says := f.Description
	if f.Where != "" && !strings.Contains(says, f.Where) {
		says = f.Where + ": " + says
	}
	if runes := []rune(says); len(runes) > maxSaw && !v.All {
		return string(runes[:maxSaw]) + "… (cut; --format json has it all)"
	}
	return says
}

// means is why it matters: its first sentences, as many as fit into a glance.
func (v view) means(f report.Finding) string {
	if v.All || len(f.Means) <= maxMeans {
		return f.Means
	}
	end := strings.LastIndex(f.Means[:maxMeans], ". ")
	if first := strings.Index(f.Means, ". "); end < 0 {
		end = first
	}
	if end < 0 {
		return f.Means
	}
	return f.Means[:end+1]
}

func (v view) fix(f report.Finding) block {
	fixes := f.Fixes
	if len(fixes) == 0 && f.Remediation != "" {
		fixes = []report.Fix{{Text: f.Remediation}}
	}
	if len(fixes) == 0 {
		return nil
	}
	body := v.markdown(fixes[0].Text, v.width()-fieldHang).trim()
	if cutAt := maxFix; len(body) > cutAt+4 && !v.All {
		rest := v.on(v.width()-fieldHang).labelled("", ordinary, 0, 0, "… the rest: middlebrick explain "+f.Rule)
		body = append(body[:cutAt:cutAt], rest...)
	}
	if fixes[0].Platform != "" {
		body = append(block{{{fixes[0].Platform + ":", bold}}}, body...)
	}
	if others := others(fixes); others != "" {
		more := v.on(v.width()-fieldHang).labelled("", ordinary, 0, 0, "For "+others+": middlebrick explain "+f.Rule)
		body = append(append(body, blank), more...)
	}
	return v.hung("Fix", body)
}

func others(fixes []report.Fix) string {
	var names []string
	for _, fix := range fixes[1:] {
		names = append(names, fix.Platform)
	}
	return strings.Join(names, ", ")
}

// reproduce is the command that shows the finding again; a command is never
// wrapped, so that it can be copied.
func (v view) reproduce(f report.Finding) block {
	commands := block{}
	for i, command := range f.Reproduce {
		if i == 0 || v.All {
			commands = append(commands, text(command))
		}
	}
	return v.hung("Check", commands)
}

// hung puts a block beside a label.
func (v view) hung(label string, body block) block {
	if len(body) == 0 {
		return nil
	}
	b := body.indent(fieldHang)
	b[0][0] = span{"   " + pad(label, fieldHang-3), faint}
	return b
}

// notTested lists what got no answer, by reason: one reason often covers many
// rules.
func (v view) notTested() block {
	if len(v.NotTested) == 0 {
		return nil
	}
	var order []string
	rules := map[string][]string{}
	for _, n := range v.NotTested {
		says := n.Detail
		if says == "" {
			says = string(n.Reason)
		} else {
			says += " (" + string(n.Reason) + ")"
		}
		if rules[says] == nil {
			order = append(order, says)
		}
		rules[says] = append(rules[says], n.Rule)
	}
	b := append(block{blank}, v.labelled("NOT TESTED", unsure, 1, 12, "and not scored: neither passed nor failed")...)
	for i, says := range order {
		if i == maxReasons && !v.All {
			b = append(b, text(fmt.Sprintf("   … and %s more: --all", amount(len(order)-i, "reason"))))
			break
		}
		b = append(b, v.labelled("", ordinary, 3, 3, says)...)
		b = append(b, v.labelled("", faint, 5, 5, strings.Join(rules[says], ", "))...)
	}
	return b
}

const maxReasons = 6
