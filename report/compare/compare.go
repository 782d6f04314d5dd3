// Package compare says how one report of a target differs from another: which
// findings are new, fixed or unchanged, which facts changed, how the score moved,
// and what one of the two did not look at. It is a pure function, and turning the
// two around turns the answer around.
package compare

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"middlebrick/report"
	"middlebrick/rule"
)

// Schema is the version that every difference names.
const Schema = "middlebrick.diff/1"

// A Difference is what moved from one report to the other. Lists are never null.
// Neither new nor fixed is what only one of the two judged: that is unknown where
// the later one did not, and revealed where the earlier one did not.
type Difference struct {
	Schema     string   `json:"schema"`
	Before     Side     `json:"before"`
	After      Side     `json:"after"`
	SameTarget bool     `json:"sameTarget"`
	SameRules  bool     `json:"sameRules"` // engine and score model are the same, so that scores can be compared
	New        []Item   `json:"new"`
	Fixed      []Item   `json:"fixed"`
	Unchanged  []Item   `json:"unchanged"`
	Changed    []Change `json:"changed"`
	Unknown    []Doubt  `json:"unknown"`
	Revealed   []Doubt  `json:"revealed"`
	Moves      []Moved  `json:"moves"`
}

// A Side is one of the two reports.
type Side struct {
	ID       string        `json:"id"`
	Target   string        `json:"target"`
	At       time.Time     `json:"at"`
	Status   report.Status `json:"status"`
	Engine   string        `json:"engine"`
	Answer   string        `json:"answer"`
	Overall  *int          `json:"overall"`
	Grade    *string       `json:"letterGrade"`
	Withheld string        `json:"withheld,omitempty"`
}

// An Item is one finding. Was is what it is on the other side: of a new one what
// its rule came to before, of a fixed one what its rule comes to now ("pass",
// "not-applicable", or "fail" where the rule fails at other places), and empty of
// an unchanged one.
type Item struct {
	Rule     string        `json:"rule"`
	Where    string        `json:"where"`
	Title    string        `json:"title"`
	Severity rule.Severity `json:"severity"`
	State    string        `json:"state"` // "open" or "accepted"
	Was      rule.Outcome  `json:"was,omitempty"`
	Earlier  *Earlier      `json:"earlier,omitempty"` // of an unchanged one that was rated or handled otherwise
}

// Earlier is how the first report had an unchanged finding.
type Earlier struct {
	Severity rule.Severity `json:"severity"`
	State    string        `json:"state"`
}

// A Change is a fact that both reports know and that differs: one value, or what
// came to a set and what left it.
type Change struct {
	Fact   string   `json:"fact"`
	Before string   `json:"before,omitempty"`
	After  string   `json:"after,omitempty"`
	Gained []string `json:"gained,omitempty"`
	Lost   []string `json:"lost,omitempty"`
}

// A Doubt is what one report judged and the other did not.
type Doubt struct {
	Kind    string       `json:"kind"` // "rule", "finding" or "fact"
	Name    string       `json:"name"` // the rule's id, or the fact
	Where   string       `json:"where,omitempty"`
	Outcome rule.Outcome `json:"outcome,omitempty"` // of the rule on the side that judged
	Value   string       `json:"value,omitempty"`   // of the fact there
	Why     string       `json:"why"`               // what the other side says
}

// Moved is how one check's score moved. The changes of its lines add up to exactly
// that.
type Moved struct {
	Check  string `json:"check"`
	Before int    `json:"before"`
	After  int    `json:"after"`
	Lines  []Line `json:"lines"`
}

// A Line is what one rule, or "cap", took in each of the two, in points.
type Line struct {
	Name   string `json:"name"`
	Before int    `json:"before"`
	After  int    `json:"after"`
	Change int    `json:"change"`
}

// Renamed is what rules were called before and are called now.
func Renamed(all []rule.Meta) map[string]string {
	names := map[string]string{}
	for _, m := range all {
		for _, old := range m.Formerly {
			names[old] = m.ID
		}
	}
	return names
}

// Of compares two snapshots; renamed leads from earlier ids of rules to those of
// today and may be nil.
func Of(before, after Snapshot, renamed map[string]string) Difference {
	before, after = before.today(renamed), after.today(renamed)
	d := Difference{
		Schema: Schema, Before: before.side(), After: after.side(),
		SameTarget: before.Target == after.Target,
		SameRules:  before.Engine == after.Engine && before.ScoreModel == after.ScoreModel && before.Rules == after.Rules,
		New:        []Item{}, Fixed: []Item{}, Unchanged: []Item{}, Changed: []Change{},
		Unknown: doubts(before, after), Revealed: doubts(after, before), Moves: moves(before, after),
	}
	d.Changed = changes(before, after)
	gone, stayed := unpaired(before.Findings, after.Findings)
	come, _ := unpaired(after.Findings, before.Findings)
	d.Fixed, d.New = settled(gone, after), settled(come, before)
	d.Unchanged = unchanged(stayed)
	return d
}

// Open are the new findings that nobody has accepted.
func (d Difference) Open() []Item {
	return slices.DeleteFunc(slices.Clone(d.New), func(i Item) bool { return i.State == "accepted" })
}

