// The report as Markdown: a comment on a pull request, the summary of a job. It
// fits a budget, and where it must be cut it is cut between rows.

package render

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"middlebrick/report"
	"middlebrick/report/compare"
	"middlebrick/rule"
)

// DefaultBudget is how many characters a comment may have: GitHub refuses a body
// above 65,536.
const DefaultBudget = 60_000

// CommentOptions say what a comment tells beside the report itself.
type CommentOptions struct {
	Budget  int                 // characters; 0 is DefaultBudget
	Gate    *Gate               // nil: nothing is said of a gate
	Explain Explainer           // where the fixes come from; nil: none are shown
	Since   *compare.Difference // what moved since an earlier report; nil: what the report itself says of a baseline
	Earlier string              // what the earlier report is of, such as the name of a branch
	Page    string              // http or https address of the whole report
	Foot    []string            // clauses of the last line, such as the commit
}

// comment is the format "markdown".
func comment(r report.Report, o Options) ([]byte, error) {
	return Comment(r, CommentOptions{Gate: o.Gate, Explain: o.Explain, Since: o.Since}), nil
}

// Comment is the report as Markdown. The head and the last line are always there;
// rows and details are as many as fit.
func Comment(r report.Report, o CommentOptions) []byte {
	c := commentWriter{r: r, o: o, findings: counted(r), fresh: newOnes(r, o.Since)}
	head, foot := c.head(), c.foot()
	c.left = o.Budget
	if c.left <= 0 {
		c.left = DefaultBudget
	}
	c.left -= length(head) + length(foot) + length(c.more(len(c.findings)))
	c.out.WriteString(head)
	shown := c.rows()
	if omitted := len(c.findings) - shown; omitted > 0 {
		c.out.WriteString(c.more(omitted))
	}
	c.fixes(shown)
	c.rest()
	c.out.WriteString(foot)
	return []byte(c.out.String())
}

type commentWriter struct {
	r        report.Report
	o        CommentOptions
	findings []report.Finding
	fresh    map[string]bool // rule and place of the new ones
	out      strings.Builder
	left     int
}

func length(text string) int { return utf8.RuneCountInString(text) }

// add writes a block if it fits.
func (c *commentWriter) add(block string) bool {
	if n := length(block); n <= c.left {
		c.left -= n
		c.out.WriteString(block)
		return true
	}
	return false
}

// newOnes are the findings that were not there before: as the comparison has it,
// or else the report's own baseline. Without either nothing is called new.
func newOnes(r report.Report, since *compare.Difference) map[string]bool {
	fresh := map[string]bool{}
	if since != nil {
		for _, item := range since.New {
			fresh[item.Rule+"\n"+item.Where] = true
		}
		return fresh
	}
	for _, f := range r.Findings {
		if f.New && r.Baseline != nil {
			fresh[f.Rule+"\n"+f.Where] = true
		}
	}
	return fresh
}

func (c *commentWriter) isNew(f report.Finding) bool { return c.fresh[f.Rule+"\n"+f.Where] }

// shapes stand beside every word of severity and grade: colour alone says nothing
// to some, and there is none here.
var (
	severityShapes = map[rule.Severity]string{rule.Critical: "■", rule.High: "▲", rule.Medium: "◆", rule.Low: "●", rule.Info: "○"}
	gradeShapes    = map[string]string{"A": "●", "B": "●", "C": "◆", "D": "▲", "F": "■"}
	gateSays       = map[string]string{"pass": "gate passed", "fail": "gate failed", "no verdict": "no verdict, which counts as failed"}
)

func (c *commentWriter) head() string {
	score := "○ no grade"
	if c.r.Overall != nil && c.r.LetterGrade != nil {
		score = strings.TrimSpace(fmt.Sprintf("%s %s %d/100", gradeShapes[*c.r.LetterGrade], prose(*c.r.LetterGrade, 2), *c.r.Overall))
	}
	target := strings.TrimPrefix(c.r.APIURL, "https://")
	line := "### " + score + " · " + code(c.r.Method+" "+target, 200)
	if c.o.Gate != nil && gateSays[c.o.Gate.Outcome] != "" {
		line += " · " + gateSays[c.o.Gate.Outcome]
	}
	parts := []string{line}
	if c.r.Attack.Sentence != "" && c.r.Status != report.Failed {
		parts = append(parts, "**"+prose(c.r.Attack.Sentence, 300)+"**")
	}
	if c.o.Gate != nil && c.o.Gate.Outcome != "none" && len(c.o.Gate.Reasons) > 0 {
		reasons := c.o.Gate.Reasons[:min(5, len(c.o.Gate.Reasons))]
		parts = append(parts, "Gate: "+prose(strings.Join(reasons, "; "), 600))
	}
	if why := orElse(c.r.ErrorMessage, c.r.Withheld); c.r.Overall == nil && why != "" {
		parts = append(parts, "Why no grade: "+prose(why, 500))
	}
	return strings.Join(append(parts, c.counts()), "\n\n") + "\n"
}

// counts is the line of numbers: what is new, fixed and unchanged, and how much
// could be answered.
func (c *commentWriter) counts() string {
	fresh := 0
	for _, f := range c.findings {
		if c.isNew(f) {
			fresh++
		}
	}
	clauses := []string{amount(len(c.findings), "finding")}
	if c.o.Since != nil || c.r.Baseline != nil {
		clauses = []string{fmt.Sprintf("**%d new** since %s", fresh, c.earlier()), fmt.Sprintf("%d fixed", len(c.fixed())), fmt.Sprintf("%d unchanged", len(c.findings)-fresh)}
	}
	if n := len(c.r.Findings) - len(c.findings); n > 0 {
		clauses = append(clauses, fmt.Sprintf("%d accepted", n))
	}
	return strings.Join(append(clauses, fmt.Sprintf("%d of %d rules answered", c.r.Coverage.Ran, c.r.Coverage.Planned)), " · ")
}

