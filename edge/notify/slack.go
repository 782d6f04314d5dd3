// Slack: Block Kit inside an attachment, which is what carries a colour. Limits
// and escaping are those of its documentation: text of a section 3,000
// characters, of a header 150, of a field 2,000, ten fields.

package notify

import (
	"fmt"
	"strings"
)

const (
	slackSection = 3000
	slackHeader  = 150
	slackFields  = 10
	slackShort   = 700 // of the 4,000 for a message's text, before escaping
)

type slackBody struct {
	Text        string            `json:"text"` // for notifications and screen readers
	UnfurlLinks bool              `json:"unfurl_links"`
	UnfurlMedia bool              `json:"unfurl_media"`
	Attachments []slackAttachment `json:"attachments"`
}

type slackAttachment struct {
	Color    string       `json:"color"`
	Fallback string       `json:"fallback"`
	Blocks   []slackBlock `json:"blocks"`
}

type slackBlock struct {
	Type     string        `json:"type"`
	Text     *slackObject  `json:"text,omitempty"`
	Fields   []slackObject `json:"fields,omitempty"`
	Elements []slackButton `json:"elements,omitempty"`
}

type slackObject struct {
	Type     string `json:"type"`
	Text     string `json:"text"`
	Emoji    *bool  `json:"emoji,omitempty"`
	Verbatim bool   `json:"verbatim,omitempty"`
}

type slackButton struct {
	Type string      `json:"type"`
	Text slackObject `json:"text"`
	URL  string      `json:"url"`
}

func slackMessage(w wording) slackBody {
	blocks := []slackBlock{{Type: "header", Text: ptr(slackPlain(clip(w.level.tag()+"  "+w.headline, slackHeader)))}}
	if w.target != "" {
		blocks = append(blocks, slackParagraph(slackCode(w.target)))
	}
	if w.sentence != "" {
		blocks = append(blocks, slackParagraph(slackEscape(w.sentence)))
	}
	if len(w.facts) > 0 {
		blocks = append(blocks, slackBlock{Type: "section", Fields: slackFacts(w.facts)})
	}
	if lines := slackFindings(w); len(lines) > 0 {
		blocks = append(blocks, slackParagraph(whole(lines, slackSection, moreLines)))
	}
	if len(w.links) > 0 {
		blocks = append(blocks, slackBlock{Type: "actions", Elements: slackButtons(w.links)})
	}
	short := slackEscape(clip(strings.TrimSpace(w.level.tag()+" "+w.headline+" "+w.target), slackShort))
	return slackBody{Text: short, Attachments: []slackAttachment{{Color: w.level.colour(), Fallback: short, Blocks: blocks}}}
}

func slackParagraph(text string) slackBlock {
	return slackBlock{Type: "section", Text: ptr(slackMarked(text))}
}

func slackFacts(facts []fact) []slackObject {
	var all []slackObject
	for _, f := range facts[:min(len(facts), slackFields)] {
		all = append(all, slackMarked("*"+f.label+"*\n"+slackCode(f.value)))
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

func slackButtons(links []link) []slackButton {
	var all []slackButton
	for _, l := range links {
		all = append(all, slackButton{"button", slackPlain(l.text), l.url})
	}
	return all
}

// slackPlain is text without markup. Slack's pages disagree on whether the three
// characters of markup are decoded in it, so it gets others that look the same.
func slackPlain(text string) slackObject {
	return slackObject{Type: "plain_text", Text: wide.Replace(text), Emoji: new(bool)}
}

var wide = strings.NewReplacer("&", "＆", "<", "＜", ">", "＞")

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
	return "`" + slackCoded.Replace(text) + "`"
}

var slackCoded = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "`", "ˋ")

// moreLines says how many lines were left out for length.
func moreLines(n int) string { return "… and " + counted(n, "more line", "more lines") }

func ptr[T any](value T) *T { return &value }
