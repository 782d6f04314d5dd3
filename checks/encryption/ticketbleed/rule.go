// Package ticketbleed finds targets that give away their memory to who shows a
// session ticket with a short session id (CVE-2016-9244).
package ticketbleed

import (
	"middlebrick/checks/encryption/internal/features"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.ticketbleed.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.ticketbleed",
	Title:    "Memory of the server leaks into the session id (Ticketbleed)",
	Severity: rule.Critical,
	CWE:      []rule.CWE{125, 200, 1395},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1", "6.3.3"},
	Cites:    []rule.Cite{rule.Document("Ticketbleed"), rule.RFC(5077, "3.4")},
}, observe.TLSTicketEcho, judge)

// judge goes by the length alone: a server that takes the ticket echoes the id as
// it was sent, and one that does not makes an id of its own.
func judge(seen observe.TicketEcho) rule.Verdict {
	ref := seen.Answer.Ref
	switch {
	case seen.Absent:
		return rule.NotApplicable("the port does not speak TLS")
	case seen.Spared != "":
		return rule.NotApplicable(seen.Spared)
	case seen.Own && seen.Echoed > seen.Sent:
		return rule.Failf("answered a session id of %d bytes, shown with a ticket, with one of %d that begins with it", seen.Sent, seen.Echoed).
			At(seen.Version.String()).Citing(ref)
	case seen.Answer.Accepted():
		return rule.Passf("took a ticket with a session id of %d bytes and answered with %d", seen.Sent, seen.Echoed).Citing(ref)
	case seen.Answer.Refused():
		return rule.Passf("did not take a ticket with a session id of %d bytes, and gave nothing away", seen.Sent).Citing(ref)
	}
	return features.Unclear("a ticket with a short session id", seen.Answer)
}
