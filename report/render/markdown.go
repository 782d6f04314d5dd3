// Markdown of remedies and rule pages as text for a screen: paragraphs and
// lists wrapped, code blocks indented and never touched.

package render

import (
	"regexp"
	"strings"
)

// places say in words where the code of a fence is to be put; rule.md marks it
// in the fence's info string, for people and for the tests that apply it.
var places = map[string]string{
	"nginx server":            "nginx, in the server block that ends TLS",
	"nginx server80":          "nginx, in the server block of port 80",
	"nginx location":          "nginx, in the location block",
	"nginx http":              "nginx, in the http block",
	"apache vhost":            "Apache, in the virtual host that ends TLS",
	"apache vhost80":          "Apache, in the virtual host of port 80",
	"apache server":           "Apache, outside the virtual hosts",
	"python app":              "Python, after app = Flask(__name__)",
	"python run":              "Python, instead of the app.run(...) line",
	"python gunicorn.conf.py": "gunicorn.conf.py",
}

var (
	link     = regexp.MustCompile(`\[([^\]]+)\]\(([^)\s]+)\)`)
	autolink = regexp.MustCompile(`<(https?://[^>\s]+)>`)
	strong   = regexp.MustCompile(`\*\*([^*]+)\*\*`)
	item     = regexp.MustCompile(`^(\s*)([-*+]|[0-9]{1,3}[.)])\s+(.*)$`)
)

// markdown reads a text into rows of at most that many columns, code aside.
func (s Screen) markdown(source string, columnsLeft int) block {
	m := mark{screen: s, left: columnsLeft}
	for line := range strings.Lines(source) {
		m.line(strings.TrimRight(line, "\r\n"))
	}
	m.flush()
	return m.out
}

// mark is the state of reading: the paragraph or item at hand, and the fence
// that is open.
type mark struct {
	screen Screen
	left   int
	out    block
	words  []string
	lead   string // bullet and indentation of the item at hand
	fence  string // the marker that closes the open code block
}

func (m *mark) line(line string) {
	trimmed := strings.TrimSpace(line)
	switch {
	case m.fence != "" && trimmed == m.fence:
		m.fence = ""
		m.gap()
	case m.fence != "":
		m.out = append(m.out, text("    "+expand(line)))
	case strings.HasPrefix(trimmed, "```"):
		m.open(trimmed)
	case trimmed == "":
		m.flush()
		m.gap()
	case strings.HasPrefix(trimmed, "#"):
		m.flush()
		m.out = append(m.out, row{{strings.TrimSpace(strings.TrimLeft(trimmed, "#")), bold}})
	case item.MatchString(line):
		m.flush()
		found := item.FindStringSubmatch(line)
		m.lead = expand(found[1]) + bullet(found[2]) + " "
		m.words = []string{found[3]}
	default:
		m.words = append(m.words, trimmed)
	}
}

func (m *mark) open(trimmed string) {
	m.flush()
	info := strings.TrimLeft(trimmed, "`")
	m.fence = trimmed[:len(trimmed)-len(info)]
	if where, ok := places[strings.TrimSpace(info)]; ok {
		for _, line := range wrap(where+":", m.left-2) {
			m.out = append(m.out, row{{"  " + line, faint}})
		}
	}
}

// flush writes the paragraph or item at hand.
func (m *mark) flush() {
	says := inline(strings.Join(m.words, " "))
	hang := strings.Repeat(" ", len(m.lead))
	for i, line := range wrap(m.screen.Escape(says), m.left-len(m.lead)) {
		lead := hang
		if i == 0 {
			lead = m.lead
		}
		m.out = append(m.out, text(lead+line))
	}
	m.words, m.lead = nil, ""
}

// gap is one empty row between blocks, never two.
func (m *mark) gap() {
	if n := len(m.out); n > 0 && len(m.out[n-1]) > 0 {
		m.out = append(m.out, blank)
	}
}

func bullet(written string) string {
	if strings.ContainsAny(written, "-*+") {
		return "-"
	}
	return written
}

// inline takes the marks off a paragraph; backquotes stay, for they say where
// code begins and ends.
func inline(words string) string {
	words = link.ReplaceAllString(words, "$1 ($2)")
	words = autolink.ReplaceAllString(words, "$1")
	return strings.ReplaceAll(strong.ReplaceAllString(words, "$1"), `\|`, "|")
}

// expand turns tabs into four spaces.
func expand(line string) string { return strings.ReplaceAll(line, "\t", "    ") }

// trim takes the empty rows off both ends.
func (b block) trim() block {
	for len(b) > 0 && len(b[0]) == 0 {
		b = b[1:]
	}
	for len(b) > 0 && len(b[len(b)-1]) == 0 {
		b = b[:len(b)-1]
	}
	return b
}
