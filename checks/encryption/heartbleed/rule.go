// Package heartbleed finds targets that hand out pieces of their memory for a
// heartbeat that claims more than it carries (CVE-2014-0160).
package heartbleed

import (
	"fmt"

	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

// Rule is encryption.heartbleed.
var Rule = rule.On2(rule.Meta{
	ID:       "encryption.heartbleed",
	Title:    "Heartbleed: the server's memory can be read",
	Severity: rule.Critical,
	CWE:      []rule.CWE{125, 1395},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1", "6.3.3"},
	Cites:    []rule.Cite{rule.Document("Heartbleed"), rule.RFC(6520, "4")},
	Cap:      rule.Band{Low: 0, High: 20, From: rule.Critical},
}, observe.TLSVersions, observe.Heartbeats, judge)

func judge(versions observe.Versions, seen observe.HeartbeatReplies) rule.Verdict {
	var verdicts []rule.Verdict
	for _, version := range []tlshello.Version{tlshello.TLS10, tlshello.TLS11, tlshello.TLS12} {
		answer := versions[version]
		switch reply, asked := seen.Versions[version]; {
		case asked:
			verdicts = append(verdicts, of(version, reply))
		case answer.Absent():
			verdicts = append(verdicts, rule.NotApplicable("the port does not speak TLS"))
		case answer.Refused():
			verdicts = append(verdicts, rule.Passf("no version from TLS 1.0 to 1.2 is accepted").Citing(answer.Ref))
		case answer.Accepted() || answer.Result == "":
			verdicts = append(verdicts, rule.Inconclusive(fmt.Sprintf("%s was not asked for a heartbeat", version)).BecauseOf(observe.Unasked))
		default:
			verdicts = append(verdicts, rule.Inconclusive(fmt.Sprintf("no clear answer to a %s hello: %s", version, answer.Detail)).BecauseOf(answer.Why))
		}
	}
	sum := rule.All(verdicts...)
	if sum.Outcome == rule.Passed && len(seen.Versions) > 0 {
		return passed(seen)
	}
	return sum
}

func of(version tlshello.Version, reply observe.HeartbeatReply) rule.Verdict {
	switch {
	case reply.Answered > reply.Carried:
		return rule.Failf("answered a heartbeat of %d bytes that claimed %d with %d, at %s", reply.Carried, reply.Claimed, reply.Answered, version).
			At(version.String()).Citing(reply.Ref)
	case reply.Why != "":
		return rule.Inconclusive(fmt.Sprintf("%s could not be asked for a heartbeat: %s", version, reply.Detail)).BecauseOf(reply.Why)
	case reply.Ref == "":
		return rule.Inconclusive(fmt.Sprintf("%s was not asked for a heartbeat", version)).BecauseOf(observe.Unasked)
	case reply.Agreed && reply.Reaction == observe.NoReply:
		return rule.Inconclusive(fmt.Sprintf("at %s neither the heartbeat nor the message behind it was answered", version)).BecauseOf(observe.Timeout)
	case reply.Agreed && reply.Reaction == "":
		return rule.Inconclusive(fmt.Sprintf("at %s the answer to the heartbeat is not known", version))
	}
	return rule.Pass().Citing(reply.Ref)
}

// passed says which of the two sound answers it was.
func passed(seen observe.HeartbeatReplies) rule.Verdict {
	refs, agreed := []observe.Ref{}, false
	for _, version := range tlshello.Versions() {
		if reply, asked := seen.Versions[version]; asked {
			refs, agreed = append(refs, reply.Ref), agreed || reply.Agreed
		}
	}
	if agreed {
		return rule.Passf("a heartbeat that claimed more than it carried was dropped").Citing(refs...)
	}
	return rule.Passf("no version agrees to heartbeats").Citing(refs...)
}
