// What is known of a target from before: the scans that are kept of it, and what
// moved since the last one. Nothing here fails a scan.

package cli

import (
	"strings"

	"github.com/spf13/pflag"

	"middlebrick/edge/store/history"
	"middlebrick/report"
	diff "middlebrick/report/compare"
	"middlebrick/scan"
)

type pastFlags struct{ off bool }

func (f *pastFlags) add(flags *pflag.FlagSet) {
	flags.BoolVar(&f.off, "no-history", false, "neither read nor keep what earlier scans of this target came to")
}

// past is a target's last scan, and where the next one is kept.
type past struct {
	book *history.Book // nil: nothing is kept
	last *diff.Snapshot
	loop bool // somebody mends and looks again
}

func (p *past) looped() bool { return p != nil && p.loop }

// before is what is known of the target that is about to be scanned; nil where the
// history is switched off.
func (a *app) before(f pastFlags, req scan.Request) *past {
	if f.off || !a.remembers() {
		return nil
	}
	dir, err := history.Folder(a.Env)
	if err != nil {
		return nil // there is no home, as in many containers: nothing to say of it each time
	}
	book := history.Open(dir)
	p := &past{book: &book}
	scans, err := book.Scans(diff.Target(req.Target.Method, req.Target.URL))
	if err != nil {
		a.say("%v; this scan goes on without it", err)
	}
	if n := len(scans); n > 0 {
		p.last = &scans[n-1]
	}
	return p
}

// remembers is what MIDDLEBRICK_HISTORY says, on or off. Without it a build service
// has no history: its machines are new each time.
func (a *app) remembers() bool {
	said := strings.ToLower(a.Env("MIDDLEBRICK_HISTORY"))
	switch said {
	case "on", "1", "true", "yes":
		return true
	case "off", "0", "false", "no":
		return false
	case "":
	default:
		a.say("MIDDLEBRICK_HISTORY is %q, and on or off is understood; taken for off", said)
		return false
	}
	ci := strings.ToLower(a.Env("CI"))
	return ci == "" || ci == "false" || ci == "0"
}

// since is what moved since the last scan. It keeps this one, for the next to be
// compared with; a scan without a verdict is neither compared nor kept.
func (a *app) since(p *past, r report.Report) *diff.Difference {
	if p == nil || r.Status != report.Completed {
		return nil
	}
	now := diff.Take(r)
	last := p.last
	p.last = &now
	if p.book != nil {
		if err := p.book.Keep(now); err != nil {
			a.say("%v; the report is not touched by this", err)
		}
	}
	if last == nil {
		return nil
	}
	d := diff.Of(*last, now, diff.Renamed(a.engine.Rules()))
	return &d
}
