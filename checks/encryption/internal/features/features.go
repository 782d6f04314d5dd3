// Package features judges what a target's ServerHellos carry beside their choice.
// It is shared by the rules of the encryption check that each look at one such
// thing.
package features

import (
	"fmt"

	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

// A Question is one thing that a ServerHello must have, or must not have.
type Question struct {
	From, To tlshello.Version // the versions in which it arises
	Bad      func(tlshello.Version, observe.HelloFeatures) bool
	Saw      string // of the versions at fault, which stand for its %s
	Where    string
	Passes   string
	Beyond   string // why it does not arise in the versions that are accepted
}

// Judge asks the question of every accepted version. It passes only where the
// hello before each of the answers offered all that could be answered.
func (q Question) Judge(seen observe.Versions, features observe.Features) rule.Verdict {
	var bad []tlshello.Version
	var refs []observe.Ref
	var doubts []rule.Verdict
	asked := false
	for _, version := range tlshello.Versions() {
		if version < q.From || version > q.To {
			continue
		}
		answer := seen[version]
		if features.Absent || answer.Absent() {
			return rule.NotApplicable("the port does not speak TLS")
		}
		found, known := features.Versions[version]
		switch {
		case answer.Accepted() && known && found.Full && q.Bad(version, found):
			bad, refs = append(bad, version), append(refs, found.Ref)
		case answer.Accepted() && known && found.Full:
			asked = true
		case !answer.Refused():
			doubts = append(doubts, doubt(version, answer, known))
		}
	}
	switch {
	case len(bad) > 0:
		return rule.Failf(q.Saw, names(bad)).At(q.Where).Citing(refs...)
	case len(doubts) > 0:
		return rule.All(doubts...)
	case asked:
		return rule.Passf("%s", q.Passes)
	case !some(seen):
		return rule.Inconclusive("the target speaks TLS and refused every hello").BecauseOf(observe.Refused)
	}
	return rule.Passf("%s", q.Beyond)
}

// doubt is why nothing is known of one version.
func doubt(version tlshello.Version, answer observe.Answer, known bool) rule.Verdict {
	switch {
	case answer.Accepted() && known:
		return rule.Inconclusive(fmt.Sprintf("the %s hello was too short to ask for this", version)).BecauseOf(observe.Unasked)
	case answer.Accepted():
		return rule.Inconclusive(fmt.Sprintf("no ServerHello of %s was read", version)).BecauseOf(observe.Unasked)
	case answer.Result == "":
		return rule.Inconclusive(fmt.Sprintf("a hello of %s was not sent", version)).BecauseOf(observe.Unasked)
	}
	says := fmt.Sprintf("no clear answer to a hello of %s", version)
	if answer.Detail != "" {
		says += ": " + answer.Detail
	}
	return rule.Inconclusive(says).BecauseOf(answer.Why)
}

func some(seen observe.Versions) bool {
	for _, answer := range seen {
		if answer.Accepted() {
			return true
		}
	}
	return false
}

// names joins versions as a sentence does.
func names(versions []tlshello.Version) string {
	text := versions[0].String()
	for i, version := range versions[1:] {
		between := ", "
		if i == len(versions)-2 {
			between = " and "
		}
		text += between + version.String()
	}
	return text
}
