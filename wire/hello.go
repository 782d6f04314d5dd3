// Asking with TLS hellos, and what counts as an answer.

package wire

import (
	"context"
	"fmt"
	"strings"
	"time"

	"middlebrick/observe"
	"middlebrick/tlshello"
)

// A Reply is the target's answer to one hello, as one of the wire's answers.
type Reply struct {
	tlshello.Answer
	Result observe.Result
	Why    observe.Why // of no answer
	Detail string
	Err    error // of an accepted hello: why the answer ended before the stage that was asked for
	Ref    observe.Ref
}

// Observed is the reply as an observation.
func (r Reply) Observed() observe.Answer {
	a := observe.Answer{Result: r.Result, Why: r.Why, Detail: r.Detail, Ref: r.Ref}
	if r.Result == observe.Accepted {
		a.Suite = r.Suite
	}
	return a
}

// Gap is the reply as a gap; nil when there was an answer.
func (r Reply) Gap() *observe.Gap {
	if r.Result != observe.Silent {
		return nil
	}
	return &observe.Gap{Why: r.Why, Detail: r.Detail}
}

// retryPause is how long a connection that was closed or reset without an answer
// is left alone before it is asked once more.
const retryPause = 100 * time.Millisecond

// Ask sends a hello and reads its answer up to that stage. A refusal is an
// alert, or a close or reset twice while a hello that is known to work still
// does; silence never is.
func (w *Wire) Ask(ctx context.Context, port int, hello tlshello.Client, until tlshello.Stage) Reply {
	if w.unsteady() {
		w.alone <- struct{}{}
		defer func() { <-w.alone }()
	}
	first := w.hello(ctx, port, hello, until)
	if first.Result != observe.Silent {
		return first
	}
	switch first.Why {
	case observe.Closed, observe.Reset:
		return w.closedAgain(ctx, port, hello, until, first)
	case observe.Timeout:
		return w.silent(ctx, port, hello, until, first)
	}
	return first
}

// closes is how often in a row the same hello must be closed on before that is
// an answer: twice, and more often by a target that was seen to close on a hello
// and to answer it the next moment (FAULTS D21). Such a target is asked one
// question at a time, so that its moods cannot fall in step with ours.
func (w *Wire) closes() int {
	if w.unsteady() {
		return 4
	}
	return 2
}

// Some stacks refuse by closing without the alert that RFC 8446 section 6.2 asks
// for. One such close may be the network; two are an answer, if a control hello
// still works.
func (w *Wire) closedAgain(ctx context.Context, port int, hello tlshello.Client, until tlshello.Stage, last Reply) Reply {
	for n := 1; n < w.closes(); n++ {
		if !pause(ctx, retryPause) {
			return last
		}
		again := w.hello(ctx, port, hello, until)
		if again.Result != observe.Silent {
			w.wavers()
			return again
		}
		if again.Why != observe.Closed && again.Why != observe.Reset {
			return again
		}
		last = again
	}
	control, known := w.controlFor(port)
	if !known {
		return last
	}
	if !w.works(ctx, port, control) {
		w.shutOut()
		return w.throttled(last)
	}
	last.Result, last.Why = observe.Denied, ""
	last.Detail = ByClosing
	return last
}

// ByClosing is the detail of a refusal that came without an alert. It is worth
// less than one of a target that turns out to be unsteady.
const ByClosing = "closed without an alert, twice, while another hello was accepted"

// Doubtful is true of a refusal that must be asked for again: it came by closing,
// from a target that has since been seen to close on what it accepts.
func (w *Wire) Doubtful(result observe.Result, detail string) bool {
	return result == observe.Denied && detail == ByClosing && w.unsteady()
}

// works is true when the control hello is still accepted; an unsteady target has
// as many chances as it has to refuse.
func (w *Wire) works(ctx context.Context, port int, control tlshello.Client) bool {
	for range w.closes() - 1 {
		reply := w.hello(ahead(ctx), port, control, tlshello.UntilServerHello)
		if reply.Result == observe.Accepted {
			return true
		}
		if reply.Why != observe.Closed && reply.Why != observe.Reset {
			return false
		}
	}
	return false
}

