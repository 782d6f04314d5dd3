// Slack: Block Kit inside an attachment, which is what carries a colour. Limits
// and escaping are those of its documentation: text of a section 3,000
// characters, of a field 2,000, ten fields, of a message 4,000.

package notify

import (
	"fmt"
	"strings"
)

const (
	slackSection = 3000
	slackFields  = 10
)

type slackBody struct {
	Text        string            `json:"text"` // above the attachment, and all that a notification shows
	UnfurlLinks bool              `json:"unfurl_links"`
	UnfurlMedia bool              `json:"unfurl_media"`
	Attachments []slackAttachment `json:"attachments"`
}

type slackAttachment struct {
	Color  string       `json:"color"`
	Blocks []slackBlock `json:"blocks"`
}

type slackBlock struct {
	Type   string        `json:"type"`
	Text   *slackObject  `json:"text,omitempty"`
	Fields []slackObject `json:"fields,omitempty"`
}

type slackObject struct {
	Type     string `json:"type"`
	Text     string `json:"text"`
	Verbatim bool   `json:"verbatim,omitempty"`
}

func slackMessage(w wording) slackBody {
	text := "*" + slackEscaped.Replace(w.level.tag()+"  "+w.headline) + "*"
	if w.target != "" {
		text += "\n" + slackCode(w.target)
	}
	var blocks []slackBlock
	if w.sentence != "" {
		blocks = append(blocks, slackParagraph(slackEscape(w.sentence)))
	}
	if len(w.facts) > 0 {
		blocks = append(blocks, slackBlock{Type: "section", Fields: slackFacts(w.facts)})
	}
	if lines := slackFindings(w); len(lines) > 0 {
		blocks = append(blocks, slackParagraph(whole(lines, slackSection, moreLines)))
	}
	if links := slackLinks(w.links); links != "" {
		blocks = append(blocks, slackParagraph(links))
	}
	if len(blocks) == 0 {
		return slackBody{Text: text, Attachments: []slackAttachment{}}
	}
	return slackBody{Text: text, Attachments: []slackAttachment{{w.level.colour(), blocks}}}
}

func slackParagraph(text string) slackBlock {
	return slackBlock{Type: "section", Text: ptr(slackMarked(text))}
}

func slackFacts(facts []fact) []slackObject {
	var all []slackObject
	for _, f := range facts[:min(len(facts), slackFields)] {
		value := slackEscaped.Replace(f.value)
		if f.theirs {
			value = slackCode(f.value)
		}
		all = append(all, slackMarked("*"+f.label+"*\n"+value))
	}
	return all
}

func slackFindings(w wording) []string {
	var lines []string
	for _, f := range w.findings {
		line := fmt.Sprintf("*%s* %s %s", level(f.Severity).tag(), slackCode(f.Rule), slackEscape(f.Title))
		if f.Where != "" {
			line += " " + slackCode(f.Where)
		}
		lines = append(lines, line)
	}
	if w.omitted > 0 {
		lines = append(lines, moreFindings(w.omitted))
	}
	return lines
}

// slackLinks are links in the text. Buttons would look better, and complain to
// whoever presses one that nobody listens to them.
func slackLinks(links []link) string {
	out := ""
	for _, l := range links {
		one := "<" + slackAddress.Replace(l.url) + "|" + l.text + ">"
		if units(out)+units(one) < slackSection-10 {
			out += "  ·  " + one
		}
	}
	return strings.TrimPrefix(out, "  ·  ")
}

var slackAddress = strings.NewReplacer("&", "&amp;", "<", "%3C", ">", "%3E", "|", "%7C")

// slackMarked is mrkdwn that was escaped; verbatim keeps Slack from making links
// of what looks like an address or a name.
func slackMarked(text string) slackObject {
	return slackObject{Type: "mrkdwn", Text: text, Verbatim: true}
}

// slackEscape is a stranger's text in mrkdwn. <, > and & begin everything that
// does something (links, mentions of a channel) and have an escape; the marks of
// bold, of code and of small pictures have none, so others that look alike stand
// in for them.
func slackEscape(text string) string { return slackMarkup.Replace(text) }

var slackMarkup = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;",
	"*", "∗", "_", "＿", "~", "∼", "`", "ˋ", ":", "꞉")

// slackCode is a stranger's text as code, where nothing else is markup.
func slackCode(text string) string {
	if text == "" {
		return ""
	}
	return "`" + strings.ReplaceAll(slackEscaped.Replace(text), "`", "ˋ") + "`"
}

// slackEscaped is what any text needs, ours too.
var slackEscaped = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// moreLines says how many lines were left out for length.
func moreLines(n int) string { return "… and " + counted(n, "more line", "more lines") }

func ptr[T any](value T) *T { return &value }
