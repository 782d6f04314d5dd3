// The gate: what a report must come to for the program to end with 0. Pure; the
// format of the output never changes it.

package cli

import (
	"fmt"
	"slices"
	"strings"

	"middlebrick/policy"
	"middlebrick/report"
	"middlebrick/report/render"
	"middlebrick/rule"
)

// gate is what the user asked for. The zero gate passes every report that has a
// verdict.
type gate struct {
	threshold   *int           // of the overall score
	checks      []checkMinimum // of single checks
	failOn      rule.Severity  // "": none
	minCoverage *int           // percent
	policies    []policy.Policy
	known       known
}

type checkMinimum struct {
	check   string // display name
	minimum int
}

func (g gate) set() bool {
	return g.threshold != nil || len(g.checks) > 0 || g.failOn != "" || g.minCoverage != nil || len(g.policies) > 0 || g.known.baseline != nil
}

// order is which exit code wins when several apply.
var order = []int{exitBroken, exitUsage, exitNoVerdict, exitFailed, exitPassed}

func worst(codes ...int) int {
	for _, code := range order {
		if slices.Contains(codes, code) {
			return code
		}
	}
	return exitPassed
}

// judge holds the report to the gate. A score that is missing never passes, and
// neither does a scan that was not complete.
func (g gate) judge(r report.Report) render.Gate {
	var all []clause
	all = append(all, complete(r)...)
	overall, checks, beside := scored(r)
	if g.threshold != nil {
		all = append(all, compare("score"+beside, overall, *g.threshold))
	}
	for _, c := range g.checks {
		all = append(all, compare(c.check+beside, checks[c.check], c.minimum))
	}
	if least := g.least(r); least != "" {
		all = append(all, severity(r, least))
	}
	if g.minCoverage != nil {
		all = append(all, coverage(r.Coverage, *g.minCoverage))
	}
	for _, held := range r.Policies {
		all = append(all, obeyed(held))
	}
	return g.sum(all)
}

// clause is one part of the judgement.
type clause struct {
	exit int
	says string
}

// sum is the worst clause's exit with the clauses that led there, or all of them
// when the gate passed.
func (g gate) sum(all []clause) render.Gate {
	exit := exitPassed
	for _, c := range all {
		exit = worst(exit, c.exit)
	}
	out := render.Gate{Outcome: outcomes[exit], Exit: exit, Reasons: []string{}}
	for _, c := range all {
		if c.exit != exitPassed || exit == exitPassed {
			out.Reasons = append(out.Reasons, c.says)
		}
	}
	if exit == exitPassed && !g.set() {
		out.Outcome = "none"
		out.Reasons = []string{"set one with --threshold 80 or --fail-on high"}
	}
	return out
}

var outcomes = map[int]string{exitPassed: "pass", exitFailed: "fail", exitNoVerdict: "no verdict"}

func complete(r report.Report) []clause {
	switch {
	case r.Status == report.Failed:
		return []clause{{exitNoVerdict, "the target could not be reached"}}
	case r.Status == report.Interrupted:
		return []clause{{exitNoVerdict, "the scan did not come to its end"}}
	case r.Overall == nil:
		return []clause{{exitNoVerdict, "no score was given: " + because(r.Withheld)}}
	}
	return nil
}

func because(withheld string) string {
	if withheld == "" {
		return "too little could be looked at"
	}
	return withheld
}

func compare(what string, score *int, minimum int) clause {
	switch {
	case score == nil:
		return clause{exitNoVerdict, fmt.Sprintf("%s has no score to hold against threshold %d", what, minimum)}
	case *score < minimum:
		return clause{exitFailed, fmt.Sprintf("%s %d < threshold %d", what, *score, minimum)}
	}
	return clause{exitPassed, fmt.Sprintf("%s %d >= threshold %d", what, *score, minimum)}
}

// severity looks at open findings alone: an accepted one has left the gate, and so
// has one of the baseline. A severity that this version does not know counts as bad
// enough.
func severity(r report.Report, least rule.Severity) clause {
	var rules []string
	for _, f := range r.Findings {
		bad := f.Severity.AtLeast(least) || !f.Severity.Known()
		if bad && counts(r, f) && !slices.Contains(rules, f.Rule) {
			rules = append(rules, f.Rule)
		}
	}
	kind := ""
	if r.Baseline != nil {
		kind = "new "
	}
	if len(rules) == 0 {
		says := fmt.Sprintf("no %sfinding is %s or worse", kind, least)
		if n := len(r.NotTested); n > 0 {
			says += fmt.Sprintf(" (%d rules not tested)", n)
		}
		return clause{exitPassed, says}
	}
	shown := strings.Join(rules[:min(3, len(rules))], ", ")
	if more := len(rules) - 3; more > 0 {
		shown += fmt.Sprintf(" and %d more", more)
	}
	return clause{exitFailed, fmt.Sprintf("%s%s or worse: %s", kind, least, shown)}
}

// coverage compares without rounding: 99.9 % is not 100 %.
func coverage(c report.Coverage, minimum int) clause {
	says := fmt.Sprintf("%d of %d rules answered", c.Ran, c.Planned)
	if c.Planned == 0 && minimum > 0 || c.Ran*100 < minimum*c.Planned {
		return clause{exitNoVerdict, fmt.Sprintf("%s, less than %d %%", says, minimum)}
	}
	return clause{exitPassed, fmt.Sprintf("%s, at least %d %%", says, minimum)}
}
