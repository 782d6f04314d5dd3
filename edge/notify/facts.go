// The facts below a headline, the links below those, and how bad it is.

package notify

import (
	"fmt"
	"strings"
	"time"

	"middlebrick/rule"
)

// stamp is how a time is written for people.
const stamp = "2006-01-02 15:04 UTC"

func factsOf(m Message) []fact {
	var all []fact
	put := func(f fact) {
		if f.value != "" {
			all = append(all, f)
		}
	}
	add := func(label, value string) { put(fact{label: label, value: value}) }
	if m.After != nil {
		add("Score", m.After.words())
	}
	if m.Before != nil {
		add("Before", m.Before.words())
	}
	if m.Counts != nil {
		add("Open findings", m.Counts.words())
		add("Since the scan before", m.Counts.change())
	}
	if m.Scan != nil {
		put(fact{"Error", m.Scan.Error, true})
	}
	for _, f := range append(m.Certificate.facts("Certificate"), m.Previous.facts("Before it")...) {
		put(f)
	}
	if m.Monitor != nil {
		put(fact{"Monitor", m.Monitor.Name, true})
	}
	add("Since", written(m.Since))
	add("Time", written(m.At))
	return all
}

func written(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(stamp)
}

func (c *Certificate) facts(label string) []fact {
	if c == nil {
		return nil
	}
	return []fact{
		{label, c.Subject, true}, {label + ", issued by", c.Issuer, true},
		{label: label + ", valid until", value: written(c.NotAfter)},
	}
}

// words are "2 critical, 1 low"; none are "none".
func (c Counts) words() string {
	var all []string
	for _, one := range c.bySeverity() {
		if one.n > 0 {
			all = append(all, fmt.Sprintf("%d %s", one.n, one.level))
		}
	}
	if len(all) == 0 {
		return "none"
	}
	return strings.Join(all, ", ")
}

func (c Counts) change() string {
	if c.New == 0 && c.Fixed == 0 {
		return ""
	}
	return fmt.Sprintf("%d new, %d fixed", c.New, c.Fixed)
}

type ranked struct {
	level level
	n     int
}

func (c Counts) bySeverity() []ranked {
	return []ranked{
		{level(rule.Critical), c.Critical}, {level(rule.High), c.High}, {level(rule.Medium), c.Medium},
		{level(rule.Low), c.Low}, {level(rule.Info), c.Info},
	}
}

// standing is the level of a scan: that of its worst open finding; without any it
// is good news, if enough was seen for a grade.
func standing(m Message) level {
	found := good
	if m.After == nil || m.After.Score == nil {
		found = level(rule.Info)
	}
	if m.Counts != nil {
		for _, one := range m.Counts.bySeverity() {
			if one.n > 0 {
				found = worse(found, one.level)
			}
		}
	}
	if m.Scan != nil && m.Scan.Status == "failed" {
		found = worse(found, level(rule.High))
	}
	return worse(found, told(m.Findings))
}

// alarm is the level of an alert: what it tells of counts, and not what else was
// wrong before.
func alarm(m Message) level {
	return worse(level(rule.Info), worse(told(m.Findings), causeLevel(m.Reasons)))
}

func told(findings []Finding) level {
	found := good
	for _, f := range findings {
		found = worse(found, level(f.Severity))
	}
	return found
}

// causeLevels are for alerts that have no findings of their own.
var causeLevels = map[Cause]level{
	NewFindings: level(rule.Low), ScoreDropped: level(rule.Medium), Unreachable: level(rule.High), CertificateWeaker: level(rule.High),
}

func causeLevel(reasons []Reason) level {
	found := good
	for _, r := range reasons {
		if l, ok := causeLevels[r.Cause]; ok {
			found = worse(found, l)
		}
	}
	return found
}

func worse(a, b level) level {
	if a == good {
		return b
	}
	if b == good || rule.Severity(a).AtLeast(rule.Severity(b)) {
		return a
	}
	return b
}

func linksOf(l Links) []link {
	var all []link
	for _, one := range []link{{"Open the report", l.Report}, {"Compare", l.Compare}, {"Monitor", l.Monitor}, {"Settings", l.Settings}} {
		if one.url != "" {
			all = append(all, one)
		}
	}
	return all
}

func moreFindings(n int) string {
	return fmt.Sprintf("… and %s in the report", counted(n, "more finding", "more findings"))
}
