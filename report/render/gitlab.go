// GitLab's Code Quality report, which every tier shows in a merge request.

package render

import (
	"middlebrick/report"
	"middlebrick/rule"
)

type (
	qualityIssue struct {
		Description string          `json:"description"`
		Check       string          `json:"check_name"`
		Fingerprint string          `json:"fingerprint"`
		Severity    string          `json:"severity"`
		Location    qualityLocation `json:"location"`
	}
	qualityLocation struct {
		Path  string       `json:"path"`
		Lines qualityLines `json:"lines"`
	}
	qualityLines struct {
		Begin int `json:"begin"` // from 1
	}
)

var qualitySeverities = map[rule.Severity]string{rule.Critical: "blocker", rule.High: "critical", rule.Medium: "major", rule.Low: "minor", rule.Info: "info"}

// codeQuality has one issue for every finding that counts. Of two with the same
// fingerprint GitLab would show the first alone.
func codeQuality(r report.Report, o Options) ([]byte, error) {
	findings, at := counted(r), o.place(r)
	ids, issues := fingerprints(findings), []qualityIssue{}
	for i, f := range findings {
		severity, known := qualitySeverities[f.Severity]
		if !known {
			severity = "major"
		}
		says := orElse(said(f.Title, 200), ruleName(f))
		if f.Description != "" {
			says += ": " + said(f.Description, 800)
		}
		issues = append(issues, qualityIssue{says, ruleName(f), ids[i], severity, qualityLocation{at.File, qualityLines{max(1, at.Line)}}})
	}
	return Value(issues)
}

// ruleName is the rule's id, never empty.
func ruleName(f report.Finding) string { return orElse(said(f.Rule, 120), "unknown") }
