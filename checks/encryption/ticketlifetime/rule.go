// Package ticketlifetime finds targets whose session tickets live for longer than
// a week.
package ticketlifetime

import (
	"fmt"
	"time"

	"middlebrick/checks/encryption/internal/features"
	"middlebrick/observe"
	"middlebrick/rule"
	"middlebrick/tlshello"
)

// Rule is encryption.ticketlifetime.
var Rule = rule.On2(rule.Meta{
	ID:       "encryption.ticketlifetime",
	Title:    "Session tickets live for more than seven days",
	Severity: rule.Low,
	CWE:      []rule.CWE{324},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(8446, "4.6.1"), rule.RFC(5077, "5.6"), rule.RFC(9325, "3.4")},
}, observe.TLSVersions, observe.TLSHandshakes, judge)

// most is the most that TLS 1.3 allows. Up to TLS 1.2 the lifetime is a hint, and
// the reason for the limit is the same.
const most = 7 * 24 * 3600

func judge(versions observe.Versions, seen observe.Handshakes) rule.Verdict {
	if seen.Absent {
		return rule.NotApplicable("the port does not speak TLS")
	}
	var verdicts []rule.Verdict
	for version := tlshello.SSL3; version <= tlshello.TLS13; version++ {
		if found, known := seen.Versions[version]; known {
			verdicts = append(verdicts, of(version, found))
		}
	}
	if v, unknown := unseen(versions, seen); unknown {
		verdicts = append(verdicts, v)
	}
	if len(verdicts) == 0 {
		return rule.NotApplicable("no version from SSLv3 on is accepted")
	}
	return rule.All(verdicts...)
}

// unseen is the doubt that remains where a version was not clearly refused and no
// handshake was made at it; one up to TLS 1.2 stands for all of them.
func unseen(versions observe.Versions, seen observe.Handshakes) (rule.Verdict, bool) {
	old := false
	for version := range seen.Versions {
		old = old || version < tlshello.TLS13
	}
	for version := tlshello.SSL3; version <= tlshello.TLS13; version++ {
		answer := versions[version]
		_, known := seen.Versions[version]
		if known || old && version < tlshello.TLS13 || answer.Refused() || answer.Absent() {
			continue
		}
		return features.Unclear(fmt.Sprintf("a %s hello", version), answer), true
	}
	return rule.Verdict{}, false
}

func of(version tlshello.Version, found observe.Handshake) rule.Verdict {
	switch {
	case found.Finished.Refused():
		return rule.NotApplicable("no handshake is finished without a certificate of the client")
	case !found.Finished.Accepted():
		return features.Unclear(fmt.Sprintf("a handshake of %s", version), found.Finished)
	}
	longest := observe.TicketSeen{Ref: found.Finished.Ref}
	for _, ticket := range found.Tickets {
		if ticket.Lifetime > longest.Lifetime {
			longest = ticket
		}
	}
	if longest.Lifetime > most {
		return rule.Failf("gave a ticket of %s at %s", days(longest.Lifetime), version).At(version.String()).Citing(longest.Ref)
	}
	return rule.Passf("no ticket lives for more than seven days").Citing(longest.Ref)
}

func days(seconds uint32) string {
	const day = 24 * 3600
	if seconds%day == 0 {
		return fmt.Sprintf("%d days", seconds/day)
	}
	return (time.Duration(seconds) * time.Second).String()
}
