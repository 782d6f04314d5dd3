// One answer, and what a sign makes of it.

package stack

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"middlebrick/httphead"
	"middlebrick/observe"
)

// How sure a claim is: certain where the software says its name, high where
// nothing else was ever measured to answer so, low where others do.
const (
	certain = "certain"
	high    = "high"
	low     = "low"
)

var confidence = map[string]int{certain: 3, high: 2, low: 1}

// An answer is one response of the target.
type answer struct {
	url  string
	head httphead.Head
	body []byte
	ref  observe.Ref
}

// A claim says that a part is there. Versions says which, as far as it can be
// told; a claim about the part itself does not stand on others.
type claim struct {
	name     string
	sure     string
	versions versions
	because  string
	ref      observe.Ref
}

// A sign reads claims off one answer.
type sign func(answer) []claim

// signs are all of them. Each stands for one row of FLASK.md section 2 or of the
// tables that it sums up (1.6, 1.8, 1.9), or for an answer kept in testdata.
var signs = slices.Concat(serverSigns, pageSigns, fieldSigns, werkzeugSigns)

// one makes a list of a claim that holds.
func one(holds bool, name, sure, because string) []claim {
	if !holds {
		return nil
	}
	return []claim{{name: name, sure: sure, because: because}}
}

// mostPage is how much of a body is searched for a text, in bytes: pages that
// software writes by itself are short.
const mostPage = 32 << 10

// has is true when the body holds the text near its beginning.
func (a answer) has(text string) bool {
	return bytes.Contains(a.body[:min(len(a.body), mostPage)], []byte(text))
}

// is is true when the body is that text, up to the white space around it.
func (a answer) is(text string) bool {
	return len(a.body) < mostPage && string(bytes.TrimSpace(a.body)) == text
}

func (a answer) failed() bool { return a.head.Status >= 400 }

func (a answer) http1() bool { return strings.HasPrefix(a.head.Proto, "HTTP/1") }

// named are the field names in their order, as they were written.
func (a answer) named() []string {
	all := make([]string, 0, len(a.head.Fields))
	for _, field := range a.head.Fields {
		all = append(all, field.Name)
	}
	return all
}

// lowerCase is true when every field name was written in lower case, which
// HTTP/1 servers do that took them from ASGI or from HTTP/2. What we asked for
// ourselves, "Connection", is the exception of some.
func (a answer) lowerCase() bool {
	seen := 0
	for _, name := range a.named() {
		if name != strings.ToLower(name) && !strings.EqualFold(name, "Connection") {
			return false
		}
		seen++
	}
	return seen >= 3
}

// mostShown bounds what a reason repeats of the target's text.
const mostShown = 80

// shown is a text of the target's for a reason: short, and without anything that
// a terminal would obey.
func shown(text string) string {
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, text)
	if len(plain) > mostShown {
		plain = plain[:mostShown] + "…"
	}
	return plain
}

func said(field, value string) string { return fmt.Sprintf("%s: %s", field, shown(value)) }
