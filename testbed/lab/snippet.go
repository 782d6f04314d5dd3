// The fixes that rule.md prints, taken out of its fenced blocks.

package lab

import (
	"strings"
	"testing"
)

// Snippet is one fenced block of a rule's remedy.
type Snippet struct {
	Platform string // the heading it stands under: "nginx", "Apache", "Flask", "gunicorn"
	Place    string // where it goes: "server", "server80", "vhost", "app", "gunicorn.conf.py", …
	Text     string
}

// places are the info strings that mean "apply this", by platform. Any other
// fence (sh, text, …) is for the reader alone.
var places = map[string][]string{
	"nginx":    {"nginx http", "nginx server", "nginx server80", "nginx location"},
	"apache":   {"apache server", "apache vhost", "apache vhost80"},
	"flask":    {"python app", "python run"},
	"gunicorn": {"python gunicorn.conf.py", "python app"},
}

// Snippets returns the applicable blocks under the markdown's "## platform"
// heading, in their order. The platform's letter case does not matter.
func Snippets(markdown, platform string) []Snippet {
	var out []Snippet
	var current *Snippet
	var fence, heading string
	for line := range strings.Lines(markdown) {
		trimmed := strings.TrimSpace(line)
		switch {
		case fence != "" && closes(trimmed, fence):
			if current != nil {
				out = append(out, *current)
			}
			fence, current = "", nil
		case fence != "":
			if current != nil {
				current.Text += line
			}
		case strings.HasPrefix(trimmed, "```") || strings.HasPrefix(trimmed, "~~~"):
			fence = trimmed[:len(trimmed)-len(strings.TrimLeft(trimmed, trimmed[:1]))]
			current = open(heading, platform, strings.TrimLeft(trimmed, trimmed[:1]))
		case strings.HasPrefix(line, "## "):
			heading = strings.TrimSpace(line[3:])
		}
	}
	return out
}

// closes reports whether the line ends the fence: the same mark, at least as
// long, and nothing else (CommonMark 0.31, section 4.5).
func closes(line, fence string) bool {
	return strings.HasPrefix(line, fence) && strings.Trim(line, fence[:1]) == ""
}

// open starts a snippet if the fence's info string names a place of the
// platform, under that platform's heading.
func open(heading, platform, info string) *Snippet {
	if !strings.EqualFold(heading, platform) {
		return nil
	}
	info = strings.Join(strings.Fields(info), " ")
	for _, known := range places[strings.ToLower(platform)] {
		if info == known {
			_, place, _ := strings.Cut(known, " ")
			return &Snippet{Platform: heading, Place: place}
		}
	}
	return nil
}

// With returns the application with the fixes applied. A place that an
// application does not have fails the test.
func (w WSGI) With(tb testing.TB, fixes ...Snippet) WSGI {
	tb.Helper()
	for _, fix := range fixes {
		switch fix.Place {
		case "app":
			w.App.Config += fix.Text
		case "run":
			w.App.Run = fix.Text
		case "gunicorn.conf.py":
			w.Conf += fix.Text
		default:
			tb.Fatalf("a Flask application has no place %q for a fix", fix.Place)
		}
	}
	return w
}
