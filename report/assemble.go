// How verdicts become the document.

package report

import (
	"slices"
	"sort"
	"strings"

	"middlebrick/attack"
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/score"
)

// A Category is one of the twelve checks, as the catalogue has it.
type Category struct {
	Folder, Key, Name string
	Weight            int
	Implemented       bool
}

// Catalogue is what the document needs to know beside recording and verdicts.
type Catalogue struct {
	Engine     string // version
	Categories []Category
	Doc        func(id string) (rule.Doc, bool)
	Needs      func(id string) []string // the observations that a rule is a function of
}

// Assemble makes the report of one recording from the verdicts on it. It is a
// pure function: the same recording and rules give the same bytes.
func Assemble(rec *observe.Recording, results []rule.Result, cat Catalogue) Report {
	sortByID(results)
	j := judged(rec, results, cat)
	head := rec.Header
	r := Report{
		Schema: Schema, ID: head.ID, Status: Completed, APIURL: head.Target.URL, Method: head.Target.Method,
		CreatedAt: head.Started, CompletedAt: head.Started,
		Engine:     Engine{Version: cat.Engine, Rules: len(results), ScoreModel: score.Model},
		Target:     targetOf(rec),
		Categories: map[string]*int{}, Findings: []Finding{}, NotTested: []NotTested{}, Passed: []string{}, NotApplicable: []string{},
		TLS: tlsOf(rec), HSTS: seen(rec, observe.SecureHSTS), Data: dataOf(rec),
	}
	if rec.End != nil {
		r.CompletedAt, r.Cost = rec.End.Finished, rec.End.Cost
	}
	r.status(rec, j.attack)
	r.verdicts(rec, j, cat)
	r.scores(j, cat)
	r.beside(rec, j.results)
	r.Road = []Step{}
	if r.Overall != nil {
		r.Road = road(rec, results, cat, *r.Overall)
	}
	return r
}

func sortByID(results []rule.Result) {
	slices.SortStableFunc(results, func(a, b rule.Result) int { return strings.Compare(a.Meta.ID, b.Meta.ID) })
}

// judgement is everything that follows from a set of verdicts, which are sorted by
// id.
type judgement struct {
	results []rule.Result
	attack  attack.Assessment
	parts   []score.Part
	total   score.Total
}

func judged(rec *observe.Recording, results []rule.Result, cat Catalogue) judgement {
	var j judgement
	j.judge(rec, results, cat)
	return j
}

// judge judges anew, in the room of the judgement before.
func (j *judgement) judge(rec *observe.Recording, results []rule.Result, cat Catalogue) {
	j.attack = attack.Of(rec, results)
	j.results = j.attack.ApplyTo(j.results, results)
	j.parts = j.parts[:0]
	for _, c := range cat.Categories {
		part := score.Part{Weight: c.Weight, Results: ofCheck(j.results, c.Folder)}
		if len(part.Results) > 0 {
			part.Score = score.Of(part.Results)
		}
		j.parts = append(j.parts, part)
	}
	j.total = score.Overall(j.parts, j.attack.Answer == attack.Yes)
}

// ofCheck are the results of one check. Sorted by id they stand together, between
// its name with a dot and its name with the character that follows the dot.
func ofCheck(results []rule.Result, folder string) []rule.Result {
	from := sort.Search(len(results), func(i int) bool { return results[i].Meta.ID >= folder+"." })
	to := sort.Search(len(results), func(i int) bool { return results[i].Meta.ID >= folder+"/" })
	return results[from:to:to]
}

func (r *Report) status(rec *observe.Recording, a attack.Assessment) {
	r.Attack = Attack{Answer: string(a.Answer), Sentence: a.Sentence, Paths: []Path{}}
	for _, p := range a.Paths {
		r.Attack.Paths = append(r.Attack.Paths, Path{p.Name, string(p.Holds), p.Because, p.Rules})
	}
	if _, _, gap := observe.Get(rec, observe.Ports); gap != nil {
		r.Status, r.ErrorMessage = Failed, gap.String()
	}
	if rec.End == nil || rec.End.Interrupted {
		r.Status = Interrupted
	}
}

func (r *Report) verdicts(rec *observe.Recording, j judgement, cat Catalogue) {
	names := map[string]string{}
	for _, c := range cat.Categories {
		names[c.Folder] = c.Name
	}
	for _, result := range j.results {
		id, v := result.Meta.ID, result.Verdict
		r.Coverage.Planned++
		switch v.Outcome {
		case rule.Passed:
			r.Passed = append(r.Passed, id)
		case rule.NotApplies:
			r.NotApplicable = append(r.NotApplicable, id)
		case rule.Failed:
			r.Findings = append(r.Findings, findings(rec, result, names[result.Meta.Check()], r.Target, cat)...)
		default:
			r.NotTested = append(r.NotTested, NotTested{id, v.Why, v.Says})
		}
	}
	r.Coverage.Inconclusive = len(r.NotTested)
	r.Coverage.Ran = r.Coverage.Planned - r.Coverage.Inconclusive
	sort.SliceStable(r.Findings, func(a, b int) bool {
		x, y := r.Findings[a], r.Findings[b]
		if x.Severity != y.Severity {
			return !y.Severity.AtLeast(x.Severity)
		}
		return x.Rule < y.Rule
	})
}

func (r *Report) scores(j judgement, cat Catalogue) {
	for i, c := range cat.Categories {
		check := checkOf(c, j.parts[i])
		r.Checks = append(r.Checks, check)
		r.Categories[c.Name] = check.Score
	}
	r.Assessed, r.Withheld = j.total.Assessed, j.total.Withheld
	if r.Status == Failed {
		r.Withheld = "the target could not be reached, so nothing was judged"
	}
	if r.Withheld != "" {
		return
	}
	value, grade := j.total.Value, score.Grade(j.total.Value)
	r.Overall, r.LetterGrade = &value, &grade
	if j.total.CappedBy != "" {
		by, without := j.total.CappedBy, j.total.Uncapped
		r.CappedBy, r.WithoutCap = &by, &without
	}
}

func checkOf(c Category, part score.Part) Check {
	check := Check{Key: c.Key, Name: c.Name, Weight: c.Weight, State: "assessed", Rules: len(part.Results), Arithmetic: []Term{}}
	for _, result := range part.Results {
		check.Findings += len(result.Verdict.Places)
	}
	check.Inconclusive = part.Score.Inconclusive
	switch s := part.Score; {
	case !c.Implemented:
		check.State, check.Why = "not-implemented", "not implemented"
	case len(part.Results) == 0:
		check.State, check.Why = "not-applicable", "no rule of this check was chosen"
	case s.NotApplicable:
		check.State, check.Why = "not-applicable", s.Withheld
	case !s.OK():
		check.State, check.Why = "withheld", s.Withheld
	default:
		value, grade := s.Value, score.Grade(s.Value)
		check.Score, check.Grade = &value, &grade
		for _, term := range s.Terms() {
			check.Arithmetic = append(check.Arithmetic, Term{term.Text, term.Delta, term.Score})
		}
	}
	return check
}
