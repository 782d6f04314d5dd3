// Several requests over one connection. A connection that has answered is handed
// to a request that waits for its turn at the same port, and closed where none comes
// within a moment: none is ever held idle, which a development server would stand
// still for.

package wire

import (
	"bufio"
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"middlebrick/httphead"
	"middlebrick/observe"
)

const (
	// mostLines is how many connections to one port carry requests at once, where
	// the server keeps them: a request is sooner answered on one of these than on
	// one of its own.
	mostLines = 2
	// mostAsked is how many requests one connection carries: servers close after
	// some number (Apache after 100 by default).
	mostAsked = 20
	// moment is how long a connection stays for the request that an answer leads to:
	// as long as it takes to read a page, and no longer than anybody notices.
	moment = 25 * time.Millisecond
)

// A line is a connection with a finished handshake, on which requests are asked
// one after another.
type line struct {
	*conn
	lines  *lines
	stream io.ReadWriter
	in     *bufio.Reader
	used   int
	begun  time.Time   // of the request that is on it
	stays  *time.Timer // while it has none
}

// Lines are those of one port. The wire's lock guards them.
type lines struct {
	most  int  // how many there should be
	open  int  // connections that carry requests, or are about to be opened for one
	keeps bool // the server was seen to keep one
	once  bool // and to answer no second request on one
	wait  []*waiter
	rest  []*line // have answered, and stay for a moment
}

// A waiter is a request that waits for its turn. One that is stuck opens no
// connection before it is told to, by nil.
type waiter struct {
	handed chan *line
	stuck  bool
}

// lineFor is a line to the port: one that was handed over, or a new one.
func (w *Wire) lineFor(ctx context.Context, port int) (*line, *observe.Gap) {
	all, me, l := w.queue(port)
	if l != nil {
		return w.takeOver(l)
	}
	if me.stuck {
		select {
		case l := <-me.handed:
			if l != nil {
				return w.takeOver(l)
			}
		case <-ctx.Done():
			w.unqueue(all, me)
			return nil, ended(ctx, "connecting to "+bracketed(w.address().String())+":"+portText(port))
		}
		return w.newLine(ctx, port, all, nil)
	}
	l, gap := w.newLine(ctx, port, all, me)
	w.unqueue(all, me)
	if l != nil && l.used > 0 {
		return w.takeOver(l)
	}
	return l, gap
}

// newLine opens a connection, unless a line is handed to the waiter before its
// turn comes.
func (w *Wire) newLine(ctx context.Context, port int, all *lines, me *waiter) (*line, *observe.Gap) {
	var handed chan *line
	if me != nil {
		handed = me.handed
	}
	l, err := w.gate.enterOr(ctx, handed)
	if l != nil {
		w.vacate(all)
		return l, nil
	}
	if err != nil {
		w.vacate(all)
		return nil, ended(ctx, "connecting to "+bracketed(w.address().String())+":"+portText(port))
	}
	c, failed := w.dialInside(ctx, port, 1)
	if w.worthAgain(ctx, failed) {
		c, failed = w.dialOnce(ctx, port, 1)
	}
	if failed != nil {
		w.vacate(all)
		return nil, failed
	}
	return &line{conn: c, lines: all}, nil
}

// queue gives a line that is there, or takes a place among those who wait for one.
func (w *Wire) queue(port int) (*lines, *waiter, *line) {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := w.lines[port]
	if all == nil {
		all = &lines{most: mostLines}
		if t := w.opts.Target; t.Scheme == "https" && port == t.HTTPPort {
			all.most = 1 // little is asked of the form that was not named
		}
		w.lines[port] = all
	}
	if len(all.rest) > 0 {
		l := all.rest[0]
		all.rest = all.rest[1:]
		l.stays.Stop()
		return all, nil, l
	}
	me := &waiter{handed: make(chan *line, 1), stuck: all.keeps && all.open >= all.most}
	all.wait = append(all.wait, me)
	if !me.stuck {
		all.open++
	}
	return all, me, nil
}

// unqueue waits no longer; what was handed over meanwhile goes to the next.
func (w *Wire) unqueue(all *lines, me *waiter) {
	w.mu.Lock()
	for i, other := range all.wait {
		if other == me {
			all.wait = append(all.wait[:i:i], all.wait[i+1:]...)
			break
		}
	}
	w.mu.Unlock()
	select {
	case late := <-me.handed:
		if late == nil {
			w.vacate(all)
		} else {
			w.pass(late)
		}
	default:
	}
}

