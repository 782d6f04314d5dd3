// Command scoring writes docs/scoring.md from the tables that the score is made
// of: run by go generate ./scan.
package main

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"sort"

	"middlebrick/checks"
	"middlebrick/rule"
	"middlebrick/score"
)

const opening = `# How the score comes about

Generated from the tables in score and checks by ` + "`go generate ./scan`" + `; model %s. Every report names its model, and shows the arithmetic line by line (` + "`scan --format json`, `checks[].arithmetic`" + `).

## One check

A check starts at 100. Each failed rule takes a share of what is left, so that no failure is free because others came first, and no mend is worthless:

| severity | takes |
|---|---|
`

const caps = `
Severities are those after the attack paths have been looked at: the same cookie without Secure is worth little on a host that browsers never ask over http, and much where they do.

Then caps. A failed rule of this table holds the check's score inside of a band: at its low end when nothing else is right, at its high end when all else is. With several, the lowest counts. The score is low + (high - low) × (what was left) / 100.

| rule | band | from severity |
|---|---|---|
`

const doubt = `
## What was not looked at

Four outcomes: passed, failed, not applicable, inconclusive. Inconclusive neither adds nor takes; it lowers the coverage. A check has no score when fewer than two thirds of its rules were answered, or when a rule of the table above is inconclusive and its band lies below the score. A scan that could not look does not earn an A. A check of which no rule applies has no score and no weight; one that this version does not implement neither.

## The overall score

The mean of the checks that were assessed, weighted:

| check | weight |
|---|---|
`

func main() {
	log.SetFlags(0)
	log.SetPrefix("scoring: ")
	var out bytes.Buffer
	fmt.Fprintf(&out, opening, score.Model)
	for _, s := range rule.Severities() {
		fmt.Fprintf(&out, "| %s | %d %% |\n", s, score.Share(s))
	}
	out.WriteString(caps)
	for _, r := range capped() {
		fmt.Fprintf(&out, "| %s | %d–%d | %s |\n", r.ID, r.Cap.Low, r.Cap.High, r.Cap.From)
	}
	out.WriteString(doubt)
	for _, c := range checks.All() {
		fmt.Fprintf(&out, "| %s | %d |\n", c.Name, c.Weight)
	}
	fmt.Fprintf(&out, "\nThen caps: an open critical finding at %d, \"yes, someone in the middle can read or change this\" at %d, an open high finding at %d.\n",
		score.CapCritical, score.CapReadable, score.CapHigh)
	out.WriteString("\n## Grades\n\n| grade | from |\n|---|---|\n")
	for _, l := range score.Letters() {
		fmt.Fprintf(&out, "| %s | %d |\n", l.Grade, l.From)
	}
	out.WriteString(example())
	if err := os.WriteFile("../docs/scoring.md", out.Bytes(), 0o644); err != nil {
		log.Fatal(err)
	}
}

// capped are the rules with a cap, the lowest bands first.
func capped() []rule.Rule {
	all := []rule.Rule{}
	for _, r := range checks.Rules() {
		if !r.Cap.None() {
			all = append(all, r)
		}
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].Cap.High < all[j].Cap.High })
	return all
}

// example works one score out with the code itself.
func example() string {
	results := []rule.Result{}
	for _, id := range []string{"encryption.plainhttp", "encryption.hstsmissing", "encryption.suitestatickey", "encryption.notls13"} {
		r, _ := checks.Find(id)
		results = append(results, rule.Result{Meta: r.Meta, Verdict: rule.Failf("example"), Severity: r.Severity})
	}
	text := "\n## An example, worked out\n\nAn API behind nginx that also answers over plain HTTP, without HSTS, without forward secrecy and without TLS 1.3:\n\n| line | points | score |\n|---|---|---|\n"
	for _, t := range score.Of(results).Terms() {
		text += fmt.Sprintf("| %s | %+d | %d |\n", t.Text, t.Delta, t.Score)
	}
	return text
}
