// What a message says in English, before any channel's own form: a headline,
// facts, findings and links.

package notify

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"middlebrick/rule"
)

// A level is how a message looks: a severity, or "pass" for good news.
type level string

const good level = "pass"

// colours of levels on white (the palette of the dashboard), and as numbers for
// services that want those.
var colours = map[level]string{
	level(rule.Critical): "#6f0b89",
	level(rule.High):     "#9c261e",
	level(rule.Medium):   "#b2890b",
	level(rule.Low):      "#154ff4",
	level(rule.Info):     "#454a54",
	good:                 "#01a377",
}

// marks say the level by shape too, for colour alone says nothing to some.
var marks = map[level]string{
	level(rule.Critical): "■", level(rule.High): "▲", level(rule.Medium): "◆",
	level(rule.Low): "●", level(rule.Info): "○", good: "✓",
}

func (l level) colour() string { return colours[l] }

// number is the colour as 0xRRGGBB.
func (l level) number() int {
	n, _ := strconv.ParseInt(strings.TrimPrefix(l.colour(), "#"), 16, 32)
	return int(n)
}

// tag is "▲ HIGH"; good news has "✓ OK".
func (l level) tag() string {
	word := strings.ToUpper(string(l))
	if l == good {
		word = "OK"
	}
	return marks[l] + " " + word
}

// A fact is a label of ours and a value; theirs when that is a stranger's text.
type fact struct {
	label, value string
	theirs       bool
}

// A link is a text of ours and where it leads.
type link struct{ text, url string }

// wording is a message in words. The headline, labels and links' texts are ours;
// all else may be a stranger's, but for facts that say otherwise.
type wording struct {
	level    level
	headline string
	target   string
	sentence string
	facts    []fact
	findings []Finding
	omitted  int
	links    []link
}

// wordsOf puts a cleaned message into words.
func wordsOf(m Message) wording {
	w := wording{
		level: levelOf(m), headline: headline(m), sentence: m.Sentence, facts: factsOf(m),
		findings: m.Findings, omitted: m.Omitted, links: linksOf(m.Links),
	}
	if m.Target != nil {
		w.target = m.Target.URL
		if w.target == "" {
			w.target = m.Target.Host
		}
	}
	return w
}

func levelOf(m Message) level {
	switch m.Kind {
	case MonitorCleared:
		return good
	case CertificateRenewed, Test:
		return level(rule.Info)
	case ScannerOffline:
		return level(rule.High)
	case CertificateExpiring:
		return expiryLevel(m.Certificate)
	case ScanCompleted:
		return standing(m)
	}
	return alarm(m)
}

func expiryLevel(c *Certificate) level {
	switch {
	case c == nil || c.DaysLeft > 14:
		return level(rule.Low)
	case c.DaysLeft > 7:
		return level(rule.Medium)
	case c.DaysLeft > 0:
		return level(rule.High)
	}
	return level(rule.Critical)
}

// headline is one line without anything of the target's.
func headline(m Message) string {
	switch m.Kind {
	case ScanCompleted:
		return completed(m)
	case MonitorAlert:
		return capital(reasonsOf(m, "something changed"))
	case MonitorCleared:
		return "Cleared: " + causesOf(m)
	case MonitorReminder:
		return "Still so: " + reasonsOf(m, "the alert holds")
	case CertificateExpiring:
		return "Certificate " + expiry(m.Certificate)
	case CertificateRenewed:
		return "Certificate renewed" + until(m.Certificate)
	case ScannerOffline:
		return fmt.Sprintf("The scanner has no network: %s", waiting(m.Affected))
	}
	return "Test: this channel works"
}

func completed(m Message) string {
	if m.Scan != nil && m.Scan.Status == "failed" {
		return "Scan failed: nothing was judged"
	}
	if m.After == nil {
		return "Scan completed"
	}
	return "Scan completed: " + m.After.words()
}

// words are "31 (F)", or that there is no grade.
func (s Standing) words() string {
	if s.Score == nil {
		return "no grade"
	}
	if s.Grade == "" {
		return strconv.Itoa(*s.Score)
	}
	return fmt.Sprintf("%d (%s)", *s.Score, s.Grade)
}

func reasonsOf(m Message, none string) string {
	var all []string
	for _, r := range m.Reasons {
		if said := r.words(m); said != "" {
			all = append(all, said)
		}
	}
	if len(all) == 0 {
		return none
	}
	return strings.Join(all, ", ")
}

func (r Reason) words(m Message) string {
	switch r.Cause {
	case NewFindings:
		return counted(max(1, r.Times), "new finding", "new findings")
	case ScoreDropped:
		return dropped(m)
	case Unreachable:
		return "unreachable" + times(r.Times)
	case CertificateWeaker:
		return "certificate replaced by a weaker one"
	}
	return ""
}

func dropped(m Message) string {
	if m.Before == nil || m.After == nil {
		return "lower score"
	}
	return fmt.Sprintf("score from %s to %s", m.Before.words(), m.After.words())
}

func times(n int) string {
	if n < 2 {
		return ""
	}
	return fmt.Sprintf(" %d times in a row", n)
}

var causes = map[Cause]string{
	NewFindings: "new findings", ScoreDropped: "lower score", Unreachable: "unreachable", CertificateWeaker: "weaker certificate",
}

func causesOf(m Message) string {
	var all []string
	for _, r := range m.Reasons {
		if said, ok := causes[r.Cause]; ok {
			all = append(all, said)
		}
	}
	if len(all) == 0 {
		return "the alert is over"
	}
	return strings.Join(all, ", ")
}

func expiry(c *Certificate) string {
	switch {
	case c == nil:
		return "expires soon"
	case c.DaysLeft < 0:
		return "expired " + counted(-c.DaysLeft, "day", "days") + " ago"
	case c.DaysLeft == 0:
		return "expires within a day"
	}
	return "expires in " + counted(c.DaysLeft, "day", "days")
}

func until(c *Certificate) string {
	if c == nil || c.NotAfter.IsZero() {
		return ""
	}
	return ", valid until " + c.NotAfter.Format(time.DateOnly)
}

func waiting(n int) string {
	if n < 1 {
		return "monitors wait"
	}
	if n == 1 {
		return "1 monitor waits"
	}
	return fmt.Sprintf("%d monitors wait", n)
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
