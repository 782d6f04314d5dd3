// SARIF 2.1.0, as code scanning of GitHub takes it: a finding of a scan has no
// source file, so it stands at the line that declares the target, or at a path
// made of its address. What was not answered is a notification and no result.

package render

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"middlebrick/report"
	"middlebrick/rule"
)

const (
	sarifSchema = "https://json.schemastore.org/sarif-2.1.0.json"
	// mostResults is what GitHub takes of one run.
	mostResults = 25_000
	// ownFingerprint is the name under which a result carries the finding's id.
	ownFingerprint = "middlebrickFinding/v1"
	// lineHash is the one name that GitHub looks at. Of a real file its own upload
	// step computes it.
	lineHash = "primaryLocationLineHash"
)

type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool        sarifTool         `json:"tool"`
		Automation  sarifAutomation   `json:"automationDetails"`
		Invocations []sarifInvocation `json:"invocations"`
		Results     []sarifResult     `json:"results"`
		Properties  sarifSummary      `json:"properties"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name       string         `json:"name"`
		Version    string         `json:"version,omitempty"`
		Rules      []sarifRule    `json:"rules"`
		Properties map[string]any `json:"properties"`
	}
	sarifText struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown,omitempty"`
	}
	sarifRule struct {
		ID         string          `json:"id"`
		Short      sarifText       `json:"shortDescription"`
		Full       sarifText       `json:"fullDescription"`
		Default    sarifLevel      `json:"defaultConfiguration"`
		HelpURI    string          `json:"helpUri,omitempty"`
		Help       sarifText       `json:"help"`
		Properties sarifRuleExtras `json:"properties"`
	}
	sarifLevel struct {
		Level string `json:"level"`
	}
	sarifRuleExtras struct {
		Tags      []string `json:"tags"`
		Precision string   `json:"precision,omitempty"`
		Severity  string   `json:"security-severity,omitempty"`
	}
	sarifAutomation struct {
		ID string `json:"id"`
	}
	sarifInvocation struct {
		Successful    bool                `json:"executionSuccessful"`
		Exit          *int                `json:"exitCode,omitempty"`
		Start         string              `json:"startTimeUtc,omitempty"`
		End           string              `json:"endTimeUtc,omitempty"`
		Notifications []sarifNotification `json:"toolExecutionNotifications"`
	}
	sarifNotification struct {
		Descriptor sarifReference  `json:"descriptor"`
		Level      string          `json:"level"`
		Message    sarifText       `json:"message"`
		Rule       *sarifReference `json:"associatedRule,omitempty"`
	}
	sarifReference struct {
		ID    string `json:"id"`
		Index *int   `json:"index,omitempty"`
	}
	sarifResult struct {
		Rule         string            `json:"ruleId"`
		Index        int               `json:"ruleIndex"`
		Level        string            `json:"level"`
		Message      sarifText         `json:"message"`
		Locations    []sarifLocation   `json:"locations"`
		Fingerprints map[string]string `json:"partialFingerprints"`
		Baseline     string            `json:"baselineState,omitempty"`
		Properties   map[string]any    `json:"properties"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
		EndLine     int `json:"endLine"`
		EndColumn   int `json:"endColumn"`
	}
	sarifSummary struct {
		Answer     string   `json:"answer"`
		Overall    *int     `json:"overall"`
		Grade      *string  `json:"letterGrade"`
		Gate       string   `json:"gate"`
		Reasons    []string `json:"gateReasons"`
		Ran        int      `json:"rulesAnswered"`
		Planned    int      `json:"rulesPlanned"`
		NotTested  int      `json:"rulesNotTested"`
		Accepted   int      `json:"acceptedFindings"`
		ScanStatus string   `json:"status"`
	}
)

// sarifLevels are SARIF's words for our severities, and securitySeverities the
// numbers by which GitHub sorts: above 9 critical, from 7 high, from 4 medium.
// What is info is no security alert and has none.
var (
	sarifLevels        = map[rule.Severity]string{rule.Critical: "error", rule.High: "error", rule.Medium: "warning", rule.Low: "note", rule.Info: "note"}
	securitySeverities = map[rule.Severity]string{rule.Critical: "9.5", rule.High: "8.0", rule.Medium: "5.5", rule.Low: "2.0"}
)

func sarifLevelOf(s rule.Severity) string {
	if level, known := sarifLevels[s]; known {
		return level
	}
	return "warning"
}

// sarif is one log with one run.
func sarif(r report.Report, o Options) ([]byte, error) {
	s := sarifWriter{r: r, o: o, index: map[string]int{}, rules: []sarifRule{}}
	findings := counted(r)
	accepted := len(r.Findings) - len(findings)
	omitted := max(0, len(findings)-mostResults)
	results := s.results(findings[:len(findings)-omitted])
	run := sarifRun{
		Automation:  sarifAutomation{"middlebrick/" + slug(r) + "/" + percent(atMost(r.ID, 64))},
		Invocations: []sarifInvocation{s.invocation(omitted)},
		Results:     results,
		Properties: sarifSummary{
			Answer: said(r.Attack.Answer, 20), Overall: r.Overall, Grade: r.LetterGrade, Gate: gateWord(o.Gate), Reasons: []string{},
			Ran: r.Coverage.Ran, Planned: r.Coverage.Planned, NotTested: len(r.NotTested), Accepted: accepted, ScanStatus: said(string(r.Status), 20),
		},
	}
	if r.LetterGrade != nil {
		grade := said(*r.LetterGrade, 2)
		run.Properties.Grade = &grade
	}
	if o.Gate != nil {
		for _, reason := range o.Gate.Reasons {
			run.Properties.Reasons = append(run.Properties.Reasons, said(reason, 300))
		}
	}
	run.Tool.Driver = sarifDriver{
		Name: "middlebrick", Version: said(r.Engine.Version, 40), Rules: s.rules,
		Properties: map[string]any{"scoreModel": said(r.Engine.ScoreModel, 40), "rules": r.Engine.Rules},
	}
	return Value(sarifLog{sarifSchema, "2.1.0", []sarifRun{run}})
}

// sarifWriter collects the rules as results and notifications name them.
type sarifWriter struct {
	r     report.Report
	o     Options
	index map[string]int
	rules []sarifRule
}

// rule is the index of the rule's description, which is written when it is first
// named.
func (s *sarifWriter) rule(id string) int {
	if at, ok := s.index[id]; ok {
		return at
	}
	s.index[id] = len(s.rules)
	s.rules = append(s.rules, s.describe(id))
	return s.index[id]
}

// describe tells of a rule what GitHub shows. Its severity is the worst that this
// run found, for the attack paths may have raised or lowered it.
func (s *sarifWriter) describe(id string) sarifRule {
	meta, doc, known := s.o.Explain.explain(id)
	worst, title, cwe, proven := meta.Severity, meta.Title, meta.CWE, true
	var found []report.Finding
	for _, f := range s.r.Findings {
		if f.Rule == id && f.State != report.Accepted {
			found = append(found, f)
		}
	}
	for i, f := range found {
		if i == 0 || f.Severity.AtLeast(worst) {
			worst = f.Severity
		}
		proven = proven && len(f.Evidence) > 0
	}
	if !known && len(found) > 0 {
		title = found[0].Title
		for _, number := range found[0].CWE {
			cwe = append(cwe, rule.CWE(number))
		}
	}
	out := sarifRule{ID: said(id, 120), Default: sarifLevel{sarifLevelOf(worst)}}
	out.Short = sarifText{Text: orElse(plainMessage(title, 200), out.ID)}
	out.Full = sarifText{Text: orElse(plainMessage(doc.Opening, 1000), out.Short.Text)}
	out.Help = sarifText{Text: out.Full.Text + " More: middlebrick explain " + out.ID}
	if known {
		out.Help = sarifText{string(Rule(meta, doc, Screen{Width: 100})), ruleMarkdown(meta, doc)}
		out.HelpURI = pageOf(s.o.Pages, id)
	}
	out.Properties = sarifRuleExtras{Tags: tags(worst, cwe, meta), Precision: "high", Severity: securitySeverities[worst]}
	if proven && len(found) > 0 {
		out.Properties.Precision = "very-high"
	}
	return out
}

// pageOf is the address of a rule's page; "" where there are no pages.
func pageOf(pages, id string) string {
	if !webAddress(pages) {
		return ""
	}
	return strings.TrimSuffix(pages, "/") + "/" + percent(id)
}

func tags(worst rule.Severity, weaknesses []rule.CWE, meta rule.Meta) []string {
	out := []string{}
	if securitySeverities[worst] != "" {
		out = append(out, "security")
	}
	for _, cwe := range weaknesses[:min(len(weaknesses), 6)] {
		out = append(out, fmt.Sprintf("external/cwe/cwe-%03d", int(cwe)))
	}
	if meta.OWASP != "" {
		out = append(out, "external/owasp/"+strings.ToLower(strings.ReplaceAll(string(meta.OWASP), ":", "-")))
	}
	slices.Sort(out[min(1, len(out)):])
	return slices.Compact(out)
}

func (s *sarifWriter) results(findings []report.Finding) []sarifResult {
	out := make([]sarifResult, 0, len(findings))
	at := s.o.place(s.r)
	pseudo := at.File == address(s.r)
	ids := fingerprints(findings)
	for i, f := range findings {
		result := sarifResult{
			Rule: said(f.Rule, 120), Index: s.rule(f.Rule), Level: sarifLevelOf(f.Severity),
			Message:      sarifText{Text: s.message(f)},
			Locations:    []sarifLocation{{sarifPhysical{sarifArtifact{pathURI(at.File, pseudo)}, sarifRegion{at.Line, 1, at.Line, 2}}}},
			Fingerprints: map[string]string{ownFingerprint: ids[i]},
			Properties:   map[string]any{"severity": said(string(f.Severity), 20), "where": said(f.Where, 500)},
		}
		if pseudo {
			result.Fingerprints[lineHash] = longDigest(ids[i]) + ":1"
		}
		if s.r.Baseline != nil {
			result.Baseline = baselineStates[f.New]
		}
		out = append(out, result)
	}
	return out
}

var baselineStates = map[bool]string{true: "new", false: "unchanged"}

// pathURI is a path as a relative reference. The pseudo path is one already.
func pathURI(path string, ready bool) string {
	if ready {
		return path
	}
	var segments []string
	for segment := range strings.SplitSeq(path, "/") {
		segments = append(segments, percent(segment))
	}
	return strings.Join(segments, "/")
}

// message is what was seen, where, and how to see it again.
func (s *sarifWriter) message(f report.Finding) string {
	says := f.Description
	if f.Where != "" {
		says += " (" + f.Where + ")"
	}
	says += ". Target: " + s.r.Method + " " + s.r.APIURL + "."
	if f.Because != "" {
		says += " Rated " + string(f.Severity) + ", not " + string(f.Base) + ": " + f.Because + "."
	}
	if len(f.Reproduce) > 0 {
		says += " To see it again: " + f.Reproduce[0]
	}
	return plainMessage(says, 2000)
}

// embedded is what a reader of SARIF would take for a link (section 3.11.6), and
// placeholder what it would fill in (section 3.11.5).
var (
	embedded    = regexp.MustCompile(`\]\(`)
	placeholder = regexp.MustCompile(`\{([0-9]+)\}`)
)

// plainMessage is a text as SARIF wants it in a plain message: no link and no
// placeholder can come from it.
func plainMessage(text string, most int) string {
	text = said(text, most)
	if embedded.MatchString(text) {
		text = strings.NewReplacer("[", `\[`, "]", `\]`).Replace(text)
	}
	if placeholder.MatchString(text) {
		text = strings.NewReplacer("{", "{{", "}", "}}").Replace(text)
	}
	return text
}

func (s *sarifWriter) invocation(omitted int) sarifInvocation {
	run := sarifInvocation{
		Successful: s.r.Status == report.Completed, Start: sarifTime(s.r.CreatedAt), End: sarifTime(s.r.CompletedAt),
		Notifications: []sarifNotification{},
	}
	if s.o.Gate != nil {
		exit := s.o.Gate.Exit
		run.Exit = &exit
	}
	tell := func(kind, level, text string, about *sarifReference) {
		run.Notifications = append(run.Notifications, sarifNotification{sarifReference{ID: kind}, level, sarifText{Text: plainMessage(text, 1000)}, about})
	}
	if s.r.Status != report.Completed {
		tell("scan-"+percent(string(s.r.Status)), "error", orElse(s.r.ErrorMessage, orElse(s.r.Withheld, "the scan did not come to its end")), nil)
	}
	if omitted > 0 {
		tell("results-omitted", "warning", strconv.Itoa(omitted)+" more findings are not in this file, which holds 25,000 at the most", nil)
	}
	for _, n := range s.r.NotTested {
		at := s.rule(n.Rule)
		about := &sarifReference{said(n.Rule, 120), &at}
		tell("inconclusive-"+percent(string(n.Reason)), "warning", n.Rule+" was not answered: "+orElse(n.Detail, string(n.Reason)), about)
	}
	return run
}

func sarifTime(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format("2006-01-02T15:04:05Z")
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}
