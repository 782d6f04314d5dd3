// The summary: the report for a person at a terminal. The answer first, then
// the grade and why, then what to mend, then what was not looked at.

package render

import (
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"middlebrick/report"
	"middlebrick/rule"
	"middlebrick/score"
	"middlebrick/target"
)

// wideFrom is the width from which findings stand in a table and two columns
// fit beside each other.
const wideFrom = 110

// Summary is the report as a person reads it on a terminal.
func Summary(r report.Report, o Options) []byte {
	o.Screen = o.laid()
	r = marked(r, o.Since)
	v := view{Report: r, Options: o, groups: grouped(r)}
	b := append(v.head(), v.ruler())
	if o.Loop {
		b = append(b, v.moved()...)
	}
	switch {
	case r.Status == report.Failed:
		b = append(b, v.unreached()...)
	case v.width() >= wideFrom:
		b = append(b, v.wide()...)
	default:
		b = append(b, v.narrow()...)
	}
	if o.Gate != nil {
		b = append(b, v.ruler())
		b = append(b, v.gate()...)
	}
	return v.bytes(b)
}

// view is a report on its way to a screen.
type view struct {
	report.Report
	Options
	groups []group
}

func (v view) narrow() block {
	b := v.interrupted()
	b = append(b, v.verdict()...)
	b = append(b, v.grade()...)
	b = append(append(b, blank), v.why()...)
	b = append(append(b, blank), v.attack(v.width())...)
	b = append(append(b, blank), v.categories(v.width())...)
	b = append(b, v.since()...)
	b = append(b, v.cards()...)
	b = append(b, v.knownBefore()...)
	b = append(b, v.policies()...)
	b = append(b, v.details()...)
	return append(b, v.notTested()...)
}

// head is what was scanned, where it led to, when, and what it cost.
func (v view) head() block {
	b := block{}
	engine, what := "middlebrick "+v.Engine.Version, v.Method+" "+v.APIURL
	if columns(v.Escape(engine+"   "+what)) <= v.width() {
		b = append(b, row{{engine, bold}, {"   " + what, ordinary}})
	} else {
		b = append(b, row{{engine, bold}}, text(what))
	}
	line := ""
	for _, part := range v.facts() {
		part = v.Escape(part)
		if line != "" && columns(line)+2+columns(part) > v.width() {
			b, line = append(b, text(line)), ""
		}
		if line != "" {
			line += "  "
		}
		line += part
	}
	if line != "" {
		b = append(b, text(line))
	}
	return b
}

func (v view) facts() []string {
	var parts []string
	if v.Target.Pinned != "" {
		parts = append(parts, net.JoinHostPort(v.Target.Pinned, strconv.Itoa(v.Target.Port)))
	}
	if v.Target.Local {
		parts = append(parts, "local target")
	}
	if stack := v.stack(); stack != "" {
		parts = append(parts, stack)
	}
	parts = append(parts, v.CreatedAt.UTC().Format("2006-01-02 15:04 UTC"))
	if v.Cost.DurationMS > 0 {
		took := time.Duration(v.Cost.DurationMS) * time.Millisecond
		parts = append(parts, fmt.Sprintf("%.1f s", took.Seconds()))
	}
	if v.Cost.Connections > 0 {
		parts = append(parts, amount(v.Cost.Connections, "connection"))
	}
	return parts
}

