// Package hstsmaxage finds HSTS headers that browsers forget too soon.
package hstsmaxage

import (
	"fmt"

	"middlebrick/checks/encryption/internal/hsts"
	"middlebrick/checks/encryption/internal/say"
	"middlebrick/observe"
	"middlebrick/rule"
)

// Rule is this detection.
var Rule = rule.On(rule.Meta{
	ID:       "encryption.hstsmaxage",
	Title:    "HSTS expires too soon",
	Severity: rule.Medium,
	CWE:      []rule.CWE{319},
	OWASP:    rule.API8,
	PCI:      []rule.PCI{"4.2.1"},
	Cites:    []rule.Cite{rule.RFC(6797, "6.1.1"), rule.RFC(6797, "11.2"), rule.Document("HSTSPreload")},
}, observe.SecureHSTS, judge)

func judge(seen observe.HSTS) rule.Verdict {
	answers, otherwise, ok := hsts.Heeded(seen)
	if !ok {
		return otherwise
	}
	var places say.Places
	for _, answer := range answers {
		switch seconds := answer.HSTS.MaxAgeSeconds; {
		case seconds == 0:
			places.Add("max-age=0", "max-age is 0: browsers that knew the host as https-only forget it", rule.High, answer.Ref)
		case seconds < hsts.HalfYear:
			places.Add("max-age", fmt.Sprintf("max-age is %d seconds, %s; browsers forget the host after that (180 days is the least that is any use)",
				seconds, length(seconds)), "", answer.Ref)
		}
	}
	if failure, failed := places.Failed(); failed {
		return failure
	}
	return rule.Passf("max-age is %s", length(answers[0].HSTS.MaxAgeSeconds))
}

// length is a number of seconds as people say it.
func length(seconds int64) string {
	for _, unit := range []struct {
		seconds   int64
		one, many string
	}{{86400, "one day", "days"}, {3600, "one hour", "hours"}, {60, "one minute", "minutes"}} {
		switch count := seconds / unit.seconds; {
		case count == 1:
			return "about " + unit.one
		case count > 1:
			return fmt.Sprintf("%d %s", count, unit.many)
		}
	}
	return "less than a minute"
}
