// nginx configuration as a tree, as far as merging a fix into a base needs
// it: nginx refuses most directives that stand twice.

package lab

import (
	"fmt"
	"slices"
	"strings"
)

// directive is one nginx directive; Block is nil for a simple one.
type directive struct {
	words []string // name and arguments as written, quotes kept
	block []directive
	brace bool
}

// parseNginx reads directives up to the end of the text.
func parseNginx(text string) ([]directive, error) {
	tokens := nginxTokens(text)
	list, rest, err := nginxBlock(tokens)
	if err != nil {
		return nil, err
	}
	if len(rest) > 0 {
		return nil, fmt.Errorf("nginx text: a '}' too many before %q", strings.Join(rest, " "))
	}
	return list, nil
}

// nginxBlock reads directives until '}' or the end.
func nginxBlock(tokens []string) (list []directive, rest []string, err error) {
	var words []string
	for len(tokens) > 0 {
		token := tokens[0]
		tokens = tokens[1:]
		if (token == ";" || token == "{") && len(words) == 0 {
			return nil, nil, fmt.Errorf("nginx text: %q without a directive", token)
		}
		switch token {
		case ";":
			list = append(list, directive{words: words})
			words = nil
		case "{":
			inner, after, err := nginxBlock(tokens)
			if err != nil {
				return nil, nil, err
			}
			if len(after) == 0 {
				return nil, nil, fmt.Errorf("nginx text: the block of %q is not closed", strings.Join(words, " "))
			}
			list = append(list, directive{words: words, block: inner, brace: true})
			words, tokens = nil, after[1:]
		case "}":
			return list, append([]string{"}"}, tokens...), unfinished(words)
		default:
			words = append(words, token)
		}
	}
	return list, nil, unfinished(words)
}

func unfinished(words []string) error {
	if len(words) > 0 {
		return fmt.Errorf("nginx text: %q lacks its ';'", strings.Join(words, " "))
	}
	return nil
}

// nginxTokens splits into words, ';', '{' and '}'. Comments are dropped, a
// quoted word keeps its quotes, and "${" belongs to its word.
func nginxTokens(text string) []string {
	var out []string
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case strings.IndexByte(" \t\r\n", c) >= 0:
			i++
		case c == '#':
			i = len(text) - len(strings.TrimLeft(text[i:], "#")) // to the first byte after the mark
			i += strings.IndexByte(text[i:]+"\n", '\n')
		case strings.IndexByte(";{}", c) >= 0:
			out = append(out, string(c))
			i++
		default:
			end := i + wordLength(text[i:])
			out = append(out, text[i:end])
			i = end
		}
	}
	return out
}

// wordLength is the length of the word at the start of the text.
func wordLength(text string) int {
	if quote := text[0]; quote == '"' || quote == '\'' {
		for i := 1; i < len(text); i++ {
			if text[i] == '\\' {
				i++
				continue
			}
			if text[i] == quote {
				return i + 1
			}
		}
		return len(text)
	}
	for i := 1; i < len(text); i++ {
		if text[i] == '{' && text[i-1] == '$' {
			i += max(strings.IndexByte(text[i:], '}'), 0)
			continue
		}
		if strings.IndexByte(" \t\r\n;{}", text[i]) >= 0 {
			return i
		}
	}
	return len(text)
}

// byFirstArgument are the directives that may stand many times, once for each
// value of their first argument.
var byFirstArgument = []string{"add_header", "proxy_set_header", "proxy_hide_header", "map", "upstream",
	"proxy_cookie_flags", "proxy_cookie_path", "location", "limit_req_zone", "set", "if", "geo"}

// slot is what a later directive of the same slot replaces.
func (d directive) slot() string {
	if slices.Contains(byFirstArgument, d.words[0]) {
		return strings.ToLower(strings.Join(d.words[:min(len(d.words), keyWords(d))], " "))
	}
	return d.words[0]
}

// keyWords is how many words of the directive tell it from another of its
// name: all of them for a block, whose arguments are its condition.
func keyWords(d directive) int {
	if d.brace {
		return len(d.words)
	}
	return 2
}

// mergeNginx puts the fix into the base: what it names anew replaces what
// stood there, the rest of it is appended.
func mergeNginx(base, fix []directive) []directive {
	replaced := map[string]bool{}
	for _, d := range fix {
		replaced[d.slot()] = true
	}
	var out []directive
	for _, d := range base {
		if !replaced[d.slot()] {
			out = append(out, d)
		}
	}
	return append(out, fix...)
}

// printNginx is the text of the directives.
func printNginx(list []directive, indent string) string {
	var b strings.Builder
	for _, d := range list {
		b.WriteString(indent + strings.Join(d.words, " "))
		if !d.brace {
			b.WriteString(";\n")
			continue
		}
		b.WriteString(" {\n" + printNginx(d.block, indent+"    ") + indent + "}\n")
	}
	return b.String()
}
