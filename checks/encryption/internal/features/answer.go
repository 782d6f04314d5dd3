// Judging the answer to one hello of a special form.

package features

import (
	"middlebrick/observe"
	"middlebrick/rule"
)

// Unclear is the verdict on an answer that is neither an acceptance nor a refusal.
func Unclear(what string, answer observe.Answer) rule.Verdict {
	switch {
	case answer.Absent():
		return rule.NotApplicable("the port does not speak TLS")
	case answer.Result == "":
		return rule.Inconclusive(what + " was not sent").BecauseOf(observe.Unasked)
	}
	says := "no clear answer to " + what
	if answer.Detail != "" {
		says += ": " + answer.Detail
	}
	return rule.Inconclusive(says).BecauseOf(answer.Why)
}

// Takes fails a target that refuses a hello for the oddity in it.
func Takes(what, where string, answer observe.Answer) rule.Verdict {
	switch {
	case answer.Refused():
		return rule.Failf("%s", refusal(what, answer)).At(where).Citing(answer.Ref)
	case answer.Accepted():
		return rule.Passf("read %s", what).Citing(answer.Ref)
	}
	return Unclear(what, answer)
}

func refusal(what string, answer observe.Answer) string {
	if answer.Detail == observe.IgnoredTwice {
		return "gave no answer to " + what + ", twice, and answered the same hello without that in between"
	}
	return "refused " + what + " (" + answer.Detail + "), and accepted the same hello without that"
}
