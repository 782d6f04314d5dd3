// What moved between two reports, for a person: the page of the command diff, and
// the part of a summary that says it of a target that was scanned before.

package render

import (
	"fmt"
	"strings"
	"time"

	"middlebrick/report"
	"middlebrick/report/compare"
	"middlebrick/rule"
)

// How many lines of each group are shown unless everything is asked for: on a page
// of its own, and in a summary.
const (
	maxMoved = 8
	maxSince = 4
)

// Diff is the page of a difference.
func Diff(d compare.Difference, o Options) []byte {
	o.Screen = o.laid()
	v := mover{d, o, maxMoved}
	b := v.sides()
	b = append(append(b, v.ruler()), v.scores()...)
	if d.Still() {
		b = append(append(b, blank), v.labelled("", ordinary, 1, 1, "Nothing moved: "+amount(len(d.Unchanged), "finding")+" unchanged.")...)
	}
	b = append(b, v.groups()...)
	b = append(b, v.points()...)
	if o.Gate != nil {
		b = append(append(b, v.ruler()), view{Options: o}.gate()...)
	}
	return v.bytes(b)
}

// mover is a difference on its way to a screen.
type mover struct {
	compare.Difference
	Options
	most int // lines of a group
}

func (v mover) sides() block {
	b := v.labelled("middlebrick diff", bold, 0, 19, v.Before.Target)
	if !v.SameTarget {
		b = append(b, v.labelled("", ordinary, 0, 19, v.After.Target)...)
		b = append(b, v.labelled("", unsure, 0, 0, "These are two targets: places that are named after one of them count as fixed there and new here.")...)
	}
	for _, side := range []struct {
		label string
		compare.Side
	}{{"from", v.Before}, {"to", v.After}} {
		says := fmt.Sprintf("%s  %s  middlebrick %s", side.At.UTC().Format(minutes), scored(side.Side), side.Engine)
		b = append(b, v.labelled(side.label, bold, 0, 6, says)...)
	}
	if v.After.At.Before(v.Before.At) {
		b = append(b, v.labelled("", unsure, 0, 0, "The second report is older than the first.")...)
	}
	return b
}

const minutes = "2006-01-02 15:04 UTC"

// scored is a side's score in words.
func scored(s compare.Side) string {
	switch {
	case s.Status == report.Failed:
		return "not reached"
	case s.Overall == nil || s.Grade == nil:
		return "no score"
	}
	return fmt.Sprintf("%d (%s)", *s.Overall, *s.Grade)
}

func (v mover) scores() block {
	arrow, st := direction(v.Difference)
	line := fmt.Sprintf("%s → %s", scored(v.Before), scored(v.After))
	if arrow != "" {
		line += "   " + arrow
	}
	b := block{{{" SCORE  ", bold}, {line, st}}}
	if !v.SameRules {
		b = append(b, v.labelled("", ordinary, 8, 8, "The rules or the arithmetic are not the same on both sides, so that the scores cannot be compared.")...)
	}
	if before, after := v.Before.Answer, v.After.Answer; before != after {
		b = append(b, v.labelled("", ordinary, 8, 8, "Can someone in the middle read or change this traffic? "+before+" → "+after)...)
	}
	return b
}

// direction is the arrow of a score that moved, and its style.
func direction(d compare.Difference) (arrow string, st style) {
	if d.Before.Overall == nil || d.After.Overall == nil {
		return "", ordinary
	}
	switch by := *d.After.Overall - *d.Before.Overall; {
	case by > 0:
		return fmt.Sprintf("▲ %d", by), good
	case by < 0:
		return fmt.Sprintf("▼ %d", -by), bad
	}
	return "", ordinary
}