func (v view) stack() string {
	var names []string
	for _, part := range v.Target.Stack {
		name := strings.TrimSpace(part.Name + " " + part.Version)
		if part.Confidence == "low" {
			name += "?"
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

func (v view) interrupted() block {
	if v.Status != report.Interrupted {
		return nil
	}
	return append(v.labelled("INTERRUPTED", unsure, 1, 14,
		"The scan was stopped before its end. What was seen is judged; the rest is listed as not tested."), blank)
}

// verdict is the one sentence that stands before any number.
func (v view) verdict() block {
	b := block{}
	for _, line := range wrap(v.Escape(v.Attack.Sentence), v.width()-1) {
		b = append(b, row{{" " + line, answerStyles[v.Attack.Answer]}})
	}
	return append(b, blank)
}

var answerStyles = map[string]style{"yes": bad, "no": good, "unknown": unsure}

func (v view) grade() block {
	counts := v.counts()
	var first row
	switch {
	case v.Overall == nil && len(v.Findings) == 0:
		return block{{{" NO GRADE", unsure}}} // "0 critical" would read as a result
	case v.Overall == nil || v.LetterGrade == nil:
		first = row{{" ", ordinary}, {"NO GRADE", unsure}, {"  ", ordinary}}
	default:
		first = row{{" ", ordinary}, {"GRADE  " + *v.LetterGrade, gradeStyle(*v.LetterGrade)}, {fmt.Sprintf("   %d/100", *v.Overall), bold}}
	}
	if room := v.width() - first.columns(v.Screen); columns(counts)+2 <= room {
		return block{append(first, span{padLeft(counts, room), ordinary})}
	}
	return append(block{first}, v.labelled("", ordinary, 1, 1, counts)...)
}

func gradeStyle(letter string) style {
	switch letter {
	case "A", "B":
		return good
	case "C", "D":
		return unsure
	}
	return bad
}

// counts is how many findings of each severity are open.
func (v view) counts() string {
	by, open, accepted := map[rule.Severity]int{}, 0, 0
	for _, f := range v.Findings {
		if f.State == "accepted" {
			accepted++
			continue
		}
		by[f.Severity]++
		open++
	}
	var parts []string
	for _, s := range rule.Severities() {
		if s != rule.Info || by[s] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", by[s], s))
		}
	}
	total := amount(open, "finding")
	if accepted > 0 {
		total += fmt.Sprintf(", %d accepted", accepted)
	}
	return strings.Join(parts, "  ") + "   (" + total + ")"
}

// why explains the number: what capped it, how much it rests on, who it is for,
// and the way up.
func (v view) why() block {
	b := v.labelled(v.whyLabel(), bold, 1, 10, v.reason())
	b = append(b, v.labelled("Trust", bold, 1, 10, v.trust())...)
	b = append(b, v.trend()...)
	b = append(append(b, v.letter()...), v.clientsLine()...)
	if v.Target.Audience == target.Browser || v.Target.Audience == target.Program {
		b = append(b, v.labelled("For", bold, 1, 10, v.audience())...)
	}
	if len(v.Road) > 0 {
		b = append(b, v.labelled("Way up", bold, 1, 10, v.road())...)
	}
	return b
}

func (v view) whyLabel() string {
	if v.LetterGrade == nil {
		return "Why none"
	}
	return "Why " + *v.LetterGrade
}

func (v view) reason() string {
	switch {
	case v.Overall == nil:
		return v.Withheld
	case v.CappedBy == nil && len(v.groups) == 0:
		return "no rule failed."
	case v.CappedBy == nil:
		return "the findings below take points; nothing caps the score."
	}
	says := "capped by " + *v.CappedBy + v.title(*v.CappedBy) + "."
	if *v.CappedBy == "attack" {
		says = "capped because someone in the middle can read or change this traffic."
	}
	if v.WithoutCap != nil {
		says += fmt.Sprintf(" Without that cap the score is %d (%s).", *v.WithoutCap, score.Grade(*v.WithoutCap))
	}
	return says
}

func (v view) title(id string) string {
	for _, g := range v.groups {
		if g.rule == id {
			return ": " + g.title
		}
	}
	return ""
}

func (v view) trust() string {
	says := fmt.Sprintf("%d of %s answered.", v.Coverage.Ran, amount(v.Coverage.Planned, "rule"))
	if v.Coverage.Inconclusive > 0 {
		says += fmt.Sprintf(" %d not answered and not scored (listed at the end).", v.Coverage.Inconclusive)
	}
	if v.Overall != nil && v.Assessed < 100 {
		says += fmt.Sprintf(" The score rests on %d %% of the twelve checks' weight.", v.Assessed)
	}
	return says
}

func (v view) audience() string {
	who, other := "people in browsers", target.Program
	if v.Target.Audience == target.Program {
		who, other = "programs", target.Browser
	}
	says := "taken to be used by " + who
	if v.Target.Because != "" {
		says += ": " + strings.TrimSuffix(v.Target.Because, ".")
	}
	return says + ". If not: --audience " + string(other)
}

func (v view) road() string {
	var steps []string
	for _, step := range v.Road {
		steps = append(steps, fmt.Sprintf("%s → %d (%s)", listed(step.Fix), step.Overall, step.Grade))
	}
	if last := len(v.Road) - 1; !v.All && last > 2 {
		all := fmt.Sprintf("all of the rest → %d (%s)", v.Road[last].Overall, v.Road[last].Grade)
		steps = append(steps[:2:2], all)
	}
	return "fix " + strings.Join(steps, ", then ") + "."
}

// listed is "a, b and c".
func listed(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// amount is a number with its noun.
func amount(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
