// The ways in, and the twelve checks with their scores.

package render

import (
	"fmt"
	"strings"

	"middlebrick/report"
)

const question = "Can someone in the middle read or change this traffic?"

var answers = map[string]string{"yes": "YES", "no": "NO", "unknown": "NOT KNOWN"}

// attack is the question, its answer, and the paths that the answer rests on:
// open ones first, then what nobody could tell. What is shut is listed only when
// nothing is open, for then it is the proof.
func (v view) attack(width int) block {
	answer := answers[v.Attack.Answer]
	gap := max(2, width-2-len(question)-len(answer))
	b := block{{{" " + question, bold}, {strings.Repeat(" ", gap), ordinary}, {answer, answerStyles[v.Attack.Answer]}}}
	if width < len(question)+len(answer)+4 {
		b = v.on(width).labelled("", bold, 1, 1, question)
		b = append(b, row{{" " + answer, answerStyles[v.Attack.Answer]}})
	}
	for _, holds := range v.shown() {
		for _, p := range v.Attack.Paths {
			if p.Holds == holds {
				b = append(b, v.path(p, width)...)
			}
		}
	}
	return b
}

func (v view) shown() []string {
	if v.Attack.Answer == "yes" && !v.All {
		return []string{"yes", "unknown"}
	}
	return []string{"yes", "residual", "unknown", "no"}
}

var holdsStyles = map[string]style{"yes": bad, "residual": unsure, "unknown": unsure, "no": good}

var holdsWords = map[string]string{"yes": "open", "residual": "residual", "unknown": "not known", "no": "shut"}

// path is one way in: its state as a word, its name, why, and the rules it rests
// on, which stand at the end of the line or, whole, on the next.
func (v view) path(p report.Path, width int) block {
	s := v.on(width)
	because := p.Because
	hang := 3 + 11
	label := holdsWords[p.Holds]
	b := s.labelled(label, holdsStyles[p.Holds], 3, hang, p.Name+": "+because)
	if len(p.Findings) == 0 || p.Holds == "no" || len(b) == 0 {
		return b
	}
	ids := strings.Join(p.Findings, "  ")
	last := b[len(b)-1]
	room := s.width() - last.columns(s) - 2
	if columns(v.Escape(ids)) <= room {
		fill := strings.Repeat(" ", room+2-columns(v.Escape(ids)))
		b[len(b)-1] = append(last, span{fill + ids, faint})
		return b
	}
	for _, line := range wrap(v.Escape(ids), s.width()-hang) {
		b = append(b, row{{strings.Repeat(" ", hang) + line, faint}})
	}
	return b
}

// on is the screen with another width, for a column of a page.
func (v view) on(width int) Screen {
	s := v.Screen
	s.Width = width
	return s
}

// categories are the checks: the assessed with a bar, the others counted in one
// line unless all are asked for.
func (v view) categories(width int) block {
	b := block{{{" Checks", bold}, {strings.Repeat(" ", max(1, nameColumns-5)) + "score", faint}}}
	rest := map[string]int{}
	for _, c := range v.Checks {
		if c.State == "assessed" || c.State == "withheld" || v.All {
			b = append(b, v.check(c, width)...)
			continue
		}
		rest[c.State]++
	}
	var more []string
	for _, state := range []string{"not-applicable", "not-implemented"} {
		if rest[state] > 0 {
			more = append(more, fmt.Sprintf("%d %s", rest[state], stateWords[state]))
		}
	}
	if len(more) > 0 {
		b = append(b, v.on(width).labelled("…", ordinary, 3, 5, strings.Join(more, ", ")+": --all")...)
	}
	return b
}

// Room that a check takes: the longest of the twelve names, and the widths from
// which the number of findings and the bar stand beside the grade.
const (
	nameColumns  = 29
	withFindings = nameColumns + 24
	withBar      = withFindings + 12
)

var stateWords = map[string]string{
	"assessed": "assessed", "withheld": "no score", "not-applicable": "not applicable",
	"not-implemented": "not assessed by this version",
}

func (v view) check(c report.Check, width int) block {
	name := pad(v.Escape(c.Name), nameColumns)
	if c.Score == nil || c.Grade == nil {
		says := c.Why
		if says == "" {
			says = stateWords[c.State]
		}
		hang := nameColumns + 9
		if width < hang+20 {
			hang = 7
		}
		return v.on(width).labelled(name+"   –", ordinary, 3, hang, says)
	}
	score := min(max(*c.Score, 0), 100)
	r := row{{"   " + name, ordinary}, {fmt.Sprintf("%4d  ", score), bold}}
	if width >= withBar {
		full := (score + 5) / 10
		r = append(r, span{strings.Repeat("█", full) + strings.Repeat("░", 10-full) + "  ", gradeStyle(*c.Grade)})
	}
	r = append(r, span{*c.Grade, gradeStyle(*c.Grade)})
	if c.Findings > 0 && width >= withFindings {
		r = append(r, span{"  " + amount(c.Findings, "finding"), ordinary})
	}
	return block{r}
}
