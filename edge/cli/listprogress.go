// Progress of scan --list, on stderr: one live line on a terminal, and in a pipe
// one plain line every ten seconds.

package cli

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// inTurn lets many goroutines write, one after the other.
type inTurn struct {
	mu  sync.Mutex
	out io.Writer
}

func (w *inTurn) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.out.Write(p)
}

// tally shows how far a list is.
type tally struct {
	stop, done chan struct{}
}

// showList says at once that a list is being scanned; quiet runs say nothing.
func (l *listing) showList() tally {
	t := tally{make(chan struct{}), make(chan struct{})}
	if l.flags.output.quiet > 0 {
		close(t.done)
		return t
	}
	live := l.ErrTTY && !l.dumb()
	every := quietFor
	if live {
		every = 200 * time.Millisecond
	} else {
		l.say("scanning the targets of %s, %d at a time", l.in.name, l.sum.InFlight)
	}
	go func() {
		defer close(t.done)
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		for {
			select {
			case <-t.stop:
				if live {
					fmt.Fprint(l.Err, "\r\x1b[K")
				}
				return
			case <-ticker.C:
				l.draw(live)
			}
		}
	}()
	return t
}

func (t tally) finish() {
	close(t.stop)
	<-t.done
}

// draw writes one line of progress, over the last one on a terminal.
func (l *listing) draw(live bool) {
	l.mu.Lock()
	sum := l.sum
	yes := sum.Answers["yes"]
	l.mu.Unlock()
	seconds := l.Now().Sub(l.begun).Seconds()
	says := fmt.Sprintf("%d targets scanned, %.1f a second", sum.Scanned, float64(sum.Scanned)/max(seconds, 0.001))
	for _, count := range []struct {
		n    int
		what string
	}{{sum.Resumed, "finished before"}, {yes, "can be read or changed on the way"}, {sum.Bad, "bad lines"}, {sum.Errors, "errors"}} {
		if count.n > 0 {
			says += fmt.Sprintf(", %d %s", count.n, count.what)
		}
	}
	if !live {
		l.say("%s", says)
		return
	}
	const tail = "   Ctrl-C stops"
	screen := l.errScreen()
	line := screen.Cut(fmt.Sprintf("  %.0f s  %s", seconds, says), max(screen.Width-1-len(tail), 3)) + tail
	fmt.Fprintf(l.Err, "\r%s\x1b[K", screen.Cut(line, screen.Width-1))
}
