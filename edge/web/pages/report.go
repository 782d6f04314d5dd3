// The report of a scan: the document that the HTML file and the PDF draw, with
// what only a page can do around it.

package pages

import (
	"fmt"
	"slices"
	"strings"

	"middlebrick/report"
	"middlebrick/report/render"
	"middlebrick/report/render/document"
	"middlebrick/rule"
)

// A Report is one scan that has ended.
type Report struct {
	ID       string // of the scan
	Target   string // the target's id; "" when it has none
	Method   string
	URL      string
	At       Moment
	By       string
	Trend    Trend
	Document document.Document
	Grade    Grade
	Twelve   []Category // those that have something to say, and
	Unseen   []Unseen   // the rest
	Steps    []Step
	Findings []Finding
	LeftOut  []Finding // by the filter
	Filter   FindingFilter
	Numbers  Numbers
	Files    []File
}

func (Report) file() string    { return "report" }
func (r Report) title() string { return r.Method + " " + r.URL }

// Numbers are how many findings each filter would show.
type Numbers struct {
	All, New    int
	Severities  []Count
	NotTested   int
	Passed, Not int // rules that passed, and that do not apply
}

// A FindingFilter narrows the findings: to a severity, or to the new ones.
type FindingFilter struct {
	Severity string
	New      bool
}

// On is true when something is left out.
func (f FindingFilter) On() bool { return f.Severity != "" || f.New }

// A Trend is how the score moved since the scan before.
type Trend struct {
	Before Grade
	At     Moment
	Scan   string // that scan's id; "" where there is none
	Delta  int
	New    int
	Fixed  int
	Turn   bool // the rules are others: the two scores cannot be compared
}

// Known is true where there was a scan before.
func (t Trend) Known() bool { return t.Scan != "" }

// Sign is the direction's shape.
func (t Trend) Sign() string {
	switch {
	case t.Turn:
		return "┊"
	case t.Delta > 0:
		return "▲"
	case t.Delta < 0:
		return "▼"
	}
	return "="
}

// Says is the trend in words.
func (t Trend) Says() string {
	if t.Turn {
		return "Not comparable: the rules changed since " + t.At.Day()
	}
	moved := "unchanged"
	if t.Delta > 0 {
		moved = fmt.Sprintf("up %d", t.Delta)
	}
	if t.Delta < 0 {
		moved = fmt.Sprintf("down %d", -t.Delta)
	}
	return fmt.Sprintf("%s since %s: %d new, %d fixed", moved, t.At.Day(), t.New, t.Fixed)
}

// TrendSays is the trend in words; without two scores there is none.
func (r Report) TrendSays() string {
	if r.Grade.Score == nil || r.Trend.Before.Score == nil {
		return "Not comparable with " + r.Trend.At.Day() + ": one of the two scans has no score"
	}
	return r.Trend.Says()
}

// A File is the report in another format.
type File struct{ To, Name string }

// A Category is one of the twelve, as a small tile.
type Category struct {
	Name, Says string
	Grade      Grade
	Findings   int
}

// Unseen are checks without a score, for one reason.
type Unseen struct {
	Why   string
	Names []string
}

// A Step is one step of the way up.
type Step struct {
	N     int
	Fix   []string
	Grade Grade
}

// mostFixes is how many rules of a step are named.
const mostFixes = 4

// Shown are the rules that are named.
func (s Step) Shown() []string { return s.Fix[:min(len(s.Fix), mostFixes)] }

// More is how many rules of the step are not named.
func (s Step) More() int { return max(0, len(s.Fix)-mostFixes) }

// Of lays a report out. Scan is its id on this server, which names its other pages.
func Of(scan string, r report.Report, filter FindingFilter) Report {
	v := Report{
		ID: scan, Method: r.Method, URL: r.APIURL, Document: render.Document(r, render.Options{}), Grade: GradeOf(r.LetterGrade, r.Overall), Filter: filter,
	}
	v.twelve(r.Checks)
	for i, step := range r.Road {
		score := step.Overall
		v.Steps = append(v.Steps, Step{i + 1, step.Fix, Grade{step.Grade, &score}})
	}
	for _, one := range []string{"pdf", "html", "json", "sarif", "md"} {
		v.Files = append(v.Files, File{"/scans/" + scan + "/report." + one, names[one]})
	}
	v.findings(r)
	return v
}

// twelve puts the checks without a score together, by the reason.
func (v *Report) twelve(checks []report.Check) {
	at := map[string]int{}
	for _, c := range checks {
		if c.Score != nil {
			v.Twelve = append(v.Twelve, Category{c.Name, amount(c.Findings, "finding"), GradeOf(c.Grade, c.Score), c.Findings})
			continue
		}
		why := states12[c.State]
		if _, known := at[why]; !known {
			at[why] = len(v.Unseen)
			v.Unseen = append(v.Unseen, Unseen{Why: why})
		}
		v.Unseen[at[why]].Names = append(v.Unseen[at[why]].Names, c.Name)
	}
}

var names = map[string]string{"pdf": "PDF", "html": "HTML", "json": "JSON", "sarif": "SARIF", "md": "Markdown"}

// states12 are the words for a check without a score.
var states12 = map[string]string{"withheld": "Withheld: too little was seen", "not-applicable": "Does not apply", "not-implemented": "Not looked at"}

