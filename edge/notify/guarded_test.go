// Tests through the guarded way out that the server hands in: what its policy
// refuses is refused here in one form, whichever way a channel asks for it.

package notify_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"middlebrick/edge/egress"
	"middlebrick/edge/notify"
	"middlebrick/scan"
)

// loopback answers every name with this machine, as a name server does that was
// asked a second time by a rebinding.
func loopback(context.Context, string) ([]netip.Addr, error) {
	return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
}

func guarded(permit func(netip.AddrPort) error) notify.Outbox {
	out := scan.Outbound{Permit: permit, Resolve: loopback, UserAgent: "middlebrick/test", Timeout: notify.MostTime}
	return notify.Outbox{HTTP: out.Client(), Dial: out.Dial, Blocked: egress.Refused, Clock: time.Now}
}

func TestWhatThePolicyRefusesIsNeverReached(t *testing.T) {
	var reached atomic.Int32
	receiver := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	defer receiver.Close()
	_, port, _ := net.SplitHostPort(receiver.Listener.Addr().String())
	channels := []notify.Channel{wrong(letterbox(notify.StartTLS), func(c *notify.Channel) { c.Mail.Host = "127.0.0.1" })}
	for _, host := range []string{"127.0.0.1", "localhost", "rebinding.example", "[::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "169.254.169.254",
		"2130706433", "0x7f.1", "127.1", "0.0.0.0", "[fe80::1%25lo]"} {
		channels = append(channels,
			notify.Channel{Kind: notify.Webhook, URL: "http://" + host + ":" + port + "/in", Secret: secret},
			notify.Channel{Kind: notify.Slack, URL: "https://" + host + ":" + port + "/services/x"})
	}
	for _, c := range channels {
		got := notify.Send(t.Context(), guarded(scan.Public), c, alert(), "msg_1", at())
		if want := (notify.Receipt{Outcome: notify.Refused, Error: "this server's policy does not allow it"}); got != want {
			t.Errorf("%s: %+v", c, got)
		}
	}
	if reached.Load() > 0 {
		t.Errorf("the receiver was reached %d times", reached.Load())
	}
}

func TestPermittedReceiverCannotSendUsElsewhere(t *testing.T) {
	var reached atomic.Int32
	inner := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	defer inner.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		receiver := httptest.NewServer(http.RedirectHandler(inner.URL, status))
		c := hook()
		c.URL = receiver.URL
		got := notify.Send(t.Context(), guarded(func(netip.AddrPort) error { return nil }), c, alert(), "msg_1", at())
		receiver.Close()
		if got.Status != status || !strings.Contains(got.Error, "redirect") {
			t.Errorf("%d: %+v", status, got)
		}
	}
	if reached.Load() > 0 {
		t.Errorf("it was followed %d times", reached.Load())
	}
}

func TestGuardedFailuresHaveTheirWords(t *testing.T) {
	receiver := httptest.NewServer(http.NotFoundHandler())
	receiver.Close()
	c := hook()
	c.URL = receiver.URL
	got := notify.Send(t.Context(), guarded(func(netip.AddrPort) error { return nil }), c, alert(), "msg_1", at())
	if got.Outcome != notify.Retry || got.Error != "nothing listens there" {
		t.Errorf("%+v", got)
	}
}

// The letter goes over a real guarded connection too, TLS and its byte bound and all.
func TestGuardedMailArrives(t *testing.T) {
	lines, address, roots := startMailServer(t, notify.StartTLS, false)
	box := guarded(func(netip.AddrPort) error { return nil })
	box.Roots = roots
	c := letterbox(notify.StartTLS)
	c.Mail.Port = int(netip.MustParseAddrPort(address).Port())
	if got := notify.Send(t.Context(), box, c, alert(), "msg_1", at()); got.Outcome != notify.Delivered {
		t.Fatalf("%+v", got)
	}
	if got := next(t, lines); !got.Secure {
		t.Errorf("%+v", got)
	}
}
