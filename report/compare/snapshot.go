// What is kept of a report so that a later one can be compared with it: rules,
// places, facts and arithmetic, and none of the target's own text beyond them.

package compare

import (
	"slices"
	"strings"
	"time"

	"middlebrick/report"
	"middlebrick/rule"
)

// SnapshotSchema is the version that every snapshot names.
const SnapshotSchema = "middlebrick.snapshot/1"

// A Snapshot is one report, cut down. It holds no evidence, no header, no cookie
// and no query of an address, so that no secret can be in it.
type Snapshot struct {
	Schema        string        `json:"schema"`
	ID            string        `json:"id"`
	Target        string        `json:"target"` // method and address without its query
	At            time.Time     `json:"at"`
	Engine        string        `json:"engine"`
	Rules         int           `json:"rules"`
	ScoreModel    string        `json:"scoreModel"`
	Status        report.Status `json:"status"`
	Answer        string        `json:"answer"`
	Overall       *int          `json:"overall"`
	Grade         *string       `json:"letterGrade"`
	Withheld      string        `json:"withheld,omitempty"`
	Findings      []Finding     `json:"findings"`
	Passed        []string      `json:"passed"`
	NotApplicable []string      `json:"notApplicable"`
	NotTested     []Untested    `json:"notTested"`
	Checks        []Check       `json:"checks"` // those with a score
	Facts         []Fact        `json:"facts"`  // those that are known
}

// A Finding is one failure at one place.
type Finding struct {
	Rule     string        `json:"rule"`
	Where    string        `json:"where"`
	Title    string        `json:"title"`
	Severity rule.Severity `json:"severity"`
	State    string        `json:"state"`
}

// An Untested is one rule whose question got no answer.
type Untested struct {
	Rule string `json:"rule"`
	Why  string `json:"why"`
}

// A Check is one check's score with its arithmetic.
type Check struct {
	Name  string `json:"name"`
	Score *int   `json:"score"`
	Terms []Term `json:"terms"`
}

// A Term is what one rule, or "cap", takes, in points; never more than zero.
type Term struct {
	Name  string `json:"name"`
	Delta int    `json:"delta"`
}

// Take makes the snapshot of a report.
func Take(r report.Report) Snapshot {
	s := Snapshot{
		Schema: SnapshotSchema, ID: r.ID, Target: Target(r.Method, r.APIURL), At: r.CreatedAt.UTC(),
		Engine: r.Engine.Version, Rules: r.Engine.Rules, ScoreModel: r.Engine.ScoreModel,
		Status: r.Status, Answer: r.Attack.Answer, Overall: r.Overall, Grade: r.LetterGrade, Withheld: r.Withheld,
		Findings: []Finding{}, Passed: append([]string{}, r.Passed...), NotApplicable: append([]string{}, r.NotApplicable...),
		NotTested: []Untested{}, Checks: []Check{}, Facts: facts(r),
	}
	for _, f := range r.Findings {
		state := f.State
		if state == "" {
			state = "open"
		}
		s.Findings = append(s.Findings, Finding{f.Rule, plain(f.Where), f.Title, f.Severity, state})
	}
	for _, n := range r.NotTested {
		s.NotTested = append(s.NotTested, Untested{n.Rule, string(n.Reason)})
	}
	for _, c := range r.Checks {
		if c.Score != nil {
			s.Checks = append(s.Checks, Check{c.Name, c.Score, terms(c.Arithmetic)})
		}
	}
	return s
}

// Target names a target: method and address, without the address's query.
func Target(method, url string) string { return method + " " + plain(url) }

// plain is a text without the query and fragment of an address in it: that is
// where tokens are.
func plain(text string) string {
	words := strings.Split(text, " ")
	for i, word := range words {
		if at := strings.IndexAny(word, "?#"); at >= 0 {
			words[i] = word[:at]
		}
	}
	return strings.Join(words, " ")
}

// terms reads the lines of the arithmetic: "RULE (high takes 20 %)", "capped by …".
// Whatever a later version may write is a line of its own.
func terms(lines []report.Term) []Term {
	all := []Term{}
	for _, line := range lines {
		name, _, _ := strings.Cut(line.Text, " (")
		if strings.HasPrefix(line.Text, "capped") {
			name = "cap"
		}
		if line.Delta != 0 {
			all = append(all, Term{name, line.Delta})
		}
	}
	return all
}

func (s Snapshot) side() Side {
	return Side{s.ID, s.Target, s.At, s.Status, s.Engine, s.Answer, s.Overall, s.Grade, s.Withheld}
}

// today is the snapshot with rules by the names that they have today.
func (s Snapshot) today(renamed map[string]string) Snapshot {
	now := func(id string) string {
		if name := renamed[id]; name != "" {
			return name
		}
		return id
	}
	ids := func(all []string) []string {
		named := slices.Clone(all)
		for i, id := range named {
			named[i] = now(id)
		}
		return named
	}
	s.Passed, s.NotApplicable = ids(s.Passed), ids(s.NotApplicable)
	s.Findings, s.NotTested, s.Checks = slices.Clone(s.Findings), slices.Clone(s.NotTested), slices.Clone(s.Checks)
	for i := range s.Findings {
		s.Findings[i].Rule = now(s.Findings[i].Rule)
	}
	for i := range s.NotTested {
		s.NotTested[i].Rule = now(s.NotTested[i].Rule)
	}
	for i, c := range s.Checks {
		s.Checks[i].Terms = slices.Clone(c.Terms)
		for j := range c.Terms {
			s.Checks[i].Terms[j].Name = now(c.Terms[j].Name)
		}
	}
	return s
}

// outcome is what a rule came to; judged is false where it was not answered, or not
// asked at all. Of a scan that was cut short, a rule that fails at some places says
// nothing of the others.
func (s Snapshot) outcome(id string) (outcome rule.Outcome, judged bool) {
	switch {
	case slices.Contains(s.Passed, id):
		return rule.Passed, true
	case slices.Contains(s.NotApplicable, id):
		return rule.NotApplies, true
	case slices.ContainsFunc(s.Findings, func(f Finding) bool { return f.Rule == id }):
		return rule.Failed, s.Status == report.Completed
	}
	return "", false
}

// why says why a rule was not judged.
func (s Snapshot) why(id string) string {
	for _, n := range s.NotTested {
		if n.Rule == id {
			return n.Why
		}
	}
	if s.Status != report.Completed {
		return string(s.Status)
	}
	return "unasked"
}
