// Waiting for a service that was only just started: until it answers, and then
// it is scanned. "Not up yet" is the commonest false failure of a CI job.

package cli

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"time"

	"github.com/spf13/pflag"

	"middlebrick/scan"
)

// waitFlag is --wait-for.
type waitFlag struct{ typed string }

func (f *waitFlag) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.typed, "wait-for", "", "first wait until the target answers, at most this `TIME`, as 60s or 2m")
}

func (f waitFlag) read() (time.Duration, error) {
	if f.typed == "" {
		return 0, nil
	}
	d, err := duration(f.typed)
	if err != nil {
		return 0, usagef("--wait-for: %q is not a time from 1ms to 1h; write it as 60s or 2m", f.typed)
	}
	return d, nil
}

// The pace of asking: often enough that nobody waits for us, and slowly enough
// for a service that has other things to do while it starts.
const (
	askEvery   = 500 * time.Millisecond
	askTimeout = 5 * time.Second
)

// waiter asks until there is an answer.
type waiter struct {
	ask   func(context.Context) error
	sleep func(context.Context, time.Duration) error
	now   func() time.Time
}

// wait returns nil at the first answer, and after that time the last reason why
// there was none.
func (w waiter) wait(ctx context.Context, most time.Duration) error {
	end := w.now().Add(most)
	for {
		left := end.Sub(w.now())
		asking, cancel := context.WithTimeout(ctx, min(max(left, askEvery), askTimeout))
		err := w.ask(asking)
		cancel()
		left = end.Sub(w.now())
		if err == nil || ctx.Err() != nil || left <= 0 {
			return err
		}
		if err := w.sleep(ctx, min(askEvery, left)); err != nil {
			return err
		}
	}
}

// awaitTarget waits for the target, if it is told to. A target that does not answer
// in time is scanned nevertheless: the report says what happened.
func (a *app) awaitTarget(ctx context.Context, req scan.Request, most time.Duration, quiet bool) {
	if most == 0 {
		return
	}
	if !quiet {
		a.say("waiting for %s, at most %s", req.Target.URL, most)
	}
	began := a.Now()
	err := waiter{ask: func(ctx context.Context) error { return answers(ctx, req, a.Version) }, sleep: pause, now: a.Now}.wait(ctx, most)
	switch {
	case ctx.Err() != nil || quiet:
	case err != nil:
		a.say("no answer within %s: %v; scanning it all the same", most, err)
	default:
		a.say("it answers, after %s", a.Now().Sub(began).Round(100*time.Millisecond))
	}
}

// answers asks for the target once, over TCP and HTTP, without the caller's own
// headers. Any answer will do, but for those of a proxy whose service is not up.
func answers(ctx context.Context, req scan.Request, version string) error {
	asked, err := http.NewRequestWithContext(ctx, http.MethodGet, req.Target.URL, nil)
	if err != nil {
		return err
	}
	// Whether the certificate is good is the scan's question; here it is enough
	// that somebody answers. Nothing secret is sent.
	way := scan.Outbound{Permit: scan.Anywhere, Resolve: pinned(req), AnyTLS: true, UserAgent: "middlebrick/" + version}
	answer, err := way.Client().Do(asked)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	switch answer.StatusCode {
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return fmt.Errorf("it answers %d", answer.StatusCode)
	}
	return nil
}

// pinned resolves as the scan will.
func pinned(req scan.Request) func(context.Context, string) ([]netip.Addr, error) {
	return func(ctx context.Context, host string) ([]netip.Addr, error) {
		for _, pin := range req.Pins {
			if pin.Host == req.Target.Host && (pin.Port == 0 || pin.Port == req.Target.Port) {
				return []netip.Addr{pin.Addr}, nil
			}
		}
		return scan.Addresses(ctx, host)
	}
}
