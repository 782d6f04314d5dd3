// Teams: an Adaptive Card as the webhooks of Workflows want it. Strangers' texts
// stand in text runs alone, which unlike text blocks read no Markdown.

package notify

import (
	"fmt"
	"strings"

	"middlebrick/rule"
)

// teamsMost is below the 28 KB that Teams gives. Where it counts, it counts in
// UTF-16, so that plain English takes two bytes a letter.
const teamsMost = 26_000

// teamsColours are the theme's words; a card knows no others.
var teamsColours = map[level]string{
	level(rule.Critical): "attention", level(rule.High): "attention", level(rule.Medium): "warning",
	level(rule.Low): "accent", level(rule.Info): "default", good: "good",
}

type teamsMessage struct {
	Type        string            `json:"type"`
	Attachments []teamsAttachment `json:"attachments"`
}

type teamsAttachment struct {
	ContentType string    `json:"contentType"`
	ContentURL  *string   `json:"contentUrl"`
	Content     teamsCard `json:"content"`
}

type teamsCard struct {
	Schema   string            `json:"$schema"`
	Type     string            `json:"type"`
	Version  string            `json:"version"`
	Fallback string            `json:"fallbackText"`
	Body     []teamsText       `json:"body"`
	Actions  []teamsAction     `json:"actions,omitempty"`
	Teams    map[string]string `json:"msteams"`
}

type teamsText struct {
	Type      string     `json:"type"`
	Spacing   string     `json:"spacing,omitempty"`
	Separator bool       `json:"separator,omitempty"`
	Inlines   []teamsRun `json:"inlines"`
}

type teamsRun struct {
	Type   string `json:"type"`
	Text   string `json:"text"`
	Weight string `json:"weight,omitempty"`
	Size   string `json:"size,omitempty"`
	Color  string `json:"color,omitempty"`
	Subtle bool   `json:"isSubtle,omitempty"`
	Font   string `json:"fontType,omitempty"`
}

type teamsAction struct {
	Type  string `json:"type"`
	Title string `json:"title"`
	URL   string `json:"url"`
}

// teamsBody leaves out findings, last first, until the card is small enough; then
// links, then facts.
func teamsBody(w wording) ([]byte, error) {
	for {
		text, err := plainJSON(teamsOf(w))
		if err != nil || max(len(text), 2*units(string(text))) <= teamsMost {
			return text, err
		}
		switch {
		case len(w.findings) > 0:
			w.findings = w.findings[:len(w.findings)-1]
			w.omitted++
		case len(w.links) > 1:
			w.links = w.links[:len(w.links)-1]
		case len(w.facts) > 0:
			w.facts = w.facts[:len(w.facts)-1]
		default:
			return text, nil
		}
	}
}

func teamsOf(w wording) teamsMessage {
	color := teamsColours[w.level]
	body := []teamsText{teamsLine(teamsRun{Text: w.level.tag() + "  ", Weight: "bolder", Size: "large", Color: color},
		teamsRun{Text: w.headline, Weight: "bolder", Size: "large"})}
	if w.target != "" {
		body = append(body, teamsLine(teamsRun{Text: w.target, Font: "monospace"}))
	}
	if w.sentence != "" {
		body = append(body, teamsLine(teamsRun{Text: w.sentence}))
	}
	for i, f := range w.facts {
		line := teamsLine(teamsRun{Text: f.label + ": ", Subtle: true}, teamsRun{Text: f.value})
		line.Separator = i == 0
		line.Spacing = "small"
		body = append(body, line)
	}
	for i, f := range w.findings {
		line := teamsFinding(f)
		line.Separator = i == 0
		body = append(body, line)
	}
	if w.omitted > 0 {
		body = append(body, teamsLine(teamsRun{Text: moreFindings(w.omitted), Subtle: true}))
	}
	return teamsMessage{"message", []teamsAttachment{{"application/vnd.microsoft.card.adaptive", nil, teamsCard{
		Schema: "http://adaptivecards.io/schemas/adaptive-card.json", Type: "AdaptiveCard", Version: "1.4",
		Fallback: teamsPlain(strings.TrimSpace(fmt.Sprintf("%s %s %s", w.level.tag(), w.headline, w.target))),
		Body:     body, Actions: teamsActions(w.links), Teams: map[string]string{"width": "Full"},
	}}}}
}

func teamsFinding(f Finding) teamsText {
	runs := []teamsRun{
		{Text: level(f.Severity).tag() + "  ", Weight: "bolder", Color: teamsColours[level(f.Severity)]},
		{Text: f.Title + " "}, {Text: f.Rule, Font: "monospace", Subtle: true},
	}
	if f.Where != "" {
		runs = append(runs, teamsRun{Text: " " + f.Where, Font: "monospace", Subtle: true})
	}
	return teamsLine(runs...)
}

func teamsLine(runs ...teamsRun) teamsText {
	for i := range runs {
		runs[i].Type, runs[i].Text = "TextRun", teamsPlain(runs[i].Text)
	}
	return teamsText{Type: "RichTextBlock", Inlines: runs}
}

// teamsPlain breaks the two things that a card still reads inside plain text: its
// date functions, and tags of a mention.
func teamsPlain(text string) string { return teamsMarkup.Replace(text) }

var teamsMarkup = strings.NewReplacer("{", "\u2060{\u2060", "<", "＜", ">", "＞")

func teamsActions(links []link) []teamsAction {
	var all []teamsAction
	for _, l := range links {
		all = append(all, teamsAction{"Action.OpenUrl", l.text, l.url})
	}
	return all
}