// takeOver goes on with a line that has carried other requests.
func (w *Wire) takeOver(l *line) (*line, *observe.Gap) {
	if spent := w.spendRequest(); spent != nil {
		w.hangUp(l)
		return nil, spent
	}
	return l, nil
}

// vacate gives up the place of a connection; who is stuck may take it.
func (w *Wire) vacate(all *lines) {
	if all == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	all.open--
	for i, next := range all.wait {
		if next.stuck && all.open < all.most {
			all.wait = append(all.wait[:i:i], all.wait[i+1:]...)
			all.open++
			next.handed <- nil
			return
		}
	}
}

// hangUp closes a line.
func (w *Wire) hangUp(l *line) {
	l.Close()
	w.vacate(l.lines)
}

// handOver gives a line to a request that waits or comes within a moment, if the
// answer left it in a state to go on with; otherwise it is closed.
func (w *Wire) handOver(l *line, req Request, resp *Response) {
	if !w.lasts(l, req, resp) {
		w.hangUp(l)
		return
	}
	w.pass(l)
}

func (w *Wire) pass(l *line) {
	w.mu.Lock()
	defer w.mu.Unlock()
	l.lines.keeps = true
	if len(l.lines.wait) == 0 {
		l.lines.rest = append(l.lines.rest, l)
		l.stays = time.AfterFunc(moment, func() { w.leave(l) })
		return
	}
	next := l.lines.wait[0]
	l.lines.wait = l.lines.wait[1:]
	next.handed <- l
}

// leave closes a line that nobody has taken.
func (w *Wire) leave(l *line) {
	w.mu.Lock()
	at := slices.Index(l.lines.rest, l)
	if at >= 0 {
		l.lines.rest = slices.Delete(slices.Clone(l.lines.rest), at, at+1)
	}
	w.mu.Unlock()
	if at >= 0 {
		w.hangUp(l)
	}
}

// Finish closes the connections that still stay for a request: there will be none.
func (w *Wire) Finish() {
	w.mu.Lock()
	var all []*line
	for _, port := range w.lines {
		all = append(all, port.rest...)
	}
	w.mu.Unlock()
	for _, l := range all {
		l.stays.Stop()
		w.leave(l)
	}
}

// onlyOnce lets no line to that port carry more than one request from now on.
func (w *Wire) onlyOnce(l *line) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if l.lines != nil {
		l.lines.once = true
	}
}

func (w *Wire) mayLast(l *line) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return l.lines != nil && !l.lines.once
}

// lasts is true of a line that its server means to keep (RFC 9112 section 9.3). A
// request that names another host is the last on its line.
func (w *Wire) lasts(l *line, req Request, resp *Response) bool {
	head, body := resp.Head, resp.Body
	ends := strings.ToLower(strings.Join(head.Values("Connection"), ","))
	return w.mayLast(l) && req.Host == "" && head.Proto == "HTTP/1.1" && head.Status != 101 && !strings.Contains(ends, "close") &&
		head.Framed(req.Method) && !body.Short && !body.Truncated && l.in.Buffered() == 0 &&
		l.used < mostAsked && time.Since(l.opened) < w.opts.Limits.Exchange/2 && !w.unsteady() && w.gate.wide()
}

// spendRequest takes a request from the budget, on a connection that is there.
func (w *Wire) spendRequest() *observe.Gap {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.cost.Requests >= w.opts.Limits.Requests {
		return &observe.Gap{Why: observe.Budget, Detail: "the scan's budget of requests is spent"}
	}
	w.cost.Requests++
	return nil
}

// unspendRequest gives a request back that was not heard.
func (w *Wire) unspendRequest() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cost.Requests--
}

// keeping is the header field that ends the connection, for requests that do so. One
// that says itself what becomes of the connection is left alone: CUPS upgrades none
// that also says close.
func (w *Wire) keeping(req Request) []httphead.Field {
	own := slices.ContainsFunc(req.Fields, func(f httphead.Field) bool { return strings.EqualFold(f.Name, "Connection") })
	if own || req.Host == "" && w.gate.wide() && !w.unsteady() {
		return nil
	}
	return []httphead.Field{{Name: "Connection", Value: "close"}}
}