// groups are what is new, fixed, unchanged, changed, unknown and revealed; a group
// without anything is left out.
func (v mover) groups() block {
	b := v.items("+ NEW", bad, v.New, how("the rule did not apply before", "the rule failed before, at other places"))
	b = append(b, v.items("- FIXED", good, v.Fixed, how("the rule does not apply now", "the rule still fails, at other places"))...)
	b = append(b, v.rerated()...)
	if n := len(v.Unchanged); n > 0 && v.All {
		b = append(b, v.items("= UNCHANGED", bold, v.Unchanged, how("", ""))...)
	} else if n > 0 && !v.Still() {
		b = append(append(b, blank), row{{" = UNCHANGED", bold}, {"  " + amount(n, "finding"), ordinary}})
	}
	b = append(b, v.changes()...)
	b = append(b, v.doubts("? UNKNOWN", v.Unknown, "before", "not told now")...)
	return append(b, v.doubts("? NOT JUDGED BEFORE", v.Revealed, "now", "not told before")...)
}

// items is one group of findings.
func (v mover) items(label string, st style, all []compare.Item, how func(compare.Item) string) block {
	if len(all) == 0 {
		return nil
	}
	b := block{blank, {{" " + label, st}, {fmt.Sprintf("  (%d)", len(all)), ordinary}}}
	for i, item := range all {
		if i == v.most && !v.All {
			return append(b, v.more(len(all)-i))
		}
		b = append(b, v.item(item)...)
		if says := how(item); says != "" {
			b = append(b, v.labelled("", ordinary, 5, 5, says)...)
		}
	}
	return b
}

func (v mover) item(i compare.Item) block {
	head := row{{"   ", ordinary}, {"[" + strings.ToUpper(string(i.Severity)) + "]", severityStyles[i.Severity]}, {" " + i.Rule, bold}}
	says := i.Title
	if i.Where != "" {
		says += ": " + i.Where
	}
	says = bounded(says)
	if used := head.columns(v.Screen) + 2; used+columns(v.Escape(says)) <= v.width() {
		return block{append(head, span{"  " + says, ordinary})}
	}
	return append(block{head}, v.labelled("", ordinary, 5, 5, says)...)
}

// how says what is not plain from the group that an item stands in.
func how(apart, elsewhere string) func(compare.Item) string {
	return func(i compare.Item) string {
		switch {
		case i.State == report.Accepted:
			return "accepted"
		case i.Was == rule.NotApplies:
			return apart
		case i.Was == rule.Failed:
			return elsewhere
		}
		return ""
	}
}

func (v mover) more(n int) row { return text(fmt.Sprintf("     … and %d more: --all", n)) }

// rerated are unchanged findings that weigh otherwise than before.
func (v mover) rerated() block {
	var moved []compare.Item
	for _, i := range v.Unchanged {
		if i.Earlier != nil {
			moved = append(moved, i)
		}
	}
	return v.items("= RATED OTHERWISE", unsure, moved, func(i compare.Item) string {
		if i.Earlier.State != i.State {
			return fmt.Sprintf("was %s (%s)", i.Earlier.State, i.Earlier.Severity)
		}
		return "was " + string(i.Earlier.Severity)
	})
}

func (v mover) changes() block {
	if len(v.Changed) == 0 {
		return nil
	}
	b := block{blank, {{" ~ CHANGED", bold}, {fmt.Sprintf("  (%d)", len(v.Changed)), ordinary}}}
	for i, c := range v.Changed {
		if i == v.most && !v.All {
			return append(b, v.more(len(v.Changed)-i))
		}
		var says []string
		if c.Before != c.After {
			says = append(says, v.short(c.Before)+" → "+v.short(c.After))
		}
		if len(c.Gained) > 0 {
			says = append(says, "now "+strings.Join(c.Gained, ", "))
		}
		if len(c.Lost) > 0 {
			says = append(says, "no longer "+strings.Join(c.Lost, ", "))
		}
		b = append(b, v.labelled(c.Fact, bold, 3, 25, strings.Join(says, "; "))...)
	}
	return b
}

// short is a value as it is told from another one: of a hash its beginning.
func (v mover) short(value string) string {
	const hash = 64
	if len(value) == hash && strings.Trim(value, "0123456789abcdef") == "" {
		return value[:16] + "…"
	}
	if value == "" {
		return "nothing"
	}
	return value
}

