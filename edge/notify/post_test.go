// Tests of posting: signatures that the published library verifies, and what is
// made of every kind of answer.

package notify_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"middlebrick/edge/notify"
)

func verify(t *testing.T, by notify.Secret, p posted) error {
	t.Helper()
	library, err := standardwebhooks.NewWebhook(string(by))
	if err != nil {
		t.Fatal(err)
	}
	return library.Verify(p.Body, p.Header)
}

func TestSignatureIsVerifiedByThePublishedLibrary(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got []posted
		box := served(t, keeping(&got, http.StatusNoContent))
		receipt := notify.Send(t.Context(), box, hook(), alert(), "msg_1", time.Now())
		if want := (notify.Receipt{Outcome: notify.Delivered, Status: 204}); receipt != want {
			t.Fatalf("got %+v", receipt)
		}
		if err := verify(t, secret, got[0]); err != nil {
			t.Error(err)
		}
		if verify(t, former, got[0]) == nil {
			t.Error("another secret verifies it too")
		}
		if h := got[0].Header; h.Get("Content-Type") != "application/json" || h.Get("User-Agent") != "middlebrick/test" || h.Get("Webhook-Id") != "msg_1" {
			t.Error(h)
		}
	})
}

func TestBothSecretsSignWhileOneIsChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got []posted
		box := served(t, keeping(&got, http.StatusOK))
		c := hook()
		c.OldSecret = former
		notify.Send(t.Context(), box, c, alert(), "msg_1", time.Now())
		for _, by := range []notify.Secret{secret, former} {
			if err := verify(t, by, got[0]); err != nil {
				t.Error(err)
			}
		}
	})
}

// The library refuses what was signed more than five minutes ago.
func TestLaterAttemptIsTheSameMessageSignedAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got []posted
		box := served(t, keeping(&got, http.StatusInternalServerError))
		m := alert()
		for range 2 {
			notify.Send(t.Context(), box, hook(), m, "msg_1", time.Now())
			if err := verify(t, secret, got[len(got)-1]); err != nil {
				t.Error(err)
			}
			time.Sleep(24 * time.Hour)
		}
		if verify(t, secret, got[0]) == nil {
			t.Error("the first attempt is not stale after a day")
		}
		if string(got[0].Body) != string(got[1].Body) || got[0].Header.Get("Webhook-Id") != got[1].Header.Get("Webhook-Id") {
			t.Error("the second attempt tells something else")
		}
		if got[0].Header.Get("Webhook-Timestamp") == got[1].Header.Get("Webhook-Timestamp") {
			t.Error("the second attempt was not signed anew")
		}
	})
}