// mostShut is on how many questions in a row a target may close, each time on the
// control hello as well, before no more is asked: by then it has closed at least
// nine times and answered nothing.
const mostShut = 3

func (w *Wire) shutOut() {
	w.mu.Lock()
	w.shut++
	done := w.shut >= mostShut
	w.mu.Unlock()
	if done {
		w.giveUp()
	}
}

func (w *Wire) letIn() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.shut = 0
}

func (w *Wire) wavers() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.unstable = true
}

func (w *Wire) unsteady() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.unstable
}

// silent tells a target that ignores this hello from one that ignores us.
func (w *Wire) silent(ctx context.Context, port int, hello tlshello.Client, until tlshello.Stage, first Reply) Reply {
	gone, narrowed := w.gone(ctx, port)
	switch {
	case gone:
		return w.throttled(first)
	case narrowed:
		return w.hello(ctx, port, hello, until)
	}
	return first
}

// gone is true where the target has stopped answering what it answered before; then
// it is asked nothing more. Narrowed is true where it answers again one at a time.
func (w *Wire) gone(ctx context.Context, port int) (gone, narrowed bool) {
	control, known := w.controlFor(port)
	if !known || w.works(ctx, port, control) {
		return false, false
	}
	// It may bear only one connection at a time: drop to one before any verdict.
	wasWide := w.gate.wide()
	w.OneAtATime()
	if !wasWide || !w.works(ctx, port, control) {
		w.giveUp()
		return true, false
	}
	return false, true
}

const noMore = "the target stopped answering hellos that it had accepted before"

func (w *Wire) throttled(r Reply) Reply {
	r.Why, r.Detail = observe.Throttled, noMore
	return r
}

func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// hello is one connection with one hello.
func (w *Wire) hello(ctx context.Context, port int, hello tlshello.Client, until tlshello.Stage) Reply {
	raw, err := hello.Marshal()
	if err != nil {
		panic(fmt.Sprintf("a hello of ours cannot be written: %v", err))
	}
	c, failed := w.dial(ctx, port, 0)
	if failed != nil {
		w.heard(failed.Why)
		return Reply{Result: observe.Silent, Why: failed.Why, Detail: failed.Detail}
	}
	defer c.Close()
	w.bound(ctx, c)
	var answer tlshello.Answer
	if _, err = c.Write(raw); err == nil {
		answer, err = read13(c, hello, until)
	}
	reply := judge(ctx, answer, err)
	w.heard(reply.Why)
	if reply.Result != observe.Silent {
		w.pulse(time.Since(c.opened))
		w.letIn()
	}
	reply.Ref = w.keepHello(c, hello, reply, port)
	return reply
}

// read13 reads the answer, and where a TLS 1.3 server asks for another key share
// first (RFC 8446 section 4.1.4) says the second hello on the same connection.
func read13(c *conn, hello tlshello.Client, until tlshello.Stage) (tlshello.Answer, error) {
	answer, err := tlshello.ReadAnswer(c, hello, until)
	if err != nil || answer.Kind != tlshello.KindHelloRetry || until == tlshello.UntilServerHello {
		return answer, err
	}
	again, ok := hello.Retry(answer)
	if !ok {
		return answer, nil
	}
	raw, err := again.Marshal()
	if err != nil {
		return answer, err
	}
	if _, err := c.Write(raw); err != nil {
		return answer, err
	}
	return tlshello.ReadAnswer(c, again, until)
}

func (w *Wire) bound(ctx context.Context, c *conn) {
	until := time.Now().Add(w.longEnough(ctx))
	if last := c.opened.Add(w.opts.Limits.Exchange); last.Before(until) {
		until = last
	}
	_ = c.SetDeadline(until)
	if ctx.Err() != nil {
		_ = c.SetDeadline(time.Unix(1, 0)) // the scan ended in between
	}
}

