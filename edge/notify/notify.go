// Package notify tells people and machines what happened: it composes messages
// and sends them to webhooks, mailboxes, Slack, Teams and Discord. It keeps
// nothing, looks at no clock and opens no connection: the time, the HTTP client
// and the dialer are handed in, for what this server may connect to is decided
// elsewhere.
package notify

import (
	"context"
	"crypto/x509"
	"net"
	"net/http"
	"regexp"
	"time"
)

// What one attempt may take.
const (
	MostTime    = 15 * time.Second // from the first byte to the last answer
	mostAnswer  = 64 << 10         // bytes read of an answer's body
	mostSMTP    = 256 << 10        // bytes read of a mail server, its TLS among them
	mostSnippet = 200              // characters kept of an answer
)

// An Outbox is what messages leave through.
type Outbox struct {
	// HTTP is the guarded client. Redirects are not followed whatever it says.
	HTTP *http.Client
	// Dial is the guarded dialer, for mail.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Blocked tells a refusal by our own policy from a failure of the network;
	// nil takes none for one.
	Blocked func(error) bool
	// Roots are trusted for mail servers; nil means the system's.
	Roots *x509.CertPool
	// Clock measures how long an attempt took; without one Receipt.Took is zero.
	Clock func() time.Time
	// Host is this server's public name. It ends addresses such as Message-ID and
	// is what mail servers are greeted with; empty means "localhost".
	Host string
	// Agent is the User-Agent, "middlebrick/1.0.0".
	Agent string
}

// Outcome is how an attempt ended.
type Outcome string

// The outcomes. Only Retry is worth another attempt, when Next says so.
const (
	Delivered Outcome = "delivered"
	Retry     Outcome = "retry"
	Disabled  Outcome = "disabled" // the receiver wants no more of this, ever: switch the channel off
	Refused   Outcome = "refused"  // by policy, or by an answer that will not change
)

// A Receipt is what is known after an attempt. It holds no address, for it is
// shown to users who must not learn what lies behind the server. Durations are
// nanoseconds in JSON.
type Receipt struct {
	Outcome    Outcome       `json:"outcome"`
	Status     int           `json:"status,omitempty"` // of HTTP, or of SMTP
	Took       time.Duration `json:"took"`             // zero where our own policy refused
	RetryAfter time.Duration `json:"retryAfter,omitempty"`
	Error      string        `json:"error,omitempty"`  // one sentence, lower case
	Answer     string        `json:"answer,omitempty"` // the beginning of the answer, made harmless to print
}

// identity is what an id may look like: it becomes a header's value, part of a
// signed text (which full stops separate), and of a Message-ID.
var identity = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)

// Send makes one attempt to deliver the message. The id belongs to the delivery
// and stays the same over its attempts, so that a receiver can tell a second
// copy; now is when the attempt is made, and is what a webhook signs. The body
// depends on the message and the channel alone. Send does not panic on a channel
// that Validate refuses; it refuses it too.
func Send(ctx context.Context, box Outbox, c Channel, m Message, id string, now time.Time) Receipt {
	if !identity.MatchString(id) {
		return Receipt{Outcome: Refused, Error: "the delivery's id has characters that may not be sent"}
	}
	if !m.Kind.Known() {
		return Receipt{Outcome: Refused, Error: "the message is of no known kind"}
	}
	if err := c.Validate(); err != nil {
		return Receipt{Outcome: Refused, Error: "the channel is not set up: " + err.Error()}
	}
	ctx, cancel := context.WithTimeout(ctx, MostTime)
	defer cancel()
	began := box.clock()
	receipt := deliver(ctx, box, c, m, id, now)
	if receipt.Error != wordsBlocked {
		receipt.Took = box.clock().Sub(began)
	}
	return receipt
}

func deliver(ctx context.Context, box Outbox, c Channel, m Message, id string, now time.Time) Receipt {
	if c.Kind == Email {
		return box.mail(ctx, c, m, id, now)
	}
	return box.post(ctx, c, m, id, now)
}

func (box Outbox) clock() time.Time {
	if box.Clock == nil {
		return time.Time{}
	}
	return box.Clock()
}

// host is a name that may stand in a header.
func (box Outbox) host() string {
	if hostname.MatchString(box.Host) {
		return box.Host
	}
	return "localhost"
}
