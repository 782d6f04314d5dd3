// Package offered judges what a target offers in a TLS handshake: protocol
// versions and cipher suites. It is shared by the rules of the encryption
// check, which differ in what they look for and not in how they look.
package offered

import (
	"fmt"

	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

const noTLS = "the port does not speak TLS, so no protocol version is offered"

// Version fails a target that accepts that protocol version. It passes only on
// a refusal by a target that accepts some other version: one that refuses every
// hello (a name that it does not serve, say) has said nothing about this one.
func Version(version tlshello.Version) func(observe.Versions) rule.Verdict {
	return func(seen observe.Versions) rule.Verdict {
		answer := seen[version]
		switch {
		case answer.Accepted():
			return rule.Failf("accepted %s hello with %s", article(version), answer.Suite).
				At(version.String()).Citing(answer.Ref)
		case answer.Absent():
			return rule.NotApplicable(noTLS)
		case answer.Refused() && len(Accepted(seen)) > 0:
			return rule.Passf("refused %s hello", article(version)).Citing(answer.Ref)
		case answer.Refused():
			return refusesAll(version)
		}
		return unclear(version, answer)
	}
}

// Missing fails a target that refuses all of those versions while it accepts
// another one. It passes when one of them is accepted.
func Missing(wanted ...tlshello.Version) func(observe.Versions) rule.Verdict {
	return func(seen observe.Versions) rule.Verdict {
		var refusals []observe.Ref
		for _, version := range wanted {
			if answer := seen[version]; answer.Accepted() {
				return rule.Passf("accepted %s hello", article(version)).Citing(answer.Ref)
			}
		}
		for _, version := range wanted {
			answer := seen[version]
			if answer.Absent() {
				return rule.NotApplicable(noTLS)
			}
			if !answer.Refused() {
				return unclear(version, answer)
			}
			refusals = append(refusals, answer.Ref)
		}
		older := Accepted(seen)
		if len(older) == 0 {
			return refusesAll(wanted[0])
		}
		best := older[len(older)-1]
		return rule.Failf("refused every %s hello and accepted %s one", words(wanted, "and"), article(best)).
			At(wanted[0].String()).Citing(append(refusals, seen[best].Ref)...)
	}
}

// Accepted lists the versions that were accepted, oldest first.
func Accepted(seen observe.Versions) []tlshello.Version {
	var accepted []tlshello.Version
	for _, version := range tlshello.Versions() {
		if seen[version].Accepted() {
			accepted = append(accepted, version)
		}
	}
	return accepted
}

func refusesAll(version tlshello.Version) rule.Verdict {
	return rule.Inconclusive(fmt.Sprintf(
		"the target speaks TLS and refused every hello, so its refusal of %s says nothing; it may serve another name", version)).
		BecauseOf(observe.Refused)
}

func unclear(version tlshello.Version, answer observe.Answer) rule.Verdict {
	if answer.Result == "" {
		return rule.Inconclusive(fmt.Sprintf("%s hello was not sent", article(version))).BecauseOf(observe.Unasked)
	}
	says := fmt.Sprintf("no clear answer to %s hello", article(version))
	if answer.Detail != "" {
		says += ": " + answer.Detail
	}
	return rule.Inconclusive(says).BecauseOf(answer.Why)
}

func article(version tlshello.Version) string {
	if version < tlshello.TLS10 {
		return "an " + version.String()
	}
	return "a " + version.String()
}

// words joins names as a sentence does.
func words[T fmt.Stringer](names []T, last string) string {
	text := ""
	for i, name := range names {
		switch {
		case i == 0:
		case i == len(names)-1:
			text += " " + last + " "
		default:
			text += ", "
		}
		text += name.String()
	}
	return text
}