func TestEveryAnswerHasItsOutcome(t *testing.T) {
	for _, c := range []struct {
		kind   notify.ChannelKind
		status int
		header string // Retry-After
		want   notify.Outcome
		after  time.Duration
	}{
		{notify.Webhook, 200, "", notify.Delivered, 0},
		{notify.Webhook, 202, "60", notify.Delivered, 0},
		{notify.Webhook, 204, "", notify.Delivered, 0},
		{notify.Webhook, 301, "", notify.Refused, 0},
		{notify.Webhook, 302, "", notify.Retry, 0},
		{notify.Webhook, 400, "60", notify.Refused, 0},
		{notify.Webhook, 401, "", notify.Retry, 0},
		{notify.Webhook, 404, "", notify.Retry, 0},
		{notify.Webhook, 408, "", notify.Retry, 0},
		{notify.Webhook, 410, "60", notify.Disabled, 0},
		{notify.Webhook, 413, "", notify.Refused, 0},
		{notify.Webhook, 422, "", notify.Refused, 0},
		{notify.Webhook, 429, "120", notify.Retry, 2 * time.Minute},
		{notify.Webhook, 429, "99999999999999999999", notify.Retry, 0},
		{notify.Webhook, 429, "9999999", notify.Retry, 24 * time.Hour},
		{notify.Webhook, 429, "-5", notify.Retry, 0},
		{notify.Webhook, 429, "soon", notify.Retry, 0},
		{notify.Webhook, 503, "Sat, 01 Jan 2000 00:10:00 GMT", notify.Retry, 10 * time.Minute}, // a bubble's time begins at 00:00
		{notify.Webhook, 503, "Fri, 31 Dec 1999 00:10:00 GMT", notify.Retry, 0},
		{notify.Webhook, 500, "", notify.Retry, 0},
		{notify.Webhook, 501, "", notify.Refused, 0},
		{notify.Webhook, 502, "", notify.Retry, 0},
		{notify.Slack, 200, "", notify.Delivered, 0},
		{notify.Slack, 403, "", notify.Refused, 0},
		{notify.Slack, 410, "", notify.Disabled, 0},
		{notify.Slack, 500, "", notify.Retry, 0},
		{notify.Teams, 202, "", notify.Delivered, 0},
		{notify.Discord, 404, "", notify.Disabled, 0},
		{notify.Discord, 429, "3", notify.Retry, 3 * time.Second},
	} {
		t.Run(fmt.Sprintf("%s %d %s", c.kind, c.status, c.header), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				box := served(t, func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Location", "http://elsewhere.example/")
					w.Header().Set("Retry-After", c.header)
					w.WriteHeader(c.status)
				})
				got := notify.Send(t.Context(), box, channelOf(c.kind), alert(), "msg_1", time.Now())
				if got.Outcome != c.want || got.RetryAfter != c.after || got.Status != c.status || (got.Error == "") != (c.want == notify.Delivered) {
					t.Errorf("%+v", got)
				}
			})
		})
	}
}

func channelOf(kind notify.ChannelKind) notify.Channel {
	if kind == notify.Webhook {
		return hook()
	}
	return notify.Channel{Kind: kind, URL: "https://" + string(kind) + ".example/services/T0/B0/secret"}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got []posted
		answer := keeping(&got, http.StatusTemporaryRedirect)
		box := served(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "http://169.254.169.254/latest/meta-data/")
			answer(w, r)
		})
		box.HTTP.CheckRedirect = func(*http.Request, []*http.Request) error { return nil }
		receipt := notify.Send(t.Context(), box, hook(), alert(), "msg_1", time.Now())
		if len(got) != 1 || !strings.Contains(receipt.Error, "redirect") {
			t.Errorf("%d requests, %+v", len(got), receipt)
		}
	})
}

func TestHangingReceiverIsLeftAfterFifteenSeconds(t *testing.T) {
	late := notify.Receipt{Outcome: notify.Retry, Took: 15 * time.Second, Error: "no answer in time"}
	for name, handler := range map[string]http.HandlerFunc{
		"no answer": func(_ http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body) // until then the server does not see that we left
			<-r.Context().Done()
		},
		"a head, byte by byte": func(w http.ResponseWriter, r *http.Request) {
			conn, _, _ := w.(http.Hijacker).Hijack()
			defer conn.Close()
			for err := error(nil); err == nil; time.Sleep(time.Second) {
				_, err = io.WriteString(conn, "H")
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				got := notify.Send(t.Context(), served(t, handler), hook(), alert(), "msg_1", time.Now())
				if diff := cmp.Diff(late, got); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		})
	}
}

// An answer that never ends has told what it had to: its status.
func TestEndlessAnswerIsCutShort(t *testing.T) {
	for name, pause := range map[string]time.Duration{"fast": 0, "slow": time.Second} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				written := 0
				done := make(chan struct{})
				box := served(t, func(w http.ResponseWriter, r *http.Request) {
					defer close(done)
					for err := error(nil); err == nil && r.Context().Err() == nil; time.Sleep(pause) {
						_, err = w.Write([]byte(strings.Repeat("a\x1b[31m<b>", 100)))
						w.(http.Flusher).Flush()
						written += 900
					}
				})
				got := notify.Send(t.Context(), box, hook(), alert(), "msg_1", time.Now())
				<-done
				if got.Outcome != notify.Delivered || got.Took > 15*time.Second || written > 80<<10 {
					t.Errorf("%+v after %d bytes", got, written)
				}
				if notify.Units(got.Answer) > 200 || strings.Contains(got.Answer, "\x1b") || !strings.HasPrefix(got.Answer, "a[31m<b>") {
					t.Errorf("kept %q", got.Answer)
				}
			})
		})
	}
}

