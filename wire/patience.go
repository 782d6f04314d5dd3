// Asking again: of a target that asks for patience, that closes without an answer,
// or for what was asked before.

package wire

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"middlebrick/httphead"
	"middlebrick/observe"
)

// mostHeld is how many bytes of bodies are held for probes that ask again, and
// leastHeld what is held of one body beyond that.
const (
	mostHeld  = 8 << 20
	leastHeld = 64 << 10
)

// hold is the response as those get it who ask for it again.
func (w *Wire) hold(resp *Response) *Response {
	if resp == nil {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	size := len(resp.Body.Bytes)
	if w.held += min(size, leastHeld); w.held+size <= mostHeld || size <= leastHeld {
		w.held += max(0, size-leastHeld)
		return resp
	}
	shorter := *resp
	shorter.Body.Bytes = slices.Clone(resp.Body.Bytes[:leastHeld])
	shorter.Body.Truncated = true
	return &shorter
}

// mostWait is the longest that a Retry-After is obeyed.
const mostWait = 10 * time.Second

// patient obeys a request to slow down once; a target that still refuses has not
// answered.
func (w *Wire) patient(ctx context.Context, req Request) (*Response, *observe.Gap) {
	resp, failed := w.again(ctx, req)
	if failed != nil || !slowDown(resp.Head) {
		return resp, failed
	}
	wait := retryAfter(resp.Head)
	if wait > mostWait || !pause(ctx, wait) {
		return nil, &observe.Gap{Why: observe.Throttled, Detail: fmt.Sprintf("asked us to slow down (status %d)", resp.Head.Status)}
	}
	if resp, failed = w.again(ctx, req); failed == nil && slowDown(resp.Head) {
		return nil, &observe.Gap{Why: observe.Throttled, Detail: fmt.Sprintf("asked us to slow down twice (status %d)", resp.Head.Status)}
	}
	return resp, failed
}

// again asks once more, and then a last time, what was closed or reset without an
// answer: that may be the network. An unsteady target is asked nothing else
// meanwhile, as with hellos.
func (w *Wire) again(ctx context.Context, req Request) (*Response, *observe.Gap) {
	hold, release := w.hush()
	defer release()
	hold()
	resp, failed := w.get(ctx, req)
	for n := 0; n < w.closes() && closed(failed) && pause(ctx, retryPause); n++ {
		hold()
		if resp, failed = w.get(ctx, req); failed == nil {
			w.wavers()
		}
	}
	return resp, failed
}

// hush gives what makes others wait from the first time that it finds the target to
// be unsteady, and what ends that.
func (w *Wire) hush() (hold, release func()) {
	held := false
	hold = func() {
		if !held && w.unsteady() {
			w.alone <- struct{}{}
			held = true
		}
	}
	return hold, func() {
		if held {
			<-w.alone
		}
	}
}

func closed(failed *observe.Gap) bool {
	return failed != nil && (failed.Why == observe.Closed || failed.Why == observe.Reset)
}

func slowDown(h httphead.Head) bool {
	return h.Status == 429 || h.Status == 503 && h.Get("Retry-After") != ""
}

func retryAfter(h httphead.Head) time.Duration {
	seconds, err := strconv.Atoi(strings.TrimSpace(h.Get("Retry-After")))
	if err != nil || seconds < 0 {
		return time.Second
	}
	return time.Duration(min(seconds, 3600)) * time.Second
}
