// scan --watch: scan again on Enter, or when a file changes, and show first what
// moved.

package cli

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/pflag"
)

type watchFlags struct {
	on    bool
	files []string
}

func (f *watchFlags) add(flags *pflag.FlagSet) {
	flags.BoolVar(&f.on, "watch", false, "scan again on Enter, and show first what moved; q ends")
	flags.StringArrayVar(&f.files, "watch-file", nil, "with --watch: also when the file or folder `PATH` changes (repeatable)")
}

// check refuses what does not go together, before anything is asked.
func (f watchFlags) check(a *app, other scanFlags, targets int) error {
	switch {
	case !f.on && len(f.files) > 0:
		return usagef("--watch-file goes with --watch")
	case !f.on:
		return nil
	case other.plan:
		return usagef("--watch does not go with --plan, which sends nothing")
	case other.request.headerFile == "-":
		return usagef("--watch does not go with --header-file -: stdin is where Enter comes from; give the headers in a file")
	case targets > 1:
		return usagef("--watch watches one target, and the configuration has %d; name one: middlebrick scan NAME --watch", targets)
	case len(f.files) == 0 && !a.InTTY:
		return usagef("--watch waits for Enter, and stdin is no terminal; say what to watch instead: --watch-file PATH")
	}
	_, err := lookAt(f.files)
	return err
}

// How often files are looked at, and for how many looks they must rest before they
// are taken for saved: long enough for a server that loads its code anew by itself.
const (
	lookEvery = 500 * time.Millisecond
	restLooks = 3
)

// watcher waits for the next reason to scan.
type watcher struct {
	app   *app
	files []string
	keys  <-chan byte // closed at the end of stdin; nil where nobody types
	seen  tree        // the files as they were before the last scan
}

// next is why the wait is over.
type next struct {
	quit bool
	why  string // to scan again
}

// watch scans until the user ends it. The exit code is that of the last scan.
func (a *app) watch(ctx context.Context, f scanFlags, j job) error {
	w := watcher{app: a, files: f.watch.files}
	if a.InTTY {
		w.keys = typed(ctx, a.In)
	}
	if j.past == nil {
		j.past = &past{}
	}
	j.past.loop = true
	for {
		var err error
		if j.outs, err = f.output.plan(f.save); err != nil {
			return err
		}
		if w.seen, err = lookAt(w.files); err != nil {
			return err
		}
		a.exit = exitPassed
		if err := a.perform(ctx, j); err != nil || ctx.Err() != nil {
			return err
		}
		reason, err := w.wait(ctx)
		if err != nil || reason.quit {
			return err
		}
		if f.output.quiet == 0 {
			a.say("%s; scanning again", reason.why)
		}
	}
}

// typed is what comes from stdin, byte by byte.
func typed(ctx context.Context, in io.Reader) <-chan byte {
	keys := make(chan byte)
	go func() {
		defer close(keys)
		one := make([]byte, 1)
		for {
			n, err := in.Read(one)
			if n == 0 && err != nil {
				return
			}
			select {
			case keys <- one[0]:
			case <-ctx.Done():
				return
			}
		}
	}()
	return keys
}

// wait ends with a key, with a file that was changed and rests, or with the
// context.
func (w *watcher) wait(ctx context.Context) (next, error) {
	if w.keys != nil && w.app.Keys != nil {
		defer w.app.Keys()()
	}
	var looks <-chan time.Time
	if len(w.files) > 0 {
		ticks, stop := w.app.ticks(lookEvery)
		defer stop()
		looks = ticks
	}
	w.prompt()
	last, resting := w.seen, 0
	for {
		select {
		case <-ctx.Done():
			return next{}, context.Cause(ctx)
		case key, open := <-w.keys:
			if reason, over := w.pressed(key, open); over {
				return reason, nil
			}
		case <-looks:
			now, err := lookAt(w.files)
			resting++
			if err != nil || !now.same(last) { // a file that is gone may be on its way back
				last, resting = now, 0
			}
			if changed := w.seen.changed(last); err == nil && changed != "" && resting >= restLooks {
				return next{why: changed + " changed"}, nil
			}
		}
	}
}

// pressed is what a key means. At the end of stdin files may still change.
func (w *watcher) pressed(key byte, open bool) (reason next, over bool) {
	const end = 4 // Ctrl-D, where the terminal gives single keys
	switch {
	case !open && len(w.files) > 0:
		w.keys = nil
		return next{}, false
	case !open, key == 'q', key == 'Q', key == end:
		return next{quit: true}, true
	case key == '\n', key == '\r':
		return next{why: "Enter"}, true
	}
	return next{}, false
}

// prompt says what can be done now.
func (w *watcher) prompt() {
	var says []string
	if n := len(w.files); n > 0 {
		says = append(says, "watching "+w.files[0]+map[bool]string{true: fmt.Sprintf(" and %d more", n-1)}[n > 1])
	}
	if w.keys != nil {
		says = append(says, "Enter scans again, q ends")
	} else {
		says = append(says, "Ctrl-C ends")
	}
	w.app.say("%s", strings.Join(says, "; "))
}

// ticks is a clock that strikes; tests bring their own.
func (sh Shell) ticks(every time.Duration) (<-chan time.Time, func()) {
	if sh.Tick != nil {
		return sh.Tick(every)
	}
	ticker := time.NewTicker(every)
	return ticker.C, ticker.Stop
}
