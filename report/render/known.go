// What was known of findings beforehand: accepted ones, counted on one line unless
// they are asked for; acceptances whose day is past; and the baseline.

package render

import (
	"fmt"
	"strings"

	"middlebrick/report"
	"middlebrick/rule"
)

// knownBefore has no line where nothing was known.
func (v view) knownBefore() block {
	b := append(append(v.accepted(), v.expired()...), v.baseline()...)
	if len(b) == 0 {
		return nil
	}
	return append(block{blank}, b...)
}

func (v view) accepted() block {
	by, n := map[rule.Severity]int{}, 0
	for _, f := range v.Findings {
		if f.State == report.Accepted {
			by[f.Severity]++
			n++
		}
	}
	if n == 0 {
		return nil
	}
	var parts []string
	for _, s := range rule.Severities() {
		if by[s] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", by[s], s))
		}
	}
	says := fmt.Sprintf("%s (%s)", amount(n, "finding"), strings.Join(parts, ", "))
	if !v.ShowAccepted {
		return v.labelled("ACCEPTED", bold, 1, 12, says+"; --show-accepted lists them")
	}
	b := v.labelled("ACCEPTED", bold, 1, 12, says)
	for _, f := range v.Findings {
		if f.State == report.Accepted {
			b = append(b, v.acceptance(f)...)
		}
	}
	return b
}

func (v view) acceptance(f report.Finding) block {
	says := fmt.Sprintf("[%s] %s", strings.ToUpper(string(f.Severity)), f.Rule)
	if f.Where != "" {
		says += ", " + f.Where
	}
	b := v.labelled("", ordinary, 3, 3, says)
	if f.Acceptance == nil {
		return b
	}
	why := fmt.Sprintf("until %s: %s", f.Acceptance.Until, f.Acceptance.Reason)
	if f.Acceptance.By != "" {
		why += " (" + f.Acceptance.By + ")"
	}
	return append(b, v.labelled("", faint, 5, 5, why+" - "+f.Acceptance.From)...)
}

// expired has one line for each entry, however many findings it was for.
func (v view) expired() block {
	var b block
	seen := map[string]bool{}
	for _, e := range v.Expired {
		if seen[e.From+e.Rule] {
			continue
		}
		seen[e.From+e.Rule] = true
		b = append(b, v.labelled("EXPIRED", unsure, 1, 12, fmt.Sprintf("%s was accepted until %s (%s) and counts again: %s", e.Rule, e.Until, e.From, e.Reason))...)
	}
	return b
}

func (v view) baseline() block {
	if v.Baseline == nil {
		return nil
	}
	says := fmt.Sprintf("%s: %d new, %d known", v.Baseline.File, v.Baseline.New, v.Baseline.Known)
	if n := len(v.Baseline.Unknown); n > 0 {
		says += fmt.Sprintf(", %d not known this time", n)
	}
	if n := len(v.Baseline.Fixed); n > 0 {
		says += fmt.Sprintf(", %d fixed (%s); take them out: middlebrick baseline write", n, someRules(v.Baseline.Fixed))
	}
	return v.labelled("BASELINE", bold, 1, 12, says)
}

func someRules(known []report.Known) string {
	var ids []string
	seen := map[string]bool{}
	for _, k := range known {
		if !seen[k.Rule] {
			ids = append(ids, k.Rule)
		}
		seen[k.Rule] = true
	}
	shown := strings.Join(ids[:min(3, len(ids))], ", ")
	if more := len(ids) - 3; more > 0 {
		shown += fmt.Sprintf(" and %d more", more)
	}
	return shown
}