// findings takes the folds of the document: a rule's findings are one of them.
func (v *Report) findings(r report.Report) {
	by := map[string]int{}
	for _, b := range section(v.Document, "findings").Blocks {
		if b.Fold == nil || b.Fold.Severity == "" {
			continue
		}
		f := findingOf(v.ID, *b.Fold)
		v.Numbers.All++
		by[f.Severity]++
		if f.Mark != "" {
			v.Numbers.New++
		}
		if (v.Filter.Severity == "" || v.Filter.Severity == f.Severity) && (!v.Filter.New || f.Mark != "") {
			v.Findings = append(v.Findings, f)
			continue
		}
		v.LeftOut = append(v.LeftOut, f)
	}
	for _, s := range rule.Severities() {
		if by[string(s)] > 0 {
			v.Numbers.Severities = append(v.Numbers.Severities, Count{string(s), by[string(s)]})
		}
	}
	v.Numbers.NotTested, v.Numbers.Passed, v.Numbers.Not = len(r.NotTested), len(r.Passed), len(r.NotApplicable)
}

func section(d document.Document, id string) document.Section {
	at := slices.IndexFunc(d.Sections, func(s document.Section) bool { return s.ID == id })
	if at < 0 {
		return document.Section{}
	}
	return d.Sections[at]
}

// A Finding is one rule that failed, with everything there is to say.
type Finding struct {
	Scan     string
	Rule     string
	Severity string
	Mark     string // "NEW"
	Title    string
	Parts    []Part
	Open     bool
}

// A Part is Saw, Means, Fix or Check. Tabs are one a platform.
type Part struct {
	Name   string
	Blocks []document.Block
	Tabs   []Tab
}

// A Tab is the fix for one platform.
type Tab struct {
	ID, Name string
	Blocks   []document.Block
	First    bool
}

func findingOf(scan string, fold document.Fold) Finding {
	f := Finding{Scan: scan, Rule: fold.ID, Severity: fold.Severity, Mark: fold.Mark, Title: fold.Title}
	for _, b := range fold.Blocks {
		if b.Part == nil {
			continue
		}
		f.Parts = append(f.Parts, partOf(fold.ID, *b.Part))
	}
	return f
}

func partOf(id string, p document.Part) Part {
	part := Part{Name: p.Name}
	tabbed := p.Name == "Fix" && !slices.ContainsFunc(p.Blocks, func(b document.Block) bool { return b.Fold == nil })
	if !tabbed {
		part.Blocks = p.Blocks
		return part
	}
	for i, b := range p.Blocks {
		tab := Tab{ID: fmt.Sprintf("fix-%s-%d", id, i), Name: b.Fold.Title, Blocks: b.Fold.Blocks, First: i == 0}
		part.Tabs = append(part.Tabs, tab)
	}
	return part
}

// Attack is the section about who can read or change the traffic.
func (r Report) Attack() document.Section { return section(r.Document, "attack") }

// Picture is the attack drawn, and Ways the same as a table.
func (r Report) Picture() *document.Picture {
	for _, b := range r.Attack().Blocks {
		if b.Picture != nil {
			return b.Picture
		}
	}
	return nil
}

// Ways are the ways in as a table.
func (r Report) Ways() *document.Table {
	for _, b := range r.Attack().Blocks {
		if b.Table != nil {
			return b.Table
		}
	}
	return nil
}

// apart are the sections that this page draws in its own way.
var apart = []string{"attack", "up", "findings"}

// Rest are the sections that are drawn as they are.
func (r Report) Rest() []document.Section {
	return slices.DeleteFunc(slices.Clone(r.Document.Sections), func(s document.Section) bool { return slices.Contains(apart, s.ID) })
}

// AcceptedFold are the accepted findings; nil where there are none.
func (r Report) AcceptedFold() *document.Fold {
	for _, b := range section(r.Document, "findings").Blocks {
		if b.Fold != nil && b.Fold.ID == "accepted" {
			return b.Fold
		}
	}
	return nil
}

// Verdict is "bad", "good" or "unsure".
func (r Report) Verdict() string { return string(r.Document.Answer) }

// Unreached is true when nothing was judged.
func (r Report) Unreached() bool { return section(r.Document, "unreached").ID != "" }

// Grading is the table of letters, the one at hand marked.
func (r Report) Grading() []GradeRow {
	rows := slices.Clone(grading)
	for i := range rows {
		rows[i].Here = rows[i].Letter == r.Grade.Letter
	}
	return rows
}

// A GradeRow is one letter: from which score, and what caps it.
type GradeRow struct {
	Letter, From, Cap string
	Here              bool
}

// grading is what docs/scoring.md says of letters and caps.
var grading = []GradeRow{
	{Letter: "A", From: "90 to 100", Cap: "–"},
	{Letter: "B", From: "80 to 89", Cap: "–"},
	{Letter: "C", From: "70 to 79", Cap: "An open high finding: at most 79"},
	{Letter: "D", From: "60 to 69", Cap: "–"},
	{Letter: "F", From: "0 to 59", Cap: "Someone in the middle can read or change the traffic: at most 59. An open critical finding: at most 39"},
}

// One is the page of one finding.
type One struct {
	Finding  Finding
	Scan     Report
	First    Moment
	Last     Moment
	Scans    int // that had it
	Form     Form
	Accepted *Acceptance
	Command  string // that looks again, on the command line
}

// An Acceptance is who lives with the finding, until when and why.
type Acceptance struct {
	Reason, By string
	Until      Moment
}

func (One) file() string    { return "finding" }
func (o One) title() string { return o.Finding.Rule + " · " + o.Scan.URL }

// Single is the page of one rule's finding; ok is false where the rule did not fail.
func Single(r Report, id string) (One, bool) {
	for _, f := range slices.Concat(r.Findings, r.LeftOut) {
		if f.Rule == id {
			f.Open = true
			return One{Finding: f, Scan: r, Command: "middlebrick verify " + id + " " + quoted(r.URL)}, true
		}
	}
	return One{}, false
}

// quoted is a word that a POSIX shell reads as it stands.
func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
