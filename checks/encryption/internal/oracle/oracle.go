// Package oracle judges whether a target tells apart what it must take alike: an
// attacker who alters a message learns from the difference what is in it.
package oracle

import (
	"fmt"
	"strings"

	"middlebrick/observe"
	"middlebrick/rule"
)

// Judged is the rule over one observation of reactions: of each group of forms the
// verdict of that function, and together theirs. The name says what was asked, in a
// sentence about why it was not.
func Judged(name string, group func(seen observe.Reactions, group string) rule.Verdict) func(observe.Reactions) rule.Verdict {
	return func(seen observe.Reactions) rule.Verdict {
		if seen.Absent {
			return rule.NotApplicable("the port does not speak TLS")
		}
		if seen.Spared != "" {
			return rule.Passf("%s", seen.Spared)
		}
		var verdicts []rule.Verdict
		for _, one := range seen.Groups() {
			verdicts = append(verdicts, group(seen, one))
		}
		if len(verdicts) == 0 || seen.Why != "" {
			verdicts = append(verdicts, Unasked(name, seen))
		}
		return rule.All(verdicts...)
	}
}

// Unasked is the verdict where forms are missing.
func Unasked(name string, seen observe.Reactions) rule.Verdict {
	if seen.Why == "" {
		return rule.Inconclusive(name + " was not asked").BecauseOf(observe.Unasked)
	}
	return rule.Inconclusive(fmt.Sprintf("%s could not be asked: %s", name, seen.Detail)).BecauseOf(seen.Why)
}

// A Pair is two forms that must be taken alike, in words that end a sentence.
type Pair struct {
	Form, Words   string // "wrong padding under a right MAC"
	Other, Beside string
}

// Alike fails a group in which the first form of a pair was taken otherwise than
// the second, each time of at least two.
func Alike(name string, pairs ...Pair) func(observe.Reactions, string) rule.Verdict {
	return func(seen observe.Reactions, group string) rule.Verdict {
		var verdicts []rule.Verdict
		for _, pair := range pairs {
			verdicts = append(verdicts, pair.judge(name, seen, group))
		}
		sum := rule.All(verdicts...)
		if len(sum.Places) > 1 {
			sum.Places = sum.Places[:1] // one group is one place
		}
		return sum
	}
}

func (p Pair) judge(name string, seen observe.Reactions, group string) rule.Verdict {
	one, asked := seen.Of(group, p.Form)
	other, askedToo := seen.Of(group, p.Other)
	if !asked || !askedToo {
		return Unasked(name, seen)
	}
	took, steady := one.Steady()
	otherwise, steadyToo := other.Steady()
	switch {
	case !steady:
		return Unsteady(one)
	case !steadyToo:
		return Unsteady(other)
	case took == otherwise && took == observe.Served:
		return rule.Inconclusive(fmt.Sprintf("%s was followed by data, like %s, which says nothing", p.Words, p.Beside))
	case took == otherwise:
		return rule.Passf("%s is answered like %s", p.Words, p.Beside)
	case len(one.Took) < 2 || len(other.Took) < 2:
		return rule.Inconclusive(fmt.Sprintf("%s was answered with %s and %s with %s, once only", p.Words, took, p.Beside, otherwise))
	}
	return rule.Failf("at %s with %s, %s was answered with: %s; %s with: %s; each time of %d", seen.Version, group, p.Words, took,
		p.Beside, otherwise, min(len(one.Took), len(other.Took))).At(Where(seen, group)).Citing(append(append([]observe.Ref{}, one.Refs...), other.Refs...)...)
}

// Where is the place of a group's failure.
func Where(seen observe.Reactions, group string) string {
	return strings.TrimSpace(seen.Version.String() + " " + group)
}

// Unsteady is the verdict on a form that was taken now so, now otherwise.
func Unsteady(trial observe.Trial) rule.Verdict {
	words := make([]string, 0, len(trial.Took))
	for _, took := range trial.Took {
		words = append(words, string(took))
	}
	return rule.Inconclusive(fmt.Sprintf("the same message was answered now so, now otherwise: %s", strings.Join(words, ", ")))
}
