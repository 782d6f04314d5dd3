// The layout for wide screens: two columns, and findings as a table.

package render

import (
	"fmt"
	"strconv"
	"strings"

	"middlebrick/report"
)

// wide puts the attack and the checks beside each other, the findings into a
// table, and shows the first card alone.
func (v view) wide() block {
	b := v.interrupted()
	b = append(b, v.verdict()...)
	b = append(b, v.grade()...)
	b = append(append(b, blank), v.why()...)
	left := max(v.width()*11/20, v.width()-categoryColumns)
	b = append(append(b, blank), v.beside(v.attack(left-2), v.categories(v.width()-left), left)...)
	b = append(b, v.since()...)
	if len(v.groups) > 0 {
		b = append(append(b, blank), v.findingTable(v.width())...)
		b = append(b, v.wideCards()...)
	}
	b = append(b, v.knownBefore()...)
	b = append(b, v.policies()...)
	b = append(b, v.details()...)
	return append(b, v.notTested()...)
}

// categoryColumns is the room that a check with its bar and findings needs.
const categoryColumns = 66

func (v view) wideCards() block {
	shown := 1
	if v.All {
		shown = len(v.groups)
	}
	b := block{blank}
	if shown < len(v.groups) {
		b = append(b, row{{" FIX FIRST", bold}, {"   (every fix: --all, one rule: middlebrick explain RULE)", ordinary}})
	} else {
		b = append(b, row{{" FIX FIRST", bold}})
	}
	for i, g := range v.groups[:shown] {
		b = append(append(b, blank), v.card(i+1, g)...)
	}
	return b
}

// A column of the table of findings: how it is cut when there is too little
// room, and from which width it stands at all.
type column struct {
	head  string
	whole bool // never cut
	from  int
	cell  func(number int, g group, f report.Finding) span
}

var findingColumns = []column{
	{"#", true, 0, func(n int, _ group, _ report.Finding) span { return span{strconv.Itoa(n), ordinary} }},
	{"SEVERITY", true, 0, func(_ int, _ group, f report.Finding) span {
		return span{strings.ToUpper(string(f.Severity)), severityStyles[f.Severity]}
	}},
	{"RULE", true, 0, func(_ int, _ group, f report.Finding) span { return span{f.Rule, bold} }},
	{"WHAT", false, 70, func(_ int, _ group, f report.Finding) span { return span{f.Title, ordinary} }},
	{"WHERE", false, 100, func(_ int, _ group, f report.Finding) span { return span{f.Where, ordinary} }},
	{"STATE", true, 110, func(_ int, _ group, f report.Finding) span { return span{state(f), ordinary} }},
}

func state(f report.Finding) string {
	switch {
	case f.State == "accepted":
		return "accepted"
	case f.New:
		return "NEW"
	}
	return ""
}

// findingTable has one line a finding; ids are whole, titles and places are cut.
func (v view) findingTable(width int) block {
	var cells []row
	heads := row{}
	var columnsShown []column
	for _, c := range findingColumns {
		if width >= c.from {
			columnsShown = append(columnsShown, c)
			heads = append(heads, span{c.head, faint})
		}
	}
	n := 0
	for _, g := range v.groups {
		for _, f := range g.findings {
			n++
			r := row{}
			for _, c := range columnsShown {
				r = append(r, c.cell(n, g, f))
			}
			cells = append(cells, r)
		}
	}
	return v.table(heads, cells, columnsShown, width)
}

func (v view) table(heads row, cells []row, shown []column, width int) block {
	widths := v.columnWidths(heads, cells)
	v.shrink(widths, shown, width)
	b := block{}
	for _, r := range append([]row{heads}, cells...) {
		line := row{{" ", ordinary}}
		for i, c := range r {
			said := v.Escape(c.text)
			if !shown[i].whole {
				said = v.Cut(said, widths[i])
			}
			line = append(line, span{pad(said, widths[i]) + "  ", c.style})
		}
		b = append(b, line)
	}
	return b
}

func (v view) columnWidths(heads row, cells []row) []int {
	widths := make([]int, len(heads))
	for _, r := range append([]row{heads}, cells...) {
		for i, c := range r {
			widths[i] = max(widths[i], columns(v.Escape(c.text)))
		}
	}
	return widths
}

// shrink takes from the widest column that may be cut until the line fits.
func (v view) shrink(widths []int, shown []column, width int) {
	for {
		total, widest := 1, -1
		for i, w := range widths {
			total += w + 2
			if !shown[i].whole && w > minCell && (widest < 0 || w > widths[widest]) {
				widest = i
			}
		}
		if total-2 <= width || widest < 0 {
			return
		}
		widths[widest]--
	}
}

// minCell is the least that is left of a cell that is cut.
const minCell = 12

// Table is the findings as a table, one line each, and what TLS offers, under the
// grade and above the gate.
func Table(r report.Report, o Options) []byte {
	o.Screen = o.laid()
	v := view{Report: r, Options: o, groups: grouped(r)}
	b := append(v.head(), blank)
	b = append(b, v.interrupted()...)
	b = append(b, v.grade()...)
	if v.Overall == nil {
		b = append(b, v.labelled("", ordinary, 1, 1, v.noScore())...)
	}
	b = append(append(b, blank), v.categories(v.width())...)
	if len(v.groups) > 0 {
		b = append(append(b, blank), v.findingTable(v.width())...)
	}
	b = append(b, v.knownBefore()...)
	if v.seesTLS() {
		b = append(b, v.offer()...)
	}
	if v.Labs != nil {
		b = append(append(b, blank), v.letter()...)
	}
	b = append(append(b, v.policies()...), v.clients()...)
	if n := len(v.NotTested); n > 0 {
		b = append(append(b, blank), v.labelled("", ordinary, 1, 1, fmt.Sprintf("%s not tested; --format summary says why.", amount(n, "rule")))...)
	}
	if o.Gate != nil {
		b = append(append(b, blank), v.gate()...)
	}
	return v.bytes(b)
}

func (v view) noScore() string {
	if v.ErrorMessage != "" {
		return v.ErrorMessage
	}
	return v.Withheld
}