// What our own policy refuses looks the same whatever the reason, and says
// nothing of how long it took.
func TestRefusalByPolicyTellsNothing(t *testing.T) {
	blocked := errors.New("10.0.0.7:6379 is private")
	for _, c := range []notify.Channel{hook(), channelOf(notify.Slack), letterbox(notify.StartTLS)} {
		synctest.Test(t, func(t *testing.T) {
			dial := func(context.Context, string, string) (net.Conn, error) {
				time.Sleep(time.Second)
				return nil, fmt.Errorf("dial: %w", blocked)
			}
			box := notify.Outbox{HTTP: &http.Client{Transport: &http.Transport{DialContext: dial}}, Dial: dial, Clock: time.Now,
				Blocked: func(err error) bool { return errors.Is(err, blocked) }}
			got := notify.Send(t.Context(), box, c, alert(), "msg_1", time.Now())
			if want := (notify.Receipt{Outcome: notify.Refused, Error: "this server's policy does not allow it"}); got != want {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestStoppingServerLeavesTheDeliveryForLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		box := served(t, func(_ http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			stop()
			<-r.Context().Done()
		})
		got := notify.Send(ctx, box, hook(), alert(), "msg_1", time.Now())
		if want := (notify.Receipt{Outcome: notify.Retry, Error: "this server stopped before an answer came"}); got != want {
			t.Errorf("%+v", got)
		}
	})
}

func TestFailuresNameNoAddress(t *testing.T) {
	open := httptest.NewUnstartedServer(http.NotFoundHandler())
	open.Config.ErrorLog = log.New(io.Discard, "", 0)
	open.StartTLS()
	defer open.Close()
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	for address, want := range map[string]string{
		closed.URL: "nothing listens there",
		open.URL:   "the receiver's certificate could not be verified",
		strings.Replace(plain.URL, "http:", "https:", 1): "the receiver does not speak TLS there",
		strings.Replace(open.URL, "https:", "http:", 1):  "the receiver does not take this message (400 Bad Request)",
		"http://name.invalid/":                           "the receiver's name could not be looked up",
	} {
		c := hook()
		c.URL = address
		got := notify.Send(t.Context(), notify.Outbox{HTTP: lookingNothingUp()}, c, alert(), "msg_1", at())
		if got.Error != want {
			t.Errorf("%s: %+v, want %q", address, got, want)
		}
	}
}

// lookingNothingUp asks no name server: the machine's own may be anywhere.
func lookingNothingUp() *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		if strings.HasPrefix(address, "name.invalid") {
			return nil, &net.DNSError{Err: "no such host", Name: "name.invalid", Server: "10.0.0.53", IsNotFound: true}
		}
		return new(net.Dialer).DialContext(ctx, network, address)
	}}}
}

func TestNothingIsSentThatIsNotWhole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got []posted
		box := served(t, keeping(&got, http.StatusOK))
		unsigned, unknown := hook(), alert()
		unsigned.Secret = ""
		unknown.Kind = "scan.exploded"
		for _, receipt := range []notify.Receipt{
			notify.Send(t.Context(), box, hook(), alert(), "a.b", time.Now()),
			notify.Send(t.Context(), box, hook(), alert(), "a\r\nb", time.Now()),
			notify.Send(t.Context(), box, hook(), alert(), "", time.Now()),
			notify.Send(t.Context(), box, unsigned, alert(), "a", time.Now()),
			notify.Send(t.Context(), box, hook(), unknown, "a", time.Now()),
			notify.Send(t.Context(), box, notify.Channel{}, alert(), "a", time.Now()),
			notify.Send(t.Context(), notify.Outbox{}, hook(), alert(), "a", time.Now()),
		} {
			if receipt.Outcome != notify.Refused || receipt.Error == "" {
				t.Errorf("%+v", receipt)
			}
		}
		if len(got) > 0 {
			t.Errorf("%d requests were made", len(got))
		}
	})
}
