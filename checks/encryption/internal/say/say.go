// Package say words what was seen: addresses of a target in a form that stays
// the same from one scan to the next, and text of a target so that it can harm
// no reader.
package say

import (
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"middlebrick/observe"
)

// most is the longest text of a target that stands in a sentence, in bytes.
const most = 200

// Quoted is a target's text in quotes, cut to a bound, with control bytes and
// invisible runes escaped.
func Quoted(text string) string { return strconv.Quote(cut(text)) }

// Plain is Quoted without the quotes, for a place's name.
func Plain(text string) string {
	quoted := Quoted(text)
	return quoted[1 : len(quoted)-1]
}

func cut(text string) string {
	if len(text) <= most {
		return text
	}
	end := most
	for end > most-utf8.UTFMax && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}

// Missing is the purpose of the page that a scan asks for because it cannot
// exist; its address is another one in each scan.
const Missing = "missing"

// Path names an answer by the path of its address: without the query, which
// changes, and without the host, which the finding names already.
func Path(address, purpose string) string {
	if purpose == Missing {
		return "a page that does not exist"
	}
	return PathOf(address)
}

// PathOf is the path of an address, "/" where it has none.
func PathOf(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return "an address that cannot be read"
	}
	if parsed.Path == "" {
		return "/"
	}
	return Plain(parsed.EscapedPath())
}

// Bare is an address without its query and fragment.
func Bare(address string) string {
	bare, _, _ := strings.Cut(address, "#")
	bare, _, _ = strings.Cut(bare, "?")
	return Plain(bare)
}

// Refs are the exchanges among refs that have a name, each once.
func Refs(refs ...observe.Ref) []observe.Ref {
	known := map[observe.Ref]bool{"": true}
	kept := []observe.Ref{}
	for _, ref := range refs {
		if known[ref] {
			continue
		}
		known[ref] = true
		kept = append(kept, ref)
	}
	return kept
}

// Answered is true for a status that the application meant: not the silence
// (0), the overload (429) or the breakdown (5xx) behind which anything may be.
func Answered(status int) bool { return status >= 200 && status < 500 && status != 429 }
