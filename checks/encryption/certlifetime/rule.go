// Package certlifetime finds certificates that are made out for longer than
// allowed when they were issued.
package certlifetime

import (
	"time"

	"middlebrick/certread"
	"middlebrick/checks/encryption/internal/certs"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.certlifetime.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.certlifetime",
	Title:    "The certificate lives longer than allowed",
	Severity: rule.Low,
	CWE:      []rule.CWE{298},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1.1"},
	Cites:    []rule.Cite{rule.Document("BaselineReq"), rule.RFC(5280, "4.1.2.5")},
}, observe.Certificates, certs.Judged(judge))

// limits are those of Baseline Requirements section 6.3.2 by the day of
// issuance, the newest first, in days.
var limits = []struct {
	from time.Time
	days int
}{
	{day(2029, time.March, 15), 47},
	{day(2027, time.March, 15), 100},
	{day(2026, time.March, 15), 200},
	{day(2020, time.September, 1), 398},
	{day(2018, time.March, 1), 825},
}

func day(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

func judge(chain observe.Chain, leaf observe.Certificate) rule.Verdict {
	switch {
	case leaf.NotBefore.IsZero() || leaf.NotAfter.IsZero():
		return certs.Unread(leaf, "dates")
	case leaf.NotAfter.Before(leaf.NotBefore):
		return rule.NotApplicable("it ends before it begins: encryption.certexpired and certnotyet say so")
	case leaf.Werkzeug != "" || leaf.SelfSigned:
		return rule.NotApplicable("the limit is for certificates of an authority, and this one is self-signed")
	case len(chain.Trust) == 0:
		return rule.Inconclusive("no root store was asked, so that it is not known whose limit holds")
	}
	lives, limit := days(leaf), limitAt(leaf.NotBefore)
	switch {
	case limit == 0:
		return rule.Passf("issued before there was a limit in days")
	case lives <= limit:
		return rule.Passf("valid for %d days; %d were allowed when it was issued", lives, limit)
	case public(chain):
		return rule.Failf("valid for %d days; browsers refuse more than the %d that were allowed when it was issued", lives, limit).At("leaf")
	}
	return rule.Failf("valid for %d days; a public authority could have made it out for %d", lives, limit).At("leaf").As(rule.Info)
}

// days counts as Baseline Requirements section 6.3.2 does: both ends included,
// and whatever is over a full day is one more.
func days(c observe.Certificate) int {
	const full = 24 * 60 * 60
	return int((c.NotAfter.Unix() - c.NotBefore.Unix() + 1 + full - 1) / full)
}

func limitAt(issued time.Time) int {
	for _, limit := range limits {
		if !issued.Before(limit.from) {
			return limit.days
		}
	}
	return 0
}

// public is true for a chain under the roots of browsers: private authorities
// make their own rules.
func public(chain observe.Chain) bool {
	for _, store := range chain.Trust {
		if store.Name == certread.Mozilla && store.Trusted {
			return true
		}
	}
	return false
}
