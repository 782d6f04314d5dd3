// A conversation of the caller's own over one connection: for questions that a
// hello and its answer cannot hold.

package wire

import (
	"context"
	"io"
	"time"

	"middlebrick/observe"
)

// Talk opens one connection to a port and lets say converse on it. The connection
// waits its turn, is counted, bounded and kept like that of a hello: what say
// writes must be answered within Limits.Hello, whatever came before, and all of it
// within Limits.Exchange; then reads and writes fail with a timeout. It is closed
// when say returns.
//
// About says in words what is asked. Say returns nil when it has its answer, an
// alert or a close among them; an error of its connection, wrapped or not, is what
// the gap names, and one of its own makes the gap garbled. There is a Ref whenever
// a connection was opened. A close without an answer is not asked again here.
func (w *Wire) Talk(ctx context.Context, port int, about string, say func(io.ReadWriter) error) (observe.Ref, *observe.Gap) {
	if w.unsteady() {
		w.alone <- struct{}{}
		defer func() { <-w.alone }()
	}
	ref, failed, mute := w.converse(ctx, port, about, say)
	if !mute {
		return ref, failed
	}
	if gone, _ := w.gone(ctx, port); gone {
		failed = &observe.Gap{Why: observe.Throttled, Detail: noMore}
	}
	return ref, failed
}

// converse is one conversation. Mute is a target that did not say one byte to what
// it was asked.
func (w *Wire) converse(ctx context.Context, port int, about string, say func(io.ReadWriter) error) (ref observe.Ref, failed *observe.Gap, mute bool) {
	c, failed := w.dial(ctx, port, 0)
	if failed != nil {
		w.heard(failed.Why)
		return "", failed, false
	}
	defer c.Close()
	err := say(&talk{c, ctx})
	if err == nil {
		w.heard("")
		return w.keepTalk(c, about, "answered"), nil, false
	}
	failed = gap(err, about)
	if ctx.Err() != nil {
		failed = ended(ctx, about)
	}
	w.heard(failed.Why)
	mute = failed.Why == observe.Timeout && c.sent.total > 0 && c.received.total == 0
	return w.keepTalk(c, about, string(failed.Why)), failed, mute
}

// talk is a connection on which each question has the time of a hello.
type talk struct {
	*conn
	ctx context.Context
}

// Write asks; its answer has its own time.
func (t *talk) Write(p []byte) (int, error) {
	t.wire.bound(t.ctx, t.conn)
	return t.conn.Write(p)
}

// Read waits for no longer than the last Write allowed, or where nothing was asked
// yet, than the first hello would have.
func (t *talk) Read(p []byte) (int, error) {
	if t.sent.total == 0 && t.received.total == 0 {
		t.wire.bound(t.ctx, t.conn)
	}
	return t.conn.Read(p)
}

func (w *Wire) keepTalk(c *conn, about, ended string) observe.Ref {
	reproduce := "openssl s_client -connect " + bracketed(w.address().String()) + ":" + portText(c.port)
	if name := w.ServerName(); name != "" {
		reproduce += " -servername " + name
	}
	return w.rec.Exchange("tls", observe.Exchange{
		At: c.opened.UTC(), TookMS: time.Since(c.opened).Milliseconds(), Address: c.to,
		About: about, Sent: c.sent.hex(), Received: c.received.hex(), Ended: ended,
		Reproduce: reproduce + " </dev/null",
	})
}
