// Package certexpiring finds certificates that end soon and were not renewed.
package certexpiring

import (
	"fmt"
	"time"

	"middlebrick/checks/encryption/internal/certs"
	"middlebrick/checks/encryption/internal/say"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is encryption.certexpiring.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.certexpiring",
	Title:    "The certificate ends soon",
	Severity: rule.Medium,
	CWE:      []rule.CWE{298},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1.1"},
	Cites:    []rule.Cite{rule.RFC(5280, "4.1.2.5"), rule.Document("BaselineReq")},
}, observe.Certificates, certs.Judged(judge))

const day = 24 * time.Hour

// thresholds, the nearest end first. Each is a step and not a counter, so that a
// finding changes four times and not daily. A certificate with a short life
// reaches a step when only that share of its life is left: one of six days must
// not be complained about from its first hour on.
var thresholds = []struct {
	name     string
	left     time.Duration
	share    time.Duration // of the whole life, as a divisor
	severity rule.Severity
}{
	{"1 day", day, 90, rule.High},
	{"7 days", 7 * day, 12, rule.Medium},
	{"14 days", 14 * day, 6, rule.Low},
	{"30 days", 30 * day, 3, rule.Info},
}

func judge(chain observe.Chain, leaf observe.Certificate) rule.Verdict {
	switch {
	case leaf.NotAfter.IsZero() || leaf.NotBefore.IsZero():
		return certs.Unread(leaf, "dates")
	case chain.At.IsZero():
		return rule.Inconclusive("the moment of judging is not known")
	case chain.At.After(leaf.NotAfter):
		return rule.NotApplicable("it has ended already: encryption.certexpired says so")
	}
	var places say.Places
	for i, link := range certs.Path(chain) {
		if i > 0 && (link.NotAfter.IsZero() || chain.At.After(link.NotAfter)) {
			continue
		}
		judgeLink(&places, link, chain.At)
	}
	if failure, failed := places.Failed(); failed {
		return failure
	}
	return rule.Passf("valid until %s", leaf.NotAfter.UTC().Format(certs.Date))
}

func judgeLink(places *say.Places, link certs.Link, at time.Time) {
	left, life := link.NotAfter.Sub(at), link.NotAfter.Sub(link.NotBefore)
	for _, step := range thresholds {
		if left > min(step.left, life/step.share) {
			continue
		}
		soon := "in less than " + step.name
		if life/step.share < step.left {
			soon = fmt.Sprintf("with less than one part in %d of its life left", step.share)
		}
		places.Add(fmt.Sprintf("%s, %s", link.Where, step.name), fmt.Sprintf("the certificate of %s ends on %s, %s",
			say.Quoted(link.Subject), link.NotAfter.UTC().Format(certs.Date), soon), step.severity)
		return
	}
}