func judge(ctx context.Context, a tlshello.Answer, err error) Reply {
	r := Reply{Answer: a, Result: observe.Silent}
	switch a.Kind {
	case tlshello.KindServerHello, tlshello.KindHelloRetry:
		r.Result, r.Err = observe.Accepted, err
		if a.Violation != "" {
			r.Detail = a.Violation
		}
	case tlshello.KindAlert:
		r.Result, r.Detail = observe.Denied, "alert "+a.Alert.String()
	case tlshello.KindNotTLS:
		r.Result, r.Detail = observe.Absent, "the port speaks "+a.Protocol
	case tlshello.KindGarbled:
		r.Why, r.Detail = observe.Garbled, "the answer could not be read: "+a.Detail
		if err != nil && Classify(err) == observe.Timeout {
			r.Why, r.Detail = observe.Timeout, "the answer to a hello did not come to its end in time"
		}
	default:
		if ctx.Err() != nil {
			stopped := ended(ctx, "waiting for the answer to a hello")
			r.Why, r.Detail = stopped.Why, stopped.Detail
			break
		}
		failed := gap(err, "waiting for the answer to a hello")
		r.Why, r.Detail = failed.Why, failed.Detail
	}
	return r
}

func (w *Wire) keepHello(c *conn, hello tlshello.Client, r Reply, port int) observe.Ref {
	ended := "answered"
	if r.Result == observe.Silent {
		ended = string(r.Why)
	}
	return w.rec.Exchange("tls", observe.Exchange{
		At: c.opened.UTC(), TookMS: time.Since(c.opened).Milliseconds(), Address: c.to,
		About: about(hello), Sent: c.sent.hex(), Received: c.received.hex(), Ended: ended,
		Reproduce: w.openssl(hello, r, port),
	})
}

func about(hello tlshello.Client) string {
	text := fmt.Sprintf("%s hello with %d suites", hello.Version, len(hello.Suites))
	if len(hello.Suites) == 1 {
		text = fmt.Sprintf("%s hello with %s", hello.Version, nameOf(hello.Suites[0]))
	}
	if hello.ServerName != "" {
		text += " for " + hello.ServerName
	}
	return text + peculiar(hello)
}

func nameOf(s tlshello.Suite) string {
	text, _ := s.MarshalText()
	return string(text)
}

var opensslVersion = map[tlshello.Version]string{
	tlshello.SSL2: "-ssl2", tlshello.SSL3: "-ssl3", tlshello.TLS10: "-tls1", tlshello.TLS11: "-tls1_1",
	tlshello.TLS12: "-tls1_2", tlshello.TLS13: "-tls1_3",
}

// openssl is a command that asks the same with a stock tool. Security level 0 is
// said because OpenSSL 3 does not offer the old things otherwise, and then
// reports that the server refused them.
func (w *Wire) openssl(hello tlshello.Client, r Reply, port int) string {
	args := []string{"openssl s_client", "-connect", bracketed(w.address().String()) + ":" + portText(port)}
	if hello.ServerName != "" {
		args = append(args, "-servername", hello.ServerName)
	}
	args = append(args, peculiarFlags(hello)...)
	version := hello.Version
	if r.Kind == tlshello.KindServerHello {
		version = r.Version
	}
	if flag, ok := opensslVersion[version]; ok && (len(hello.Versions) <= 1 || r.Kind == tlshello.KindServerHello) {
		args = append(args, flag)
	}
	if version < tlshello.TLS13 {
		ciphers := "ALL:COMPLEMENTOFALL"
		if info, ok := r.Suite.Info(); ok && r.Result == observe.Accepted && info.OpenSSL != "" {
			ciphers = info.OpenSSL
		}
		args = append(args, "-cipher", "'"+ciphers+":@SECLEVEL=0'")
	}
	return strings.Join(args, " ") + " </dev/null"
}
