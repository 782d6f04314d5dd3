// Posting: one request to a webhook or a chat service, and what its answer means.

package notify

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// post sends the message as the channel wants it.
func (box Outbox) post(ctx context.Context, c Channel, m Message, id string, now time.Time) Receipt {
	text, err := posted(c.Kind, m)
	if err != nil {
		return Receipt{Outcome: Refused, Error: "the message could not be written"}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.URL, bytes.NewReader(text))
	if err != nil || box.HTTP == nil {
		return Receipt{Outcome: Refused, Error: "the request could not be made"}
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", box.Agent)
	if c.Kind == Webhook {
		if err := sign(req.Header, c, text, id, now); err != nil {
			return Receipt{Outcome: Refused, Error: "the message could not be signed"}
		}
	}
	answer, err := box.straight().Do(req)
	if err != nil {
		return box.failure(err)
	}
	defer answer.Body.Close()
	// What can be read of the body is worth having; that it ended badly is not
	// news, for the status has been given.
	said, _ := io.ReadAll(io.LimitReader(answer.Body, mostAnswer))
	return judged(c.Kind, answer, said, now)
}

// posted is the body for that kind of channel.
func posted(kind ChannelKind, m Message) ([]byte, error) {
	m = m.Cleaned()
	switch kind {
	case Slack:
		return plainJSON(slackMessage(wordsOf(m)))
	case Teams:
		return teamsBody(wordsOf(m))
	case Discord:
		return plainJSON(discordMessage(wordsOf(m), m.At))
	}
	return m.MarshalJSON()
}

// straight is the client that was handed in, following no redirects and keeping
// no cookies: what is behind a redirect was not agreed to, and would get the
// body of a message that is not for it.
func (box Outbox) straight() *http.Client {
	client := *box.HTTP
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	client.Jar = nil
	return &client
}

// sign writes the three headers of Standard Webhooks 1.0. The timestamp is that of
// the attempt, not of the message, so that a late attempt is not taken for a
// replay.
func sign(h http.Header, c Channel, text []byte, id string, now time.Time) error {
	var signatures []string
	for _, secret := range []Secret{c.Secret, c.OldSecret} {
		if secret == "" {
			continue
		}
		signer, err := standardwebhooks.NewWebhook(string(secret))
		if err != nil {
			return err
		}
		signature, err := signer.Sign(id, now, text)
		if err != nil {
			return err
		}
		signatures = append(signatures, signature)
	}
	h.Set(standardwebhooks.HeaderWebhookID, id)
	h.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
	h.Set(standardwebhooks.HeaderWebhookSignature, strings.Join(signatures, " "))
	return nil
}

// settled are answers that will be the same for the same request: no later
// attempt mends them. Others below 500, such as 401 or 404, are what a receiver
// gives while it is being deployed, and are tried again.
var settled = map[int]bool{301: true, 308: true, 400: true, 405: true, 406: true, 411: true, 413: true, 414: true, 415: true, 422: true, 431: true, 501: true, 505: true}

// gone are answers of chat services to an address that was revoked, or may not be
// written to. They count those who ask on nevertheless, and bar them.
var gone = map[int]Outcome{401: Refused, 403: Refused, 404: Disabled}

func judged(kind ChannelKind, answer *http.Response, said []byte, now time.Time) Receipt {
	status := answer.StatusCode
	r := Receipt{Outcome: Retry, Status: status, RetryAfter: retryAfter(answer.Header, now), Answer: clean(string(said), mostSnippet)}
	switch {
	case status/100 == 2:
		r.Outcome, r.RetryAfter = Delivered, 0
		return r
	case status == http.StatusGone:
		r.Outcome, r.Error = Disabled, "the receiver wants no more messages (410)"
	case settled[status]:
		r.Outcome, r.Error = Refused, refusal(status)
	case kind != Webhook && gone[status] != "":
		r.Outcome, r.Error = gone[status], fmt.Sprintf("the service does not know this address any more (%d): make a new one there", status)
	case status/100 == 3:
		r.Error = redirected
	default:
		r.Error = strings.TrimSpace(fmt.Sprintf("the receiver answered %d %s", status, http.StatusText(status)))
	}
	if r.Outcome != Retry {
		r.RetryAfter = 0
	}
	return r
}

const redirected = "the receiver answered with a redirect, which is not followed: enter the final address"

func refusal(status int) string {
	if status/100 == 3 {
		return redirected
	}
	return fmt.Sprintf("the receiver does not take this message (%d %s)", status, http.StatusText(status))
}
