// One rule, asked again: is it mended?

package render

import (
	"fmt"
	"time"

	"middlebrick/report"
	"middlebrick/rule"
)

// A Verified is what one rule came to on one target.
type Verified struct {
	Schema      string           `json:"schema"` // "middlebrick.verify/1"
	Rule        string           `json:"rule"`
	Title       string           `json:"title"`
	APIURL      string           `json:"apiUrl"`
	At          time.Time        `json:"at"`
	Outcome     rule.Outcome     `json:"outcome"`
	Answer      string           `json:"answer"` // "fixed", "open" or "unknown"
	Why         string           `json:"why,omitempty"`
	Findings    []report.Finding `json:"findings"`
	Exit        int              `json:"exit"`
	Connections int              `json:"connections"`
	Requests    int              `json:"requests"`
	DurationMS  int64            `json:"durationMs"`
}

var verifiedWords = map[string]struct {
	word  string
	style style
}{"fixed": {"FIXED", good}, "open": {"STILL THERE", bad}, "unknown": {"NOT KNOWN", unsure}}

// Verify is the page of one rule that was asked again: the answer, what was seen,
// the fix where it is still wanted, and a command that shows it.
func Verify(seen Verified, s Screen) []byte {
	v := view{Options: Options{Screen: s.laid(), All: true}}
	word := verifiedWords[seen.Answer]
	b := block{{{" " + word.word, word.style}, {"  " + seen.Rule, bold}}}
	b = append(b, v.labelled("", ordinary, 1, 1, seen.Title)...)
	took := time.Duration(seen.DurationMS) * time.Millisecond
	b = append(b, v.labelled("", ordinary, 1, 1, fmt.Sprintf("%s  %s  %.1f s  %s", seen.APIURL, seen.At.UTC().Format(minutes), took.Seconds(), amount(seen.Connections, "connection")))...)
	b = append(b, blank)
	if seen.Why != "" {
		b = append(b, v.field("Because", seen.Why)...)
	}
	for _, f := range seen.Findings {
		b = append(b, v.field("Saw", v.saw(f))...)
	}
	if len(seen.Findings) > 0 {
		f := seen.Findings[0]
		b = append(b, v.field("Means", v.means(f))...)
		b = append(b, v.fix(f)...)
		b = append(b, v.reproduce(f)...)
	}
	return v.bytes(b)
}
