// The report laid out for reading, which the page and the PDF draw. It says what
// the summary says, in the same words, and leaves nothing out.

package render

import (
	"fmt"
	"strings"

	"middlebrick/report"
	"middlebrick/report/render/document"
	"middlebrick/rule"
)

// laidOut is the report as a document, every text of it made harmless.
func laidOut(r report.Report, o Options) document.Document {
	o.All, o.Screen = true, Screen{}
	v := view{Report: r, Options: o, groups: grouped(r)}
	what := v.Method + " " + v.APIURL
	d := document.Document{
		Title: what + " – middlebrick report", Engine: "middlebrick " + v.Engine.Version, What: what, Facts: v.facts(),
		Notice: v.notice(), Answer: answerTones[v.Attack.Answer], Sentence: v.Attack.Sentence, Made: v.CompletedAt,
	}
	v.graded(&d)
	for _, section := range []document.Section{
		v.unreachedSection(), v.waySection(), v.upSection(), v.categorySection(), v.findingSection(), v.untestedSection(),
		v.tlsSection(), v.certificateSection(), v.letterSection(), v.clientSection(), v.policySection(), v.passedSection(), v.scanSection(),
	} {
		if len(section.Blocks) > 0 {
			d.Sections = append(d.Sections, section)
		}
	}
	document.Clean(&d, func(text string) string { return o.Escape(shortened(text)) })
	return d
}

// mostText bounds one text of the document, in characters; the JSON has it all.
const mostText = 2000

func shortened(text string) string {
	if len(text) <= mostText {
		return text
	}
	runes := []rune(text)
	if len(runes) <= mostText {
		return text
	}
	return string(runes[:mostText]) + fmt.Sprintf(" … and %d more characters (--format json has them)", len(runes)-mostText)
}

var answerTones = map[string]document.Tone{"yes": document.Bad, "no": document.Good, "unknown": document.Unsure}

func (v view) notice() string {
	if v.Status != report.Interrupted {
		return ""
	}
	return "Interrupted: the scan was stopped before its end. What was seen is judged; the rest is listed as not tested."
}

var gradeTones = map[string]document.Tone{"A": document.Good, "B": document.Good, "C": document.Unsure, "D": document.Unsure, "F": document.Bad}

// graded is the grade with its picture, and why it is what it is.
func (v view) graded(d *document.Document) {
	letter, tone := "", document.Unsure
	d.Grade = "No grade"
	if v.Overall != nil && v.LetterGrade != nil {
		letter, tone = *v.LetterGrade, gradeTones[*v.LetterGrade]
		d.Grade = fmt.Sprintf("Grade %s, %d of 100", letter, *v.Overall)
	}
	d.Score = &document.Block{Picture: document.Ring(v.Overall, letter, tone, d.Grade)}
	if v.Overall != nil || len(v.Findings) > 0 {
		d.Counts = v.countsOf()
	}
	d.Why = append(d.Why, says(v.whyLabel(), sentence(v.reason())), says("Trust", v.trust()))
	if v.Labs != nil {
		d.Why = append(d.Why, says("SSL Labs", v.letterSays()))
	}
	if who := v.audience(); v.Target.Audience != "" && v.Status != report.Failed {
		d.Why = append(d.Why, says("For", sentence(who)))
	}
	if v.Gate != nil {
		d.Why = append(d.Why, says("Gate", fmt.Sprintf("%s: %s (exit %d)", gateWords[v.Gate.Outcome], strings.Join(v.Gate.Reasons, "; "), v.Gate.Exit)))
	}
}

func (v view) countsOf() []document.Count {
	by := map[rule.Severity]int{}
	for _, f := range v.Findings {
		if f.State != "accepted" {
			by[f.Severity]++
		}
	}
	var counts []document.Count
	for _, s := range rule.Severities() {
		if s != rule.Info || by[s] > 0 {
			counts = append(counts, document.Count{Severity: string(s), N: by[s]})
		}
	}
	return counts
}

func says(name, text string) document.Pair {
	return document.Pair{Name: name, Says: document.Say(text)}
}

// sentence begins with a capital.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

var holdsTones = map[string]document.Tone{"yes": document.Bad, "residual": document.Unsure, "unknown": document.Unsure, "no": document.Good}

