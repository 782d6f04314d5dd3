// Package hsts picks out the https answers on which the rules about
// Strict-Transport-Security can stand, so that one cause makes one finding.
package hsts

import (
	"middlebrick/checks/encryption/internal/say"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Header is the field's name; it is where all of these rules fail.
const Header = "Strict-Transport-Security"

// HalfYear is 180 days in seconds: the shortest max-age that outlasts the
// pauses that people make between two visits.
const HalfYear = 180 * 24 * 60 * 60

// Telling are the answers that can be judged: those that carry the header, and
// those of an application that was well. When there is none, or the header
// means nothing here, otherwise says why and ok is false.
func Telling(seen observe.HSTS, form string) (answers []observe.HSTSResponse, otherwise rule.Verdict, ok bool) {
	switch {
	case seen.Absent != "":
		return nil, rule.NotApplicable("there is no " + form + " form: " + seen.Absent), false
	case seen.Literal:
		return nil, rule.NotApplicable("the target is an address, and browsers keep HSTS for names only (RFC 6797 section 8.1.1)"), false
	}
	for _, answer := range seen.Responses {
		if answer.HSTS.Present || say.Answered(answer.Status) {
			answers = append(answers, answer)
		}
	}
	if len(answers) == 0 {
		return nil, rule.Inconclusive("no " + form + " answer was seen that an application in good health would give"), false
	}
	return answers, rule.Verdict{}, true
}

// Heeded are the answers whose header browsers heed. When there is none,
// otherwise names the rule that says so, and ok is false.
func Heeded(seen observe.HSTS) (answers []observe.HSTSResponse, otherwise rule.Verdict, ok bool) {
	telling, otherwise, ok := Telling(seen, "https")
	if !ok {
		return nil, otherwise, false
	}
	present := false
	for _, answer := range telling {
		present = present || answer.HSTS.Present
		if answer.HSTS.Valid {
			answers = append(answers, answer)
		}
	}
	switch {
	case len(answers) > 0:
		return answers, rule.Verdict{}, true
	case present:
		return nil, rule.NotApplicable("browsers ignore the header as it stands: encryption.hstsinvalid says why"), false
	}
	return nil, rule.NotApplicable("the header is missing: encryption.hstsmissing says so"), false
}

// Lasting are the answers of Heeded whose max-age is more than zero: a max-age
// of zero withdraws the policy, and nothing else in the header matters.
func Lasting(seen observe.HSTS) (answers []observe.HSTSResponse, otherwise rule.Verdict, ok bool) {
	heeded, otherwise, ok := Heeded(seen)
	if !ok {
		return nil, otherwise, false
	}
	for _, answer := range heeded {
		if answer.HSTS.MaxAgeSeconds > 0 {
			answers = append(answers, answer)
		}
	}
	if len(answers) == 0 {
		return nil, rule.NotApplicable("max-age is 0, which withdraws the policy: encryption.hstsmaxage says so"), false
	}
	return answers, rule.Verdict{}, true
}

// Refs are the exchanges of the answers.
func Refs(answers []observe.HSTSResponse) []observe.Ref {
	refs := []observe.Ref{}
	for _, answer := range answers {
		refs = append(refs, answer.Ref)
	}
	return say.Refs(refs...)
}
