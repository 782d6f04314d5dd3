// Package certct finds certificates of public authorities that nobody promised
// to publish.
package certct

import (
	"fmt"
	"time"

	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.certct.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.certct",
	Title:    "The certificate brings no proof that it was logged",
	Severity: rule.Medium,
	CWE:      []rule.CWE{295},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(6962, "3.3"), rule.Document("ChromeCT")},
}, observe.CertTimestamps, judge)

// Chrome's policy, which Apple's is like: two timestamps, three for certificates
// of more than 180 days, from two operators at the least; and no list that is
// older than 70 days is held against anybody.
const (
	longLife  = 180 // days
	staleList = 70 * 24 * time.Hour
)

func judge(seen observe.Timestamps) rule.Verdict {
	count := tally(seen.Seen)
	switch {
	case seen.Absent:
		return rule.NotApplicable("there is no TLS, and so no certificate: " + seen.Detail)
	case !seen.Public:
		return rule.NotApplicable("the chain leads to no root of browsers, and only certificates of public authorities are logged")
	case len(seen.Seen) == 0:
		return rule.Failf("no signed certificate timestamp stands in the certificate, came in the handshake, or stands in a staple").At("leaf").Citing(seen.Ref)
	case count.results[observe.TimestampMalformed] == len(seen.Seen):
		return rule.Failf("of the %d certificate timestamps that came with it none can be read", len(seen.Seen)).At("leaf").Citing(seen.Ref)
	case seen.List == "":
		return unverified(seen)
	case seen.ListAt.IsZero() || seen.At.Sub(seen.ListAt) > staleList:
		return rule.Inconclusive(fmt.Sprintf("%d certificate timestamps came with it; the %s is too old to hold them against: middlebrick update fetches a new one", len(seen.Seen), seen.List)).BecauseOf(observe.Unasked)
	case count.results[observe.TimestampUnverified] > 0 && !count.enough(seen.Days):
		return rule.Inconclusive("its timestamps could not be verified: the certificate's issuer is not known, or cannot be read")
	case count.enough(seen.Days):
		return rule.Passf("%d certificate timestamps of %d operators count by the %s", count.counting, len(count.operators), seen.List)
	}
	return rule.Failf("of %d certificate timestamps %d count, of %d operators, by the %s; browsers want %d, of two operators%s",
		len(seen.Seen), count.counting, len(count.operators), seen.List, wanted(seen.Days), count.rest()).At("leaf").Citing(seen.Ref)
}

func unverified(seen observe.Timestamps) rule.Verdict {
	text := "no list of logs is installed: middlebrick update fetches one, and --ct-logs names one"
	if seen.Detail != "" {
		text = seen.Detail
	}
	return rule.Inconclusive(fmt.Sprintf("%d certificate timestamps came with it and were not verified: %s", len(seen.Seen), text)).BecauseOf(observe.Unasked)
}

// A count is what came, by result.
type count struct {
	results   map[string]int
	logs      map[string]bool
	operators map[string]bool
	counting  int
}

func tally(all []observe.Timestamp) count {
	c := count{results: map[string]int{}, logs: map[string]bool{}, operators: map[string]bool{}}
	for _, one := range all {
		c.results[one.Result]++
		counts := one.Result == observe.TimestampValid || one.Result == observe.TimestampRetired
		if counts && !c.logs[one.LogID] {
			c.logs[one.LogID], c.operators[one.Operator] = true, true
			c.counting++
		}
	}
	return c
}

func wanted(days int) int {
	if days > longLife {
		return 3
	}
	return 2
}

// enough is true where the timestamps satisfy the policy; one at the least is of a
// log that is still in service.
func (c count) enough(days int) bool {
	return c.counting >= wanted(days) && len(c.operators) >= 2 && c.results[observe.TimestampValid] > 0
}

// rest words the others.
func (c count) rest() string {
	text := ""
	for _, row := range []struct{ result, words string }{
		{observe.TimestampInvalid, "bear a wrong signature"}, {observe.TimestampMalformed, "cannot be read"},
		{observe.TimestampRejected, "are of logs that browsers do not accept"}, {observe.TimestampUnknown, "are of logs that the list does not have"},
	} {
		if n := c.results[row.result]; n > 0 {
			text += fmt.Sprintf("; %d %s", n, row.words)
		}
	}
	return text
}
