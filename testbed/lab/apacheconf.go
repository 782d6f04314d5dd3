// Apache configuration by lines and sections, as far as merging a fix into a
// base needs it.

package lab

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// apacheItem is one directive, or one section with its lines kept as they are.
type apacheItem struct {
	name string // lower case; of a section with its '<'
	args string
	body []apacheItem
}

// continued is a line that goes on in the next one.
var continued = regexp.MustCompile(`\\\r?\n[ \t]*`)

// parseApache reads directives and sections; comments are dropped.
func parseApache(text string) ([]apacheItem, error) {
	stack := [][]apacheItem{nil}
	var opened []apacheItem
	for line := range strings.Lines(continued.ReplaceAllString(text, " ")) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if strings.HasSuffix(line, `\`) {
			return nil, fmt.Errorf("apache text: nothing follows the backslash of %q", line)
		}
		top := len(stack) - 1
		name, args, _ := strings.Cut(line, " ")
		item := apacheItem{name: strings.ToLower(name), args: strings.TrimSpace(args)}
		switch {
		case strings.HasPrefix(line, "</"):
			if top == 0 {
				return nil, fmt.Errorf("apache text: %s closes nothing", line)
			}
			section := opened[len(opened)-1]
			section.body = stack[top]
			stack, opened = stack[:top], opened[:len(opened)-1]
			stack[top-1] = append(stack[top-1], section)
		case line[0] == '<':
			item.args = strings.TrimSuffix(item.args, ">")
			item.name = strings.TrimSuffix(item.name, ">")
			opened, stack = append(opened, item), append(stack, nil)
		default:
			stack[top] = append(stack[top], item)
		}
	}
	if len(opened) > 0 {
		return nil, fmt.Errorf("apache text: section %s %s> is not closed", opened[0].name, opened[0].args)
	}
	return stack[0], nil
}

// adds are the directives of which every one counts; a later one does not
// replace an earlier one.
var adds = []string{"rewriterule", "rewritecond", "redirect", "redirectmatch", "redirectpermanent", "loadmodule", "alias",
	"proxypass", "proxypassreverse", "setenvif", "sslopensslconfcmd"}

// slot is what a later item of the same slot replaces; empty for none.
func (i apacheItem) slot() string {
	switch {
	case i.name[0] == '<':
		return i.name + " " + i.args
	case slices.Contains(adds, i.name):
		return ""
	case i.name == "header" || i.name == "requestheader":
		return i.name + " " + headerName(i.args)
	case i.name == "sslciphersuite" && len(strings.Fields(i.args)) > 1:
		return i.name + " " + strings.Fields(i.args)[0]
	}
	return i.name
}

// headerName is the header that a Header or RequestHeader directive touches,
// with its condition "always", which is a table of its own.
func headerName(args string) string {
	words := strings.Fields(strings.ToLower(args))
	table := ""
	if len(words) > 0 && (words[0] == "always" || words[0] == "onsuccess") {
		table, words = words[0]+" ", words[1:]
	}
	if len(words) < 2 {
		return table + strings.Join(words, " ")
	}
	if words[0] == "edit" || words[0] == "edit*" {
		return table + strings.Join(words, " ")
	}
	return table + words[1]
}

// mergeApache puts the fix into the base as mergeNginx does.
func mergeApache(base, fix []apacheItem) []apacheItem {
	replaced := map[string]bool{}
	for _, item := range fix {
		replaced[item.slot()] = true
	}
	delete(replaced, "")
	var out []apacheItem
	for _, item := range base {
		if !replaced[item.slot()] {
			out = append(out, item)
		}
	}
	return append(out, fix...)
}

// printApache is the text of the items.
func printApache(items []apacheItem, indent string) string {
	var b strings.Builder
	for _, item := range items {
		line := strings.TrimSpace(item.name + " " + item.args)
		if item.name[0] != '<' {
			b.WriteString(indent + line + "\n")
			continue
		}
		b.WriteString(indent + line + ">\n" + printApache(item.body, indent+"    ") + indent + "</" + item.name[1:] + ">\n")
	}
	return b.String()
}
