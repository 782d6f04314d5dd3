// The fixes that a rule.md prints in fenced blocks: those that a machine can
// apply, and those that are for the reader alone.

package rule

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// A Snippet is one fenced block under a platform's heading. Place is where the
// text goes ("server", "vhost80", "app", "gunicorn.conf.py"); it is empty in a
// block for the reader alone.
type Snippet struct {
	Platform string
	Language string
	Place    string
	Text     string
}

// Executable is true when the snippet names the place that it goes to.
func (s Snippet) Executable() bool { return s.Place != "" }

// Snippets are the fenced blocks under that platform's heading, in their order.
func (d Doc) Snippets(platform string) []Snippet {
	var found []Snippet
	var fence string
	for line := range strings.Lines(d.Fixes[platform]) {
		mark := fenceOf(line)
		switch {
		case fence == "" && mark != "":
			fence = mark
			language, place, _ := strings.Cut(strings.TrimSpace(line[len(mark):]), " ")
			found = append(found, Snippet{Platform: platform, Language: language, Place: strings.TrimSpace(place)})
		case fence != "" && len(mark) >= len(fence) && strings.TrimSpace(line) == mark:
			fence = ""
		case fence != "":
			found[len(found)-1].Text += line
		}
	}
	return found
}

// Fix is what a machine can apply under that platform's heading.
func (d Doc) Fix(platform string) []Snippet {
	return slices.DeleteFunc(d.Snippets(platform), func(s Snippet) bool { return !s.Executable() })
}

// FixID names the text of a platform's fix. A recording that was made with the
// fix in place bears it, so that a fix which was changed since is noticed.
func (d Doc) FixID(platform string) string {
	sum := sha256.New()
	for _, s := range d.Fix(platform) {
		sum.Write([]byte(s.Place + "\n" + s.Text + "\n"))
	}
	return "fix " + hex.EncodeToString(sum.Sum(nil)[:8])
}

// fenceOf is the run of backticks that opens the line, if it makes a fence
// (CommonMark 0.31 section 4.5).
func fenceOf(line string) string {
	mark := line[:len(line)-len(strings.TrimLeft(line, "`"))]
	if len(mark) < 3 {
		return ""
	}
	return mark
}
