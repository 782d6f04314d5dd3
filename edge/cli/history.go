// The command history: what is kept of targets that were scanned before.

package cli

import (
	"github.com/spf13/cobra"

	"middlebrick/edge/store/history"
	diff "middlebrick/report/compare"
	"middlebrick/report/render"
)

type historyFlags struct {
	method  string
	forget  bool
	noColor bool
}

func (a *app) historyCommand() *cobra.Command {
	var f historyFlags
	cmd := &cobra.Command{
		Use:   "history [URL]",
		Short: "List the targets that were scanned before, or the scans of one",
		Long: `After each scan from this machine its outcome is kept: rules, places, facts and
scores, never headers, cookies, bodies or the query of an address. The next scan of
the same target says what moved since. The last 20 scans of at most 1000 targets
are kept in $XDG_STATE_HOME/middlebrick, readable by you alone.

It is switched off by scan --no-history, by MIDDLEBRICK_HISTORY=off, and where CI
is set; MIDDLEBRICK_HISTORY=on switches it on there too.`,
		Example: "  middlebrick history\n  middlebrick history https://api.example.com/v1/users\n  middlebrick history https://api.example.com/v1/users --forget",
		Args:    cobra.MaximumNArgs(1),
	}
	format := pageFormat(cmd, "table")
	cmd.Flags().StringVar(&f.method, "method", "GET", "`METHOD` that the scans were made with")
	cmd.Flags().BoolVar(&f.forget, "forget", false, "remove what is kept of the target")
	cmd.Flags().BoolVar(&f.noColor, "no-color", false, "no colours")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		asJSON, err := isJSON(*format, "table")
		if err != nil {
			return err
		}
		return a.history(f, args, asJSON)
	}
	return cmd
}

func (a *app) history(f historyFlags, args []string, asJSON bool) error {
	dir, err := history.Folder(a.Env)
	if err != nil {
		return usagef("%w", err)
	}
	book := history.Open(dir)
	if len(args) == 0 {
		if f.forget {
			return usagef("--forget removes one target; name it: middlebrick history URL --forget. All of them are in %s", book.Dir())
		}
		lasts, unread := book.Lasts()
		for _, err := range unread {
			a.say("%v", err)
		}
		return a.printScans(lasts, f, asJSON, "no target is kept in "+book.Dir())
	}
	t, err := requestFlags{method: f.method}.target(args[0])
	if err != nil {
		return err
	}
	called := diff.Target(t.Method, t.URL)
	if f.forget {
		return a.forget(book, called)
	}
	scans, err := book.Scans(called)
	if err != nil {
		return brokenf("%w", err)
	}
	return a.printScans(scans, f, asJSON, "no scan of "+called+" is kept")
}

func (a *app) forget(book history.Book, called string) error {
	was, err := book.Forget(called)
	switch {
	case err != nil:
		return brokenf("%w", err)
	case !was:
		return a.printLines([]string{"nothing was kept of " + called})
	}
	return a.printLines([]string{"forgotten: " + called})
}

func (a *app) printScans(scans []diff.Snapshot, f historyFlags, asJSON bool, none string) error {
	switch {
	case asJSON:
		return a.printJSON(append([]diff.Snapshot{}, scans...))
	case len(scans) == 0:
		return a.printLines([]string{none})
	}
	return a.print(render.Scans(scans, a.screen(!f.noColor)), nil)
}
