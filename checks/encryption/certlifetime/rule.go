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
	lives, limit := certread.Days(leaf), limitAt(leaf.NotBefore)
	if limit == 0 {
		return byMonths(chain, leaf)
	}
	switch {
	case lives <= limit:
		return rule.Passf("valid for %d days; %d were allowed when it was issued", lives, limit)
	case public(chain):
		return rule.Failf("valid for %d days; browsers refuse more than the %d that were allowed when it was issued", lives, limit).At("leaf")
	}
	return rule.Failf("valid for %d days; a public authority could have made it out for %d", lives, limit).At("leaf").As(rule.Info)
}

// byMonths holds certificates from before there were limits in days to the 39
// months of April 2015 and to the 60 of July 2012.
func byMonths(chain observe.Chain, leaf observe.Certificate) rule.Verdict {
	for _, limit := range []struct {
		from   time.Time
		months int
	}{{day(2015, time.April, 1), 39}, {day(2012, time.July, 1), 60}} {
		switch {
		case leaf.NotBefore.Before(limit.from):
			continue
		case !leaf.NotAfter.After(leaf.NotBefore.AddDate(0, limit.months, 0)):
			return rule.Passf("valid for no more than the %d months that were allowed when it was issued", limit.months)
		case public(chain):
			return rule.Failf("valid for more than the %d months that were allowed when it was issued", limit.months).At("leaf")
		}
		return rule.Failf("valid for more than the %d months that a public authority could have made it out for", limit.months).At("leaf").As(rule.Info)
	}
	return rule.Passf("issued before there was a limit")
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
