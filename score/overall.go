// The overall score: the weighted mean of the checks that were assessed, capped
// by the worst thing that is open.

package score

import (
	"middlebrick/rule"
)

// Caps on the overall score.
const (
	CapCritical = 39 // an open critical finding
	CapReadable = 59 // someone in the middle can read or change the traffic
	CapHigh     = 79 // an open high finding
)

// A Part is one check on the way to the overall score.
type Part struct {
	Weight  int
	Score   Score
	Results []rule.Result
}

// A Total is the overall score. Value counts only where Withheld is empty.
type Total struct {
	Value    int
	Withheld string
	CappedBy string // rule id, or "attack" for the answer at the top
	Uncapped int
	Assessed int // percent of all weight that was assessed
}

// Overall weighs the checks. A check that does not apply has no weight; one that
// applies and could not be assessed withholds the total.
func Overall(parts []Part, readable bool) Total {
	t := Total{}
	var sum, raw, weight, all int
	for _, p := range parts {
		all += p.Weight
		switch {
		case p.Score.NotApplicable || p.Score.Planned == 0:
			continue
		case !p.Score.OK():
			t.Withheld = p.Score.Withheld
			continue
		}
		sum += p.Weight * p.Score.Value
		raw += p.Weight * p.Score.Uncapped
		weight += p.Weight
		if p.Score.CappedBy != "" && t.CappedBy == "" {
			t.CappedBy = p.Score.CappedBy
		}
	}
	if weight == 0 {
		if t.Withheld == "" {
			t.Withheld = "no check could be assessed"
		}
		return t
	}
	t.Assessed = round(100 * float64(weight) / float64(all))
	t.Value = round(float64(sum) / float64(weight))
	t.Uncapped = round(float64(raw) / float64(weight))
	t.limit(parts, readable)
	if t.Value == t.Uncapped {
		t.CappedBy = ""
	}
	return t
}

func (t *Total) limit(parts []Part, readable bool) {
	lower := func(to int, by string) {
		if t.Value > to {
			t.Value, t.CappedBy = to, by
		}
	}
	if id := worst(parts, rule.Critical); id != "" {
		lower(CapCritical, id)
	}
	if readable {
		lower(CapReadable, "attack")
	}
	if id := worst(parts, rule.High); id != "" {
		lower(CapHigh, id)
	}
}

// worst is the first failing rule of that severity, in the order of the checks.
func worst(parts []Part, s rule.Severity) string {
	for _, p := range parts {
		fails, _ := sorted(p.Results)
		for _, f := range fails {
			if f.Severity == s {
				return f.Meta.ID
			}
		}
	}
	return ""
}
