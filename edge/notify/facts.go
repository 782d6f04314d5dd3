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
	add := func(label, value string) {
		if value != "" {
			all = append(all, fact{label, value})
		}
	}
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
		add("Error", m.Scan.Error)
	}
	for _, f := range m.Certificate.facts("Certificate") {
		add(f.label, f.value)
	}
	for _, f := range m.Previous.facts("Before it") {
		add(f.label, f.value)
	}
	if m.Monitor != nil {
		add("Monitor", m.Monitor.Name)
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
	return []fact{{label, c.Subject}, {label + ", issued by", c.Issuer}, {label + ", valid until", written(c.NotAfter)}}
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

// worst is the level of the worst open finding; without any it is good news.
func worst(m Message) level {
	found := good
	if m.Counts != nil {
		for _, one := range m.Counts.bySeverity() {
			if one.n > 0 {
				found = worse(found, one.level)
			}
		}
	}
	for _, f := range m.Findings {
		found = worse(found, level(f.Severity))
	}
	if m.Scan != nil && m.Scan.Status == "failed" {
		found = worse(found, level(rule.High))
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
