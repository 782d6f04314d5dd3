// Markdown of remedies as blocks: paragraphs, lists, code. What is not understood
// stands there as text.

package document

import (
	"regexp"
	"strings"
)

var (
	item   = regexp.MustCompile(`^\s*(?:[-*+]|[0-9]{1,3}[.)])\s+(.*)$`)
	inline = regexp.MustCompile("`([^`]+)`" + `|\*\*([^*]+)\*\*|\[([^\]]+)\]\(([^)\s]+)\)|<(https?://[^>\s]+)>`)
)

// Markdown reads a text. Caption says in words what a fence's info string means;
// "" says nothing.
func Markdown(source string, caption func(info string) string) []Block {
	m := reader{caption: caption}
	for line := range strings.Lines(source) {
		m.line(strings.TrimRight(line, "\r\n"))
	}
	m.flush()
	if m.code != nil {
		m.out = append(m.out, Block{Code: m.code})
	}
	return m.out
}

type reader struct {
	caption func(string) string
	out     []Block
	words   []string
	list    [][]Span
	inItem  bool
	fence   string
	code    *Code
}

func (m *reader) line(line string) {
	trimmed := strings.TrimSpace(line)
	switch {
	case m.code != nil && trimmed == m.fence:
		m.out = append(m.out, Block{Code: m.code})
		m.code = nil
	case m.code != nil:
		m.code.Lines = append(m.code.Lines, strings.ReplaceAll(line, "\t", "    "))
	case strings.HasPrefix(trimmed, "```"):
		m.flush()
		info := strings.TrimLeft(trimmed, "`")
		m.fence = trimmed[:len(trimmed)-len(info)]
		m.code = &Code{Caption: m.caption(strings.TrimSpace(info))}
	case trimmed == "":
		m.flush()
	case strings.HasPrefix(trimmed, "#"):
		m.flush()
		m.out = append(m.out, Block{Heading: strings.TrimSpace(strings.TrimLeft(trimmed, "#"))})
	case item.MatchString(line):
		m.endItem()
		if !m.inItem {
			m.flush()
		}
		m.inItem = true
		m.words = []string{item.FindStringSubmatch(line)[1]}
	default:
		m.words = append(m.words, trimmed)
	}
}

// endItem ends the item at hand; its list goes on.
func (m *reader) endItem() {
	if m.inItem && len(m.words) > 0 {
		m.list = append(m.list, Inline(strings.Join(m.words, " ")))
		m.words = nil
	}
}

// flush ends the paragraph or the list at hand.
func (m *reader) flush() {
	m.endItem()
	if len(m.list) > 0 {
		m.out = append(m.out, Block{List: m.list})
	}
	if len(m.words) > 0 {
		m.out = append(m.out, Block{Text: Inline(strings.Join(m.words, " "))})
	}
	m.words, m.list, m.inItem = nil, nil, false
}

// Inline reads one paragraph of our own: code, strong text and links. A target's
// words are said by Say, or they could draw links.
func Inline(text string) []Span {
	var spans []Span
	for {
		at := inline.FindStringSubmatchIndex(text)
		if at == nil {
			break
		}
		spans = append(spans, Span{Text: unescape(text[:at[0]])}, marked(text, at))
		text = text[at[1]:]
	}
	return append(spans, Span{Text: unescape(text)})
}

func unescape(text string) string { return strings.ReplaceAll(text, `\|`, "|") }

// marked is the span of one match of inline; at are the places of its groups.
func marked(text string, at []int) Span {
	group := func(n int) string {
		if at[2*n] < 0 {
			return ""
		}
		return text[at[2*n]:at[2*n+1]]
	}
	switch {
	case at[2] >= 0:
		return Span{Text: group(1), Code: true}
	case at[4] >= 0:
		return Span{Text: strings.ReplaceAll(group(2), "`", ""), Strong: true}
	case at[6] >= 0:
		return Link(strings.ReplaceAll(group(3), "`", ""), group(4))
	}
	return Link(group(5), group(5))
}

// Link is a text that leads to an address of the web; it is a plain text where
// the address is none.
func Link(text, address string) Span {
	if web.MatchString(address) {
		return Span{Text: text, URL: address}
	}
	if address == "" || address == text {
		return Span{Text: text}
	}
	return Span{Text: text + " (" + address + ")"}
}

// web are the addresses that a link may lead to, in printable ASCII throughout.
var web = regexp.MustCompile(`^https?://[!#-;=?-_a-z~%]+$`)
