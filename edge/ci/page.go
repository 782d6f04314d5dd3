// The report as Markdown for a comment and for a step's summary.

package ci

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"middlebrick/report"
	"middlebrick/report/render"
)

// MostComment is the budget of a comment, in characters: GitHub refuses a body
// above 65,536.
const MostComment = 60_000

// Marker is the first line of the one comment that belongs to this target, job
// and workflow.
func (j Job) Marker(r report.Report) string {
	sum := sha256.Sum256([]byte(r.Method + " " + r.APIURL))
	return fmt.Sprintf("<!-- middlebrick:v1 target=sha256:%s workflow=%s job=%s -->",
		hex.EncodeToString(sum[:8]), word(j.Workflow), word(j.Name))
}

// word keeps what can stand in a marker: whoever names a workflow cannot end the
// HTML comment that it stands in.
func word(name string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x80 && (r == '.' || r == '_' || r >= '0' && r <= '9' || r|0x20 >= 'a' && r|0x20 <= 'z') {
			return r
		}
		return '_'
	}, name)
}

// Page is what was found, as Markdown of at most that many bytes: it ends at the
// end of a row.
func Page(r report.Report, gate render.Gate, foot string, budget int) string {
	head := heading(r, gate)
	foot = "\n<sub>" + text(foot) + "</sub>\n"
	budget -= len(head) + len(foot) + 100 // for the line that counts the rest
	var rows strings.Builder
	if len(r.Findings) > 0 {
		rows.WriteString("\n| | Finding | Seen |\n|---|---|---|\n")
	}
	for i, f := range r.Findings {
		row := fmt.Sprintf("| %s%s | %s %s | %s |\n", fresh(f), strings.ToUpper(text(string(f.Severity))), code(f.Rule), text(f.Title), code(harmless(f.Description, 300)))
		if rows.Len()+len(row) > budget {
			fmt.Fprintf(&rows, "\n%d more findings are in the report.\n", len(r.Findings)-i)
			break
		}
		rows.WriteString(row)
	}
	return head + rows.String() + foot
}

func fresh(f report.Finding) string {
	if f.New {
		return "**NEW** "
	}
	return ""
}

func heading(r report.Report, gate render.Gate) string {
	score := "no grade"
	if r.Overall != nil && r.LetterGrade != nil {
		score = fmt.Sprintf("%s %d/100", text(*r.LetterGrade), *r.Overall)
	}
	var out strings.Builder
	fmt.Fprintf(&out, "### %s · %s · %s\n\n", score, code(r.Method+" "+harmless(r.APIURL, 300)), gateSays[gate.Outcome])
	if r.Attack.Sentence != "" {
		fmt.Fprintf(&out, "**%s**\n\n", text(r.Attack.Sentence))
	}
	for _, reason := range gate.Reasons {
		fmt.Fprintf(&out, "- %s\n", text(reason))
	}
	if r.ErrorMessage != "" {
		fmt.Fprintf(&out, "- %s\n", code(harmless(r.ErrorMessage, 500)))
	}
	fmt.Fprintf(&out, "\n%d findings · %d of %d rules answered\n", len(r.Findings), r.Coverage.Ran, r.Coverage.Planned)
	return out.String()
}

var gateSays = map[string]string{"pass": "gate passed", "fail": "gate failed", "no verdict": "no verdict", "none": "no gate set"}

// code is any text as code, which GitHub searches for no mention, link or
// command. Every character that Markdown or HTML could see is written as its
// number, and a comment behind each at sign keeps it from becoming an address.
func code(from string) string { return "<code>" + text(from) + "</code>" }

// text is the same outside of code, for our own words.
func text(from string) string {
	var out strings.Builder
	for _, r := range (render.Screen{Actions: true}).Line(from) {
		switch {
		case r == '@':
			out.WriteString("&#64;<!-- -->")
		case r < 0x80 && r != ' ' && !(r >= '0' && r <= '9' || r|0x20 >= 'a' && r|0x20 <= 'z'):
			fmt.Fprintf(&out, "&#%d;", r)
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

// Stopped is the page of a step that judged nothing.
func Stopped(reason string) string {
	return "### middlebrick: nothing was judged\n\n- " + code(harmless(reason, 1000)) + "\n"
}
