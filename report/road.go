// The road up: which mends raise the score, and to what.

package report

import (
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/score"
)

// mostSteps bounds the road; its last step takes all that is left. A step that
// neither reaches the next grade nor raises the score by leastGain points is
// taken together with the next.
const (
	mostSteps = 5
	leastGain = 10
)

// road mends one rule after the other, each time the one that helps most, and
// notes the score whenever it has risen.
func road(rec *observe.Recording, results []rule.Result, cat Catalogue, now int) []Step {
	steps, pending := []Step{}, []string{}
	left := append([]rule.Result{}, results...)
	var room judgement
	for {
		best, value := bestMend(rec, left, cat, &room)
		if best < 0 {
			break
		}
		pending = append(pending, left[best].Meta.ID)
		left[best].Verdict = rule.Pass()
		if value-now < leastGain && score.Grade(value) == score.Grade(now) && failing(left) {
			continue
		}
		now = value
		steps = append(steps, Step{pending, value, score.Grade(value)})
		pending = []string{}
	}
	return merged(steps)
}

func failing(results []rule.Result) bool {
	for _, r := range results {
		if r.Verdict.Outcome == rule.Failed {
			return true
		}
	}
	return false
}

// bestMend is the failing rule whose mend gives the highest score; where none
// raises it alone, the one that leaves the most when caps are put aside.
func bestMend(rec *observe.Recording, results []rule.Result, cat Catalogue, room *judgement) (best, value int) {
	best, rank := -1, -1
	for i := range results {
		was := results[i].Verdict
		if was.Outcome != rule.Failed {
			continue
		}
		results[i].Verdict = rule.Pass()
		room.judge(rec, results, cat)
		results[i].Verdict = was
		total := room.total
		if at := total.Value*1000 + total.Uncapped; at > rank {
			best, value, rank = i, total.Value, at
		}
	}
	return best, value
}

// merged keeps the first steps and puts the rest into the last.
func merged(steps []Step) []Step {
	if len(steps) <= mostSteps {
		return steps
	}
	last := Step{}
	for _, step := range steps[mostSteps-1:] {
		last.Fix = append(last.Fix, step.Fix...)
		last.Overall, last.Grade = step.Overall, step.Grade
	}
	return append(steps[:mostSteps-1:mostSteps-1], last)
}