// Judged is true when both reports gave a verdict: without one, nothing new is no
// good news.
func (d Difference) Judged() bool { return d.Before.judged() && d.After.judged() }

func (s Side) judged() bool { return s.Status == report.Completed && s.Overall != nil }

// Still is true when nothing at all moved.
func (d Difference) Still() bool {
	return len(d.New)+len(d.Fixed)+len(d.Changed)+len(d.Unknown)+len(d.Revealed)+len(d.Moves) == 0 && !d.Rerated()
}

// Rerated is true when an unchanged finding is rated or handled otherwise.
func (d Difference) Rerated() bool {
	return slices.ContainsFunc(d.Unchanged, func(i Item) bool { return i.Earlier != nil })
}

// place is what makes two findings one and the same.
type place struct{ rule, where string }

// pair is a finding that both sides have.
type pair struct{ before, after Finding }

// unpaired splits the findings of one side into those that the other does not have
// and those that it has. Where several stand in one place they are told by number.
func unpaired(own, others []Finding) (alone []Finding, both []pair) {
	waiting := map[place][]Finding{}
	for _, f := range others {
		at := place{f.Rule, f.Where}
		waiting[at] = append(waiting[at], f)
	}
	for _, f := range own {
		at := place{f.Rule, f.Where}
		if len(waiting[at]) == 0 {
			alone = append(alone, f)
			continue
		}
		both = append(both, pair{f, waiting[at][0]})
		waiting[at] = waiting[at][1:]
	}
	return alone, both
}

// settled are the findings of one side alone whose rule the other side judged.
func settled(alone []Finding, other Snapshot) []Item {
	items := []Item{}
	for _, f := range alone {
		if outcome, judged := other.outcome(f.Rule); judged {
			items = append(items, Item{Rule: f.Rule, Where: f.Where, Title: f.Title, Severity: f.Severity, State: f.State, Was: outcome})
		}
	}
	return sorted(items)
}

func unchanged(both []pair) []Item {
	items := []Item{}
	for _, p := range both {
		f := p.after
		item := Item{Rule: f.Rule, Where: f.Where, Title: f.Title, Severity: f.Severity, State: f.State}
		if p.before.Severity != f.Severity || p.before.State != f.State {
			item.Earlier = &Earlier{p.before.Severity, p.before.State}
		}
		items = append(items, item)
	}
	return sorted(items)
}

// sorted puts the worst first; a severity that this version does not know comes
// last.
func sorted(items []Item) []Item {
	rank := map[rule.Severity]int{}
	for i, s := range rule.Severities() {
		rank[s] = i - len(rule.Severities())
	}
	slices.SortStableFunc(items, func(a, b Item) int {
		return cmp.Or(cmp.Compare(rank[a.Severity], rank[b.Severity]), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Where, b.Where))
	})
	return items
}

// doubts are what one side judged and the other did not: failures place by place,
// other rules as a whole, and facts.
func doubts(own, other Snapshot) []Doubt {
	all := []Doubt{}
	alone, _ := unpaired(own.Findings, other.Findings)
	for _, f := range alone {
		if _, judged := other.outcome(f.Rule); !judged {
			all = append(all, Doubt{Kind: "finding", Name: f.Rule, Where: f.Where, Outcome: rule.Failed, Why: other.why(f.Rule)})
		}
	}
	for _, one := range []struct {
		rules   []string
		outcome rule.Outcome
	}{{own.Passed, rule.Passed}, {own.NotApplicable, rule.NotApplies}} {
		for _, id := range one.rules {
			if _, judged := other.outcome(id); !judged {
				all = append(all, Doubt{Kind: "rule", Name: id, Outcome: one.outcome, Why: other.why(id)})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Doubt) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Where, b.Where))
	})
	return append(all, lost(own, other)...)
}

// moves are the checks that both sides scored and whose arithmetic differs.
func moves(before, after Snapshot) []Moved {
	all := []Moved{}
	for _, b := range before.Checks {
		at := slices.IndexFunc(after.Checks, func(c Check) bool { return c.Name == b.Name })
		if at < 0 || b.Score == nil || after.Checks[at].Score == nil {
			continue
		}
		m := Moved{Check: b.Name, Before: *b.Score, After: *after.Checks[at].Score, Lines: []Line{}}
		was, is := b.taken(), after.Checks[at].taken()
		names := map[string]bool{}
		for name := range was {
			names[name] = true
		}
		for name := range is {
			names[name] = true
		}
		for _, name := range slices.Sorted(maps.Keys(names)) {
			if was[name] != is[name] {
				m.Lines = append(m.Lines, Line{name, was[name], is[name], is[name] - was[name]})
			}
		}
		if len(m.Lines) > 0 {
			all = append(all, m)
		}
	}
	slices.SortFunc(all, func(a, b Moved) int { return cmp.Compare(a.Check, b.Check) })
	return all
}

// taken are the points by name; a rule that stands in several lines has their sum.
func (c Check) taken() map[string]int {
	points := map[string]int{}
	for _, t := range c.Terms {
		points[t.Name] += t.Delta
	}
	return points
}

// IsNew is true of a finding of the later report that the earlier one did not have.
func (d Difference) IsNew(f report.Finding) bool {
	return slices.ContainsFunc(d.New, func(i Item) bool { return i.Rule == f.Rule && i.Where == plain(f.Where) })
}