// doubts is one group of what only one of the two judged.
func (v mover) doubts(label string, all []compare.Doubt, when, other string) block {
	if len(all) == 0 {
		return nil
	}
	b := block{blank, {{" " + label, unsure}, {fmt.Sprintf("  (%d, neither fixed nor new)", len(all)), ordinary}}}
	for i, d := range all {
		if i == v.most && !v.All {
			return append(b, v.more(len(all)-i))
		}
		says := string(d.Outcome)
		switch {
		case d.Kind == "fact":
			says = v.short(d.Value)
		case d.Where != "":
			says = "fail at " + d.Where
		}
		says = fmt.Sprintf("%s: %s; %s (%s)", when, says, other, d.Why)
		b = append(append(b, row{{"   " + d.Name, bold}}), v.labelled("", ordinary, 5, 5, says)...)
	}
	return b
}

// points is how each check's score moved, line by line: the lines add up to the
// move.
func (v mover) points() block {
	b := block{}
	for _, m := range v.Moves {
		b = append(b, blank, row{{" POINTS", bold}, {fmt.Sprintf("  %s %d → %d", m.Check, m.Before, m.After), ordinary}})
		for i, line := range m.Lines {
			if i == 2*v.most && !v.All {
				b = append(b, v.more(len(m.Lines)-i))
				break
			}
			name := line.Name
			if name == "cap" {
				name = "the cap"
			}
			b = append(b, v.labelled(fmt.Sprintf("%+4d", line.Change), bold, 3, 9, fmt.Sprintf("%s took %d, takes %d", name, -line.Before, -line.After))...)
		}
	}
	return b
}

// trend is the line of a summary that says how a target stands against its last
// scan.
func (v view) trend() block {
	if v.Since == nil {
		return nil
	}
	d := *v.Since
	arrow, _ := direction(d)
	says := arrow + " from " + scored(d.Before)
	if arrow == "" && d.Before.Overall != nil && d.After.Overall != nil {
		says = "still " + scored(d.Before) + ", as"
	}
	says += fmt.Sprintf(" %s: %d new, %d fixed, %d unchanged", ago(d), len(d.New), len(d.Fixed), len(d.Unchanged))
	if n := len(d.Unknown); n > 0 {
		says += fmt.Sprintf(", %d unknown", n)
	}
	says += "."
	if !d.SameRules {
		says += " The rules or the arithmetic changed, so that the scores cannot be compared."
	}
	return v.labelled("Trend", bold, 1, 10, strings.TrimSpace(says))
}

// ago is how long before the later scan the earlier one was, or its date.
func ago(d compare.Difference) string {
	switch past := d.After.At.Sub(d.Before.At); {
	case past < 0 || past >= 48*time.Hour:
		return "on " + d.Before.At.UTC().Format(time.DateOnly)
	case past < 2*time.Minute:
		return fmt.Sprintf("%d s ago", int(past.Seconds()))
	case past < 2*time.Hour:
		return fmt.Sprintf("%d minutes ago", int(past.Minutes()))
	default:
		return fmt.Sprintf("%d hours ago", int(past.Hours()))
	}
}

// moved is the part of a summary that says what is new, fixed and changed, and how
// the score moved.
func (v view) moved() block {
	if v.Since == nil {
		return nil
	}
	m := mover{*v.Since, v.Options, maxSince}
	b := block{{{" SINCE " + v.Since.Before.At.UTC().Format(minutes), bold}}}
	if v.Since.Still() {
		b = append(b, v.labelled("", ordinary, 3, 3, "Nothing moved: "+amount(len(v.Since.Unchanged), "finding")+" unchanged.")...)
	}
	b = append(b, m.groups()...)
	b = append(b, m.points()...)
	return append(b, v.ruler())
}

// since is moved where it does not stand at the top.
func (v view) since() block {
	if v.Since == nil || v.Loop || v.Since.Still() {
		return nil
	}
	b := append(block{blank}, v.moved()...)
	return b[:len(b)-1]
}

// marked is the report with its new findings marked as such; where there is a
// baseline, new is what that says.
func marked(r report.Report, since *compare.Difference) report.Report {
	if since == nil || r.Baseline != nil {
		return r
	}
	findings := append([]report.Finding{}, r.Findings...)
	for i := range findings {
		findings[i].New = findings[i].New || since.IsNew(findings[i])
	}
	r.Findings = findings
	return r
}
