// Tests of what the chat services are sent: their limits for whatever is told,
// and escaping that nothing gets through.

package notify_test

import (
	"bytes"
	"encoding/json"
	"html"
	"regexp"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"pgregory.net/rapid"

	"middlebrick/edge/notify"
)

type slackText struct{ Type, Text string }

type slack struct {
	Text        string
	Attachments []struct {
		Color  string
		Blocks []struct {
			Type   string
			Text   *slackText
			Fields []slackText
		}
	}
}

func (s slack) problems() []string {
	var found []string
	most := func(what, text string, n int) {
		if text == "" || notify.Units(text) > n {
			found = append(found, what+": "+text)
		}
	}
	most("text", s.Text, 4000)
	for _, a := range s.Attachments {
		for _, b := range a.Blocks {
			if b.Text != nil {
				most("section", b.Text.Text, 3000)
			}
			for _, f := range b.Fields {
				most("field", f.Text, 2000)
			}
			if len(b.Fields) > 10 || b.Text == nil && len(b.Fields) == 0 {
				found = append(found, "a block with too much or nothing")
			}
		}
	}
	return found
}

func TestSlackMessagesKeepTheirLimits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, err := notify.Posted(notify.Slack, anyMessage(t))
		var got slack
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			t.Fatal(err)
		}
		if found := got.problems(); err != nil || len(found) > 0 {
			t.Fatal(err, found)
		}
	})
}

type discord struct {
	Embeds []struct {
		Title, Description string
		Fields             []struct{ Name, Value string }
		Footer             struct{ Text string }
	}
	Mentions json.RawMessage `json:"allowed_mentions"`
}

func (d discord) problems() []string {
	var found []string
	sum := 0
	most := func(what, text string, n int) {
		sum += notify.Units(text)
		if notify.Units(text) > n || text == "" && what != "description" {
			found = append(found, what+": "+text)
		}
	}
	for _, e := range d.Embeds {
		most("title", e.Title, 256)
		most("description", e.Description, 4096)
		most("footer", e.Footer.Text, 2048)
		for _, f := range e.Fields {
			most("name", f.Name, 256)
			most("value", f.Value, 1024)
		}
		if len(e.Fields) > 25 {
			found = append(found, "too many fields")
		}
	}
	if sum > 6000 || len(d.Embeds) != 1 || string(d.Mentions) != `{"parse":[]}` {
		found = append(found, "too long, or somebody is mentioned: "+string(d.Mentions))
	}
	return found
}

func TestDiscordMessagesKeepTheirLimits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, err := notify.Posted(notify.Discord, anyMessage(t))
		var got discord
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			t.Fatal(err)
		}
		if found := got.problems(); err != nil || len(found) > 0 {
			t.Fatal(err, found)
		}
	})
}

func TestTeamsCardsKeepTheirLimit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, err := notify.Posted(notify.Teams, anyMessage(t))
		if n := max(len(text), 2*notify.Units(text)); err != nil || n > 27_000 {
			t.Fatalf("%d bytes, %v", n, err)
		}
		if strings.Contains(text, "{{") || strings.Contains(text, "<at>") || strings.Contains(text, `"TextBlock"`) {
			t.Fatalf("a stranger's text is read as more than text: %s", text)
		}
	})
}

// entity is what may follow an ampersand in Slack's text.
var entity = regexp.MustCompile(`&(amp|lt|gt);`)

func FuzzSlackReadsNoMarkup(f *testing.F) {
	for _, text := range []string{nasty, "", "&lt;", "<!here>", "`", "*a*", ":x:"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := notify.SlackEscape(text)
		if rest := entity.ReplaceAllString(got, ""); strings.ContainsAny(rest, "<>&*_~`:") {
			t.Errorf("%q is markup", got)
		}
		code := notify.SlackCode(text)
		inside := strings.TrimSuffix(strings.TrimPrefix(code, "`"), "`")
		if rest := entity.ReplaceAllString(inside, ""); strings.ContainsAny(rest, "<>&`") || text != "" && code == inside {
			t.Errorf("%q ends the code", code)
		}
		if back := html.UnescapeString(inside); !strings.Contains(text, "`") && html.UnescapeString(html.UnescapeString(text)) == text && back != text {
			t.Errorf("%q reads as %q", text, back)
		}
	})
}

// Discord's Markdown is its own; what it shares with that of GitHub, a reader of
// GitHub's shows: the escaped text is one paragraph with that text in it.
func FuzzDiscordReadsNoMarkup(f *testing.F) {
	for _, text := range []string{nasty, "", "a", "# a", "1. a", "- a", "||a||", "https://evil.example", "www.evil.example", "a@b.example", "\\", "\\\\*a*"} {
		f.Add(text)
	}
	markdown := goldmark.New(goldmark.WithExtensions(extension.GFM))
	f.Fuzz(func(t *testing.T, text string) {
		text = notify.Clean(text, 300)
		escaped := notify.DiscordEscape(text)
		var out bytes.Buffer
		if err := markdown.Convert([]byte(escaped), &out); err != nil {
			t.Fatal(err)
		}
		got := html.UnescapeString(strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(out.String()), "<p>"), "</p>"))
		if got != text {
			t.Errorf("%q reads as %q", text, got)
		}
		code := notify.DiscordCode(text)
		if n := strings.Count(code, "`"); text != "" && n != 2 {
			t.Errorf("%q ends the code", code)
		}
	})
}

// What chance seldom makes: every text at its longest, in the characters that each
// service's escaping lengthens most.
func TestLongestMessagesKeepEveryLimit(t *testing.T) {
	for _, sign := range []string{"&", "*", "`", "\"", "\\", "漢", "😀", "a", "{"} {
		var s slack
		var d discord
		if err := json.Unmarshal([]byte(post(t, notify.Slack, longest(sign))), &s); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(post(t, notify.Discord, longest(sign))), &d); err != nil {
			t.Fatal(err)
		}
		if found := append(s.problems(), d.problems()...); len(found) > 0 {
			t.Errorf("%s: %v", sign, found)
		}
		if n := len(post(t, notify.Webhook, longest(sign))); n > 20<<10 {
			t.Errorf("%s: a body of %d bytes", sign, n)
		}
		card := post(t, notify.Teams, longest(sign))
		if n := max(len(card), 2*notify.Units(card)); n > 27_000 || !strings.Contains(card, "more findings") {
			t.Errorf("%s: a card of %d bytes", sign, n)
		}
	}
}
