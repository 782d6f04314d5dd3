// The reports of many targets: one compact line of JSON for each, and a last line
// that sums them up.

package render

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"

	"middlebrick/observe"
	"middlebrick/report"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

// ListSchema is the version that the last line names.
const ListSchema = "middlebrick.list/1"

// A ListLine is one target's report, without what can be had from its recording
// or from the rules' own pages.
type ListLine struct {
	Kind         string          `json:"kind"` // "report"
	Line         int             `json:"line"` // of the list
	Key          string          `json:"key"`  // host:port, by which a target is known to be finished
	URL          string          `json:"apiUrl"`
	ID           string          `json:"id"`
	Status       report.Status   `json:"status"`
	Exit         int             `json:"exit"`    // what a scan of this target alone would end with
	Outcome      string          `json:"outcome"` // of the gate
	Reasons      []string        `json:"reasons"`
	ErrorMessage string          `json:"errorMessage,omitempty"`
	Answer       string          `json:"answer"`
	Sentence     string          `json:"sentence"`
	Overall      *int            `json:"overall"`
	LetterGrade  *string         `json:"letterGrade"`
	CappedBy     *string         `json:"cappedBy"`
	Withheld     string          `json:"withheld,omitempty"`
	Coverage     report.Coverage `json:"coverage"`
	Categories   map[string]int  `json:"categories"` // those that were assessed
	Address      string          `json:"address"`
	Stack        []string        `json:"stack"`
	Versions     []string        `json:"versions"` // accepted, the newest first
	Findings     []ListFinding   `json:"findings"`
	NotTested    []string        `json:"notTested"` // rules
	CreatedAt    time.Time       `json:"createdAt"`
	CompletedAt  time.Time       `json:"completedAt"`
	Cost         observe.Cost    `json:"cost"`
	Recording    string          `json:"recording,omitempty"` // the file
	Report       *report.Report  `json:"report,omitempty"`    // the whole of it, where it was asked for
}

// A ListFinding is one failure at one place.
type ListFinding struct {
	ID          string        `json:"id"`
	Rule        string        `json:"rule"`
	Severity    rule.Severity `json:"severity"`
	Where       string        `json:"where,omitempty"`
	Description string        `json:"description"`
}

// ListLineOf makes the line of a report.
func ListLineOf(line int, key string, r report.Report, gate Gate) ListLine {
	l := ListLine{
		Kind: "report", Line: line, Key: key, URL: r.APIURL, ID: r.ID, Status: r.Status, Exit: gate.Exit, Outcome: gate.Outcome, Reasons: []string{},
		ErrorMessage: r.ErrorMessage, Answer: r.Attack.Answer, Sentence: r.Attack.Sentence, Overall: r.Overall, LetterGrade: r.LetterGrade,
		CappedBy: r.CappedBy, Withheld: r.Withheld, Coverage: r.Coverage, Categories: map[string]int{}, Address: r.Target.Pinned,
		Stack: []string{}, Versions: []string{}, Findings: []ListFinding{}, NotTested: []string{},
		CreatedAt: r.CreatedAt, CompletedAt: r.CompletedAt, Cost: r.Cost,
	}
	if gate.Exit != 0 {
		l.Reasons = append(l.Reasons, gate.Reasons...)
	}
	for name, score := range r.Categories {
		if score != nil {
			l.Categories[name] = *score
		}
	}
	for _, part := range r.Target.Stack {
		name := part.Name
		if part.Version != "" {
			name += " " + part.Version
		}
		l.Stack = append(l.Stack, name)
	}
	for _, version := range slices.Backward(tlshello.Versions()) {
		if r.TLS != nil && r.TLS.Versions[version].Accepted() {
			l.Versions = append(l.Versions, version.String())
		}
	}
	for _, f := range r.Findings {
		l.Findings = append(l.Findings, ListFinding{f.ID, f.Rule, f.Severity, f.Where, f.Description})
	}
	for _, n := range r.NotTested {
		l.NotTested = append(l.NotTested, n.Rule)
	}
	return l
}

// A ListError is a line of the list that is no target, a target that was listed
// before, or one on which we broke.
type ListError struct {
	Kind  string `json:"kind"` // "bad", "duplicate", "error"
	Line  int    `json:"line"`
	Text  string `json:"text"`
	First int    `json:"first,omitempty"` // the line that listed it first; absent where an earlier run has finished it
	Error string `json:"error"`
}

// A ListSummary is the last line.
type ListSummary struct {
	Kind       string         `json:"kind"` // "summary"
	Schema     string         `json:"schema"`
	Engine     string         `json:"engine"`
	Status     report.Status  `json:"status"`
	Exit       int            `json:"exit"`
	Lines      int            `json:"lines"`      // of the list that were read
	Scanned    int            `json:"scanned"`    // in this run
	Resumed    int            `json:"resumed"`    // finished by an earlier run
	Duplicates int            `json:"duplicates"` // listed before
	Bad        int            `json:"bad"`        // no target
	Errors     int            `json:"errors"`     // on which we broke
	Exits      map[int]int    `json:"exits"`      // exit code → targets, earlier runs included
	Grades     map[string]int `json:"grades"`     // of this run; "none" where there is no score
	Answers    map[string]int `json:"answers"`    // of this run
	InFlight   int            `json:"inFlight"`
	Seconds    float64        `json:"seconds"`
}

// Line is a document as one line of JSON, made harmless, with its line end.
func Line(v any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	return harmless(out.Bytes()), nil
}