func (c *commentWriter) earlier() string {
	switch {
	case c.o.Earlier != "":
		return code(c.o.Earlier, 100)
	case c.o.Since != nil:
		return "the scan before"
	}
	return "the baseline"
}

// fixed are the findings that were there before and whose rule now says otherwise.
func (c *commentWriter) fixed() []report.Known {
	if c.o.Since == nil && c.r.Baseline != nil {
		return c.r.Baseline.Fixed
	}
	var out []report.Known
	if c.o.Since != nil {
		for _, item := range c.o.Since.Fixed {
			out = append(out, report.Known{Rule: item.Rule, Where: item.Where})
		}
	}
	return out
}

// rows is the table of findings, new ones first; it gives how many fit.
func (c *commentWriter) rows() (shown int) {
	if len(c.findings) == 0 {
		return 0
	}
	slices.SortStableFunc(c.findings, func(a, b report.Finding) int { return rankNew(c.isNew(a)) - rankNew(c.isNew(b)) })
	if !c.add("\n| | Finding | Where | Fix in |\n|---|---|---|---|\n") {
		return 0
	}
	for i, f := range c.findings {
		if !c.add(c.row(f)) {
			return i
		}
	}
	return len(c.findings)
}

func rankNew(isNew bool) int {
	if isNew {
		return 0
	}
	return 1
}

func (c *commentWriter) row(f report.Finding) string {
	mark := ""
	if c.isNew(f) {
		mark = "**NEW** "
	}
	severity := strings.TrimSpace(severityShapes[f.Severity] + " " + prose(strings.ToUpper(string(f.Severity)), 20))
	where := code(f.Where, 150)
	return fmt.Sprintf("| %s%s | %s %s | %s | %s |\n", mark, severity, code(f.Rule, 120), prose(f.Title, 200), where, orElse(prose(firstPlatform(f), 40), "–"))
}

// more stands where the table was cut.
func (c *commentWriter) more(omitted int) string {
	if omitted == 0 {
		return ""
	}
	return fmt.Sprintf("\n%d more are not shown here; they are in the whole report (`-o json=FILE`, `-o html=FILE`).\n", omitted)
}

// mostFixes is how many rules are told how to mend.
const mostFixes = 5

func (c *commentWriter) fixes(shown int) {
	told := map[string]bool{}
	for _, f := range c.findings[:shown] {
		platform, text := c.o.Explain.fix(f)
		if text == "" || told[f.Rule] || len(told) >= mostFixes {
			continue
		}
		told[f.Rule] = true
		says := "\n<details><summary>How to fix " + codeTag(f.Rule, 120) + " (" + prose(platform, 40) + ")</summary>\n\n"
		says += "Saw: " + prose(f.Description, 500) + "\n\n"
		says += "Means: " + c.o.Explain.means(f) + "\n\n"
		says += text + "\n\n"
		if len(f.Reproduce) > 0 {
			says += "Check:\n\n" + fenced(f.Reproduce[0], 500) + "\n\n"
		}
		c.add(says + "</details>\n")
	}
}

// rest are the lists that nobody has to act on: not tested, fixed, accepted.
func (c *commentWriter) rest() {
	var fixed, untested, accepted [][]string
	for _, k := range c.fixed() {
		fixed = append(fixed, []string{code(k.Rule, 120), code(k.Where, 150)})
	}
	for _, n := range c.r.NotTested {
		untested = append(untested, []string{code(n.Rule, 120), prose(orElse(n.Detail, string(n.Reason)), 200)})
	}
	for _, f := range c.r.Findings {
		if f.State != report.Accepted {
			continue
		}
		why := ""
		if f.Acceptance != nil {
			why = "until " + f.Acceptance.Until + ": " + f.Acceptance.Reason
		}
		accepted = append(accepted, []string{code(f.Rule, 120), prose(why, 300)})
	}
	c.fold("Fixed", "| Rule | Where |", fixed)
	c.fold("Not tested, and not counted as passed", "| Rule | Why |", untested)
	c.fold("Accepted", "| Rule | Why |", accepted)
}

// fold is a table of two columns behind a click.
func (c *commentWriter) fold(title, heads string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	open := fmt.Sprintf("\n<details><summary>%s: %d</summary>\n\n%s\n|---|---|\n", title, len(rows), heads)
	end := "\n</details>\n"
	rest := "\n… and %d more\n"
	room := c.left - length(open) - length(end) - length(rest) - 8
	var body strings.Builder
	for i, cells := range rows {
		row := "| " + strings.Join(cells, " | ") + " |\n"
		if room -= length(row); room < 0 {
			fmt.Fprintf(&body, rest, len(rows)-i)
			break
		}
		body.WriteString(row)
	}
	c.add(open + body.String() + end)
}

func (c *commentWriter) foot() string {
	var clauses []string
	for _, clause := range c.o.Foot[:min(6, len(c.o.Foot))] {
		clauses = append(clauses, prose(clause, 120))
	}
	clauses = append(clauses, "scan "+codeTag(c.r.ID, 64), "engine "+prose(c.r.Engine.Version, 40), c.r.CompletedAt.UTC().Format("2006-01-02 15:04")+" UTC")
	if webAddress(c.o.Page) {
		clauses = append(clauses, `<a href="`+strings.ReplaceAll(c.o.Page, "&", "&amp;")+`">whole report</a>`)
	}
	return "\n<sub>" + strings.Join(clauses, " · ") + "</sub>\n"
}
