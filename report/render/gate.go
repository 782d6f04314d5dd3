// The last line, and the page of a target that could not be reached.

package render

import (
	"fmt"
	"strings"

	"middlebrick/observe"
)

var gateWords = map[string]string{"pass": "PASS", "fail": "FAIL", "no verdict": "NO VERDICT", "none": "none"}

var gateStyles = map[string]style{"pass": good, "fail": bad, "no verdict": unsure, "none": ordinary}

// gate says what the gate came to, why, and with which code the program ends.
func (v view) gate() block {
	says := strings.Join(v.Gate.Reasons, "; ")
	exit := fmt.Sprintf("exit %d", v.Gate.Exit)
	word := gateWords[v.Gate.Outcome]
	first := row{{" GATE  ", bold}, {word, gateStyles[v.Gate.Outcome]}}
	used := first.columns(v.Screen)
	if used+2+columns(v.Escape(says))+3+len(exit) <= v.width() {
		fill := max(3, v.width()-used-2-columns(v.Escape(says))-len(exit))
		return block{append(first, span{"  " + says, ordinary}, span{strings.Repeat(" ", fill) + exit, bold})}
	}
	first = append(first, span{strings.Repeat(" ", max(2, v.width()-used-len(exit))) + exit, bold})
	return append(block{first}, v.labelled("", ordinary, 7, 7, says)...)
}

// unreached is the page of a scan that judged nothing: what happened, what is
// not the cause, what to try.
func (v view) unreached() block {
	b := v.labelled("NO GRADE", unsure, 1, 12, "The scan could not reach the API, so nothing was judged.")
	b = append(b, blank)
	what := v.ErrorMessage
	if what == "" {
		what = v.Withheld
	}
	b = append(b, v.labelled("What happened", bold, 1, 17, what)...)
	if n := len(v.Target.Addresses); n > 0 {
		not := fmt.Sprintf("the name: it leads to %s (%s)", amount2(n, "address", "addresses"), strings.Join(v.Target.Addresses, ", "))
		b = append(b, v.labelled("Not the cause", bold, 1, 17, not)...)
	}
	b = append(append(b, blank), v.tries()...)
	if v.All {
		b = append(b, v.notTested()...)
	}
	return b
}

// tries are commands to copy, each on its own line and never wrapped; which ones
// follows from why there was no answer.
func (v view) tries() block {
	b := v.try("Try", "curl -v "+quoteShell(v.APIURL), "from this same machine")
	why := observe.Timeout
	if len(v.NotTested) > 0 {
		why = v.NotTested[0].Reason
	}
	switch why {
	case observe.Unnamed:
		return append(b, v.try("", fmt.Sprintf("--resolve %s:%d:ADDRESS", v.Target.Host, v.Target.Port), "if the name is not in DNS yet")...)
	case observe.Refused:
		return append(b, v.try("", "--https-port N, --http-port N", "if it listens on another port")...)
	}
	return append(b, v.try("", "--timeout 120s", "if the service is slow to wake")...)
}

func (v view) try(label, command, when string) block {
	b := block{{{" " + pad(label, 16), bold}, {command, ordinary}}}
	return append(b, v.labelled("", ordinary, 19, 19, when)...)
}

func amount2(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// quoteShell makes one word of a text for a POSIX shell.
func quoteShell(text string) string {
	if strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:/.-_~%@+=,[]") == "" {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
