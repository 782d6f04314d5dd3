// What there is to tell: the kinds of messages, and what one holds.

package notify

import (
	"time"

	"middlebrick/rule"
)

// Kind is what a message is about; it is the webhook's "type".
type Kind string

// The kinds. They stay for ever; more may come.
const (
	ScanCompleted       Kind = "scan.completed"
	MonitorAlert        Kind = "monitor.alert"
	MonitorCleared      Kind = "monitor.cleared"
	MonitorReminder     Kind = "monitor.reminder" // an alert that still holds
	CertificateExpiring Kind = "certificate.expiring"
	CertificateRenewed  Kind = "certificate.renewed" // good to know, and no alert
	ScannerOffline      Kind = "scanner.offline"     // our own network is down: nothing is known of the targets
	Test                Kind = "test"
)

// Kinds lists them all.
func Kinds() []Kind {
	return []Kind{ScanCompleted, MonitorAlert, MonitorCleared, MonitorReminder,
		CertificateExpiring, CertificateRenewed, ScannerOffline, Test}
}

// Known is true for the kinds above.
func (k Kind) Known() bool {
	for _, known := range Kinds() {
		if k == known {
			return true
		}
	}
	return false
}

// A Message is one thing to tell. What a kind does not need is left empty. Texts
// of a target's making may be anything: they are made harmless on the way out.
type Message struct {
	Kind    Kind
	At      time.Time // when it happened
	Target  *Target   // none where the message is about this server
	Monitor *Monitor
	Scan    *Scan
	// Sentence is the verdict in one sentence: "Anyone on the network path can
	// read and change this API's traffic."
	Sentence      string
	Before, After *Standing // Before is what After is compared with
	Counts        *Counts
	Reasons       []Reason // of an alert, of its end, of its reminder
	Findings      []Finding
	Omitted       int // findings that there are beside Findings
	Certificate   *Certificate
	Previous      *Certificate // that Certificate took the place of
	Since         time.Time    // when the alert fired, or the network went
	Affected      int          // monitors that wait for the network
	Links         Links
}

// Target is what was scanned.
type Target struct {
	Host string `json:"host"`
	URL  string `json:"url"`
}

// Monitor is what keeps watch over the target.
type Monitor struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Scan is the scan that the message rests on.
type Scan struct {
	ID          string     `json:"id"`
	Status      string     `json:"status"` // "completed", "failed"
	CompletedAt *time.Time `json:"completedAt,omitempty"`
	Error       string     `json:"errorMessage,omitempty"`
}

// A Standing is a score and its letter. Score is null, and Grade "", where the
// grade was withheld.
type Standing struct {
	Score *int   `json:"score"`
	Grade string `json:"grade"`
}

// Counts are the open findings by severity, and what changed since the scan
// before.
type Counts struct {
	Critical int `json:"critical"`
	High     int `json:"high"`
	Medium   int `json:"medium"`
	Low      int `json:"low"`
	Info     int `json:"info"`
	New      int `json:"new"`
	Fixed    int `json:"fixed"`
}

// Cause is why an alert fired.
type Cause string

// The causes.
const (
	NewFindings       Cause = "findings.new"
	ScoreDropped      Cause = "score.dropped"
	Unreachable       Cause = "unreachable"
	CertificateWeaker Cause = "certificate.weaker" // it was replaced, by a weaker one
)

// A Reason is a cause, with how often: how many findings are new, how many times
// in a row the target could not be reached.
type Reason struct {
	Cause Cause `json:"cause"`
	Times int   `json:"times,omitempty"`
}

// A Finding is one failure, as far as a message tells it.
type Finding struct {
	Rule     string        `json:"rule"`
	Severity rule.Severity `json:"severity"`
	Title    string        `json:"title"`
	Where    string        `json:"where,omitempty"`
	New      bool          `json:"new"`
	Link     string        `json:"link,omitempty"`
}

// Certificate is a leaf certificate.
type Certificate struct {
	Subject     string    `json:"subject"`
	Issuer      string    `json:"issuer"`
	NotAfter    time.Time `json:"notAfter"`
	DaysLeft    int       `json:"daysLeft"`    // whole days; below zero once it is over
	Fingerprint string    `json:"fingerprint"` // SHA-256, hexadecimal
}

// Links are pages of this server's dashboard, built from its public address.
// What is not http or https is left out.
type Links struct {
	Report   string `json:"report,omitempty"`
	Compare  string `json:"compare,omitempty"`
	Monitor  string `json:"monitor,omitempty"`
	Settings string `json:"settings,omitempty"` // where these messages are turned off
}
