// The commands ignore add and ignore list.

package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"middlebrick/edge/config"
	"middlebrick/report/standing"
	"middlebrick/target"
)

func (a *app) ignoreCommand() *cobra.Command {
	parent := &cobra.Command{
		Use:   "ignore COMMAND",
		Short: "Accept findings for a while, with a reason",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return usagef("a command is missing; there are: middlebrick ignore add, middlebrick ignore list")
		},
	}
	parent.AddCommand(a.ignoreAdd(), a.ignoreList())
	return parent
}

type ignoreFlags struct {
	until, reason, by, target, file string
}

func (a *app) ignoreAdd() *cobra.Command {
	var f ignoreFlags
	cmd := &cobra.Command{
		Use:   "add RULE|FINGERPRINT",
		Short: "Accept the findings of a rule, or a single one by its id",
		Long: `Write an entry into ` + config.IgnoreName + `. An accepted finding stays in the report,
leaves the gate, and comes back after its last day, which is at most a year away.`,
		Example:           "  middlebrick ignore add encryption.tls10 --until 2027-03-01 --reason 'the old till in shop 7'",
		Args:              exactlyOne("a rule or a finding's id", "middlebrick ignore add encryption.tls10 --until DAY --reason TEXT"),
		ValidArgsFunction: a.completeRules,
		RunE:              func(_ *cobra.Command, args []string) error { return a.accept(f, args[0]) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.until, "until", "", "last `DAY`, as 2027-03-01, or a number of days as 90d (required)")
	flags.StringVar(&f.reason, "reason", "", "why it is accepted, in a `TEXT` for whoever reads it next (required)")
	flags.StringVar(&f.by, "by", "", "`WHO` accepts it")
	flags.StringVar(&f.target, "target", "", "only at this `URL`; without a path, on its whole host and port")
	flags.StringVar(&f.file, "file", "", "write `FILE` (default: "+config.IgnoreName+" of the project)")
	return cmd
}

func (a *app) accept(f ignoreFlags, what string) error {
	e := standing.Entry{Reason: strings.TrimSpace(f.reason), By: strings.TrimSpace(f.by), Target: f.target}
	var err error
	if standing.IsFingerprint(strings.ToLower(what)) {
		e.Fingerprint = strings.ToLower(what)
	} else if e.Rule, err = a.ruleNamed(what); err != nil {
		return err
	}
	switch {
	case f.until == "":
		return usagef("--until is missing: the last day on which it is accepted, as %s or 90d", a.Now().UTC().AddDate(0, 3, 0).Format(standing.Day))
	case e.Reason == "":
		return usagef("--reason is missing: why it is accepted, for whoever reads it next")
	}
	if e.Until, err = a.until(f.until); err != nil {
		return err
	}
	if e.Target != "" {
		if _, err := target.Parse(e.Target); err != nil {
			return usagef("--target: %w", err)
		}
	}
	path := f.file
	if path == "" {
		path, _ = a.search(configFlags{}).Ignores()
	}
	if err := config.AddIgnore(path, e, a.words()); err != nil {
		var problems config.Problems
		var place *fs.PathError
		switch {
		case errors.As(err, &problems):
			return failure{exitUsage, err}
		case errors.As(err, &place):
			return brokenf("writing accepted findings: %w", err)
		}
		return failure{exitUsage, err}
	}
	return a.printLines([]string{fmt.Sprintf("%s: %s is accepted until %s", path, strings.TrimSpace(e.Rule+" "+e.Fingerprint), lastDay(e))})
}

// until reads a day, or a number of days from today.
func (a *app) until(typed string) (time.Time, error) {
	day := typed
	var days int
	if n, err := fmt.Sscanf(typed, "%dd", &days); n == 1 && err == nil && typed == fmt.Sprintf("%dd", days) {
		if days < 0 || days > 366 {
			return time.Time{}, usagef("--until: %s is not from 0d to 366d; accept it for a year at most", typed)
		}
		day = a.Now().UTC().AddDate(0, 0, days).Format(standing.Day)
	}
	ends, err := config.Until(day, a.Now())
	if err != nil {
		return ends, usagef("--%w", err)
	}
	if (standing.Entry{Until: ends}).Past(a.Now()) {
		return ends, usagef("--until: %s is past", day)
	}
	return ends, nil
}

func (a *app) ignoreList() *cobra.Command {
	var f configFlags
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List what is accepted, until when and why",
		Args:  noArguments,
	}
	f.add(cmd.Flags())
	cmd.RunE = func(*cobra.Command, []string) error {
		conf, err := a.configure(f)
		if err != nil {
			return err
		}
		var lines []string
		for _, e := range conf.entries() {
			state := "until " + lastDay(e)
			if e.Past(a.Now()) {
				state = "was accepted until " + lastDay(e) + " and counts again"
			}
			lines = append(lines, fmt.Sprintf("%s: %s, %s: %s", e.From, what(e), state, e.Reason))
		}
		if len(lines) == 0 {
			lines = []string{"nothing is accepted"}
		}
		return a.printLines(lines)
	}
	return cmd
}

// entries are all that the files accept.
func (c configured) entries() []standing.Entry {
	all := append([]standing.Entry{}, c.file.All.Ignores...)
	for _, t := range c.file.Targets {
		all = append(all, t.Ignores...)
	}
	return append(all, c.ignores...)
}
