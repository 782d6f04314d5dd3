// Discord: one embed. Limits are those of its documentation: title 256
// characters, description 4,096, a field's name 256 and value 1,024, footer
// 2,048, and 6,000 in all; nobody is mentioned, whatever a text says.

package notify

import (
	"fmt"
	"strings"
	"time"
)

const (
	discordTitle       = 256
	discordDescription = 3000 // less than is allowed, for the sake of the sum
	discordFields      = 8
	discordValue       = 240
)

type discordBody struct {
	Embeds   []discordEmbed      `json:"embeds"`
	Mentions map[string][]string `json:"allowed_mentions"`
}

type discordEmbed struct {
	Title       string         `json:"title"`
	URL         string         `json:"url,omitempty"`
	Description string         `json:"description,omitempty"`
	Color       int            `json:"color"`
	Fields      []discordField `json:"fields"`
	Timestamp   string         `json:"timestamp,omitempty"`
	Footer      *discordNote   `json:"footer,omitempty"`
}

type discordField struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Inline bool   `json:"inline"`
}

type discordNote struct {
	Text string `json:"text"`
}

func discordMessage(w wording, at time.Time) discordBody {
	var lines []string
	if w.target != "" {
		lines = append(lines, discordCode(w.target))
	}
	if w.sentence != "" {
		lines = append(lines, discordEscape(w.sentence))
	}
	for _, f := range w.findings {
		line := fmt.Sprintf("**%s** %s %s", level(f.Severity).tag(), discordCode(f.Rule), discordEscape(f.Title))
		if f.Where != "" {
			line += " " + discordCode(f.Where)
		}
		lines = append(lines, line)
	}
	if w.omitted > 0 {
		lines = append(lines, moreFindings(w.omitted))
	}
	embed := discordEmbed{
		Title: clip(w.level.tag()+"  "+w.headline, discordTitle), Color: w.level.number(),
		Description: whole(lines, discordDescription, moreLines), Fields: discordFacts(w.facts), Footer: &discordNote{"middlebrick"},
	}
	if len(w.links) > 0 {
		embed.URL = w.links[0].url
	}
	if !at.IsZero() {
		embed.Timestamp = at.UTC().Format(time.RFC3339)
	}
	return discordBody{[]discordEmbed{embed}, map[string][]string{"parse": {}}}
}

func discordFacts(facts []fact) []discordField {
	all := []discordField{}
	for _, f := range facts[:min(len(facts), discordFields)] {
		value := clip(f.value, discordValue)
		if f.theirs {
			value = discordCode(value)
		}
		all = append(all, discordField{f.label, value, true})
	}
	return all
}

// discordEscape is a stranger's text in Discord's Markdown: a backslash before
// every ASCII character that is neither letter, digit nor space makes it literal,
// and breaks what would become a link or a mention.
func discordEscape(text string) string {
	var out strings.Builder
	for _, r := range text {
		if r > ' ' && r < 0x7f && !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9') {
			out.WriteByte('\\')
		}
		out.WriteRune(r)
	}
	return out.String()
}

// discordCode is a stranger's text as code, where nothing is markup but the mark
// that ends it.
func discordCode(text string) string {
	if text == "" {
		return ""
	}
	return "`" + strings.ReplaceAll(text, "`", "ˋ") + "`"
}
