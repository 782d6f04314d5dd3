// The one place where text of a target becomes harmless in Markdown: no mention,
// link, image, HTML, emphasis, reference or table border can come of it, in the
// dialects of GitHub and GitLab.

package render

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"middlebrick/report"
	"middlebrick/rule"
)

// apart keeps two characters from being read together: a zero-width space,
// written as a reference, so that the source shows it.
const apart = "&#8203;"

// references begin what GitHub and GitLab turn into links once the Markdown is
// read: @user, #1, !1, %milestone, ~label, $snippet, &epic, ^alert. Writing the
// character as a number does not help there; keeping it from its word does.
const references = "@#!%~$&^"

// marks are read by Markdown or HTML.
const marks = "\\`*_{}[]<>|~^$&!#@"

var (
	emoji  = regexp.MustCompile(`^:[A-Za-z0-9_+\-]+:`)
	wwwDot = regexp.MustCompile(`(?i)^www\.`)
	ghDash = regexp.MustCompile(`(?i)^gh-[0-9]`)
)

// prose is any text as words of a paragraph, a table's cell or HTML between tags,
// of at most that many characters before it is escaped.
func prose(text string, most int) string {
	text = said(text, most)
	var out strings.Builder
	for i, r := range text {
		rest := text[i+utf8.RuneLen(r):]
		switch {
		case strings.ContainsRune(references, r) && attached(rest):
			fmt.Fprintf(&out, "&#%d;%s", r, apart)
		case strings.ContainsRune(marks, r):
			fmt.Fprintf(&out, "&#%d;", r)
		case r == ':' && (strings.HasPrefix(rest, "/") || emoji.MatchString(text[i:])):
			out.WriteString("&#58;" + apart)
		case wwwDot.MatchString(text[i:]), ghDash.MatchString(text[i:]):
			out.WriteString(string(r) + apart)
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

// attached is true where the next character could belong to a reference.
func attached(rest string) bool {
	r, _ := utf8.DecodeRuneInString(rest)
	return rest != "" && r != ' '
}

// code is any text as inline code, where nothing is looked for. The two characters
// that could end it or its table cell are written as escapes.
func code(text string, most int) string {
	text = said(text, most)
	if strings.TrimSpace(text) == "" {
		return "–"
	}
	return "`" + strings.NewReplacer("`", `\x60`, "|", `\x7c`).Replace(text) + "`"
}

// fenced is a command as a block of code, to be copied as it is.
func fenced(command string, most int) string {
	command, fence := said(command, most), "```"
	for strings.Contains(command, fence) {
		fence += "`"
	}
	return fence + "sh\n" + command + "\n" + fence
}

// codeTag is inline code where HTML stands, which Markdown does not look into.
func codeTag(text string, most int) string { return "<code>" + prose(text, most) + "</code>" }

// ruleMarkdown is the whole page of a rule.
func ruleMarkdown(m rule.Meta, doc rule.Doc) string {
	parts := []string{"# " + m.Title, "`" + m.ID + "`, " + string(m.Severity), doc.Opening, "## Why", doc.Why}
	for _, platform := range rule.Platforms() {
		if fix := doc.Fixes[platform]; fix != "" {
			parts = append(parts, "## Fix: "+platform, fix)
		}
	}
	var list []string
	for _, cite := range m.Cites {
		list = append(list, "- ["+cite.Text+"]("+cite.URL+")")
	}
	if len(list) > 0 {
		parts = append(parts, "## References", strings.Join(list, "\n"))
	}
	return strings.Join(parts, "\n\n") + "\n"
}

// means is why a finding matters: in the words of the rule's own page, which may
// be marked up, or else in those of the report.
func (e Explainer) means(f report.Finding) string {
	if _, doc, known := e.explain(f.Rule); known {
		paragraph, _, _ := strings.Cut(strings.TrimSpace(doc.Why), "\n\n")
		return paragraph
	}
	return prose(f.Means, 1000)
}

// fix is what to type on the platform that the report found to fit, from the
// rule's own page: what a report says of it may have been written by anybody.
func (e Explainer) fix(f report.Finding) (platform, text string) {
	_, doc, known := e.explain(f.Rule)
	if !known {
		return "", ""
	}
	for _, wanted := range append([]string{firstPlatform(f)}, rule.Platforms()...) {
		if text := doc.Fixes[wanted]; text != "" {
			return wanted, text
		}
	}
	return "", ""
}