// waySection is the attack drawn and told: each way in, with what it rests on.
func (v view) waySection() document.Section {
	s := document.Section{ID: "attack", Title: question}
	if len(v.Attack.Paths) == 0 {
		return s
	}
	var ways []document.Way
	var tells []string
	table := &document.Table{Name: "Ways in", Head: []string{"Way in", "Is it open?", "Because", "Rests on"}}
	for _, holds := range []string{"yes", "residual", "unknown", "no"} {
		for _, p := range v.Attack.Paths {
			if p.Holds != holds {
				continue
			}
			ways = append(ways, document.Way{Name: p.Name, Holds: p.Holds, Word: holdsWords[p.Holds]})
			tells = append(tells, p.Name+": "+holdsWords[p.Holds])
			table.Rows = append(table.Rows, v.wayRow(p))
		}
	}
	picture := document.Ways(ways, "Target", "Traffic from the client to the target, and whether an attacker between them can read or change it. "+strings.Join(tells, "; ")+".")
	s.Blocks = []document.Block{{Picture: picture}, {Table: table}}
	return s
}

func (v view) wayRow(p report.Path) []document.Cell {
	var rests []document.Span
	for i, id := range p.Findings {
		if i > 0 {
			rests = append(rests, document.Span{Text: ", "})
		}
		rests = append(rests, v.toRule(id))
	}
	word := document.Cell{Spans: []document.Span{{Text: holdsWords[p.Holds], Strong: true, Tone: holdsTones[p.Holds]}}}
	return []document.Cell{{Spans: document.Say(sentence(p.Name))}, word, {Spans: document.Say(p.Because)}, {Spans: rests}}
}

// toRule names a rule, and leads to its finding where there is one.
func (v view) toRule(id string) document.Span {
	for _, g := range v.groups {
		if g.rule == id {
			return document.Span{Text: id, URL: "#" + id}
		}
	}
	return document.Span{Text: id}
}

func (v view) upSection() document.Section {
	s := document.Section{ID: "up", Title: "How to raise the grade"}
	if len(v.Road) == 0 {
		return s
	}
	table := &document.Table{Name: "Steps", Head: []string{"Step", "Fix", "Then the score is", "Grade"}}
	for i, step := range v.Road {
		var fix []document.Span
		for j, id := range step.Fix {
			if j > 0 {
				fix = append(fix, document.Span{Text: ", "})
			}
			fix = append(fix, v.toRule(id))
		}
		score := step.Overall
		table.Rows = append(table.Rows, []document.Cell{
			{Spans: document.Say(fmt.Sprint(i + 1))}, {Spans: fix}, {Bar: &score, Tone: gradeTones[step.Grade]},
			{Spans: []document.Span{{Text: step.Grade, Strong: true, Tone: gradeTones[step.Grade]}}},
		})
	}
	s.Blocks = []document.Block{{Table: table}}
	return s
}

// categorySection is the twelve checks, and how each score came about.
func (v view) categorySection() document.Section {
	s := document.Section{ID: "categories", Title: "Categories"}
	if v.Status == report.Failed {
		return s
	}
	table := &document.Table{Name: "Categories", Head: []string{"Category", "Score", "Grade", "Findings"}}
	var folds []document.Block
	var order []string
	rest := map[string][]string{}
	for _, c := range v.Checks {
		if c.State == "assessed" && c.Score != nil && c.Grade != nil {
			table.Rows = append(table.Rows, categoryRow(c))
			folds = append(folds, arithmeticFold(c)...)
			continue
		}
		why := stateWords[c.State]
		if c.Why != "" && c.State == "withheld" {
			why += ": " + c.Why
		}
		if rest[why] == nil {
			order = append(order, why)
		}
		rest[why] = append(rest[why], c.Name)
	}
	if len(table.Rows) > 0 {
		s.Blocks = append([]document.Block{{Table: table}}, folds...)
	}
	var pairs []document.Pair
	for _, why := range order {
		pairs = append(pairs, says(sentence(why), listed(rest[why])))
	}
	if len(pairs) > 0 {
		s.Blocks = append(s.Blocks, document.Block{Pairs: pairs})
	}
	return s
}

func categoryRow(c report.Check) []document.Cell {
	score, tone := *c.Score, gradeTones[*c.Grade]
	grade := document.Cell{Spans: []document.Span{{Text: *c.Grade, Strong: true, Tone: tone}}}
	return []document.Cell{{Spans: document.Say(c.Name)}, {Bar: &score, Tone: tone}, grade, {Spans: document.Say(fmt.Sprint(c.Findings))}}
}

func arithmeticFold(c report.Check) []document.Block {
	if len(c.Arithmetic) == 0 {
		return nil
	}
	table := &document.Table{Name: "Arithmetic of " + c.Name, Head: []string{"Line", "Points", "Score"}}
	for _, term := range c.Arithmetic {
		delta := "–"
		if term.Delta != 0 {
			delta = fmt.Sprintf("%+d", term.Delta)
		}
		table.Rows = append(table.Rows, document.Cells(term.Text, delta, fmt.Sprint(term.Score)))
	}
	return []document.Block{{Fold: &document.Fold{Title: "How the score of " + c.Name + " came about", Aside: amount(len(c.Arithmetic), "line"), Blocks: []document.Block{{Table: table}}}}}
}
