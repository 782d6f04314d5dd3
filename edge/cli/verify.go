// The command verify: one rule, asked again, by the probes that it needs alone.

package cli

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"middlebrick/observe"
	"middlebrick/report"
	"middlebrick/report/render"
	"middlebrick/rule"
)

type verifyFlags struct {
	request requestFlags
	wait    waitFlag
	save    string
	quiet   int
	noColor bool
}

func (a *app) verifyCommand() *cobra.Command {
	var f verifyFlags
	cmd := &cobra.Command{
		Use:   "verify RULE URL",
		Short: "Ask one rule again: is it fixed?",
		Long: `Run the probes that one rule needs, and no others, and say whether it still fails,
what was seen, and how to mend it.

Exit codes: 0 fixed (the rule passes), 1 still there, 2 usage, 3 not known (no
answer, or the rule does not apply to this target), 4 our own failure.`,
		Example: "  middlebrick verify encryption.hstsmissing https://api.example.com/v1/users",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usagef("a rule and a URL are taken and %d arguments were given; write it as: middlebrick verify RULE https://host/path", len(args))
			}
			return nil
		},
		ValidArgsFunction: a.completeRules,
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	format := pageFormat(cmd, "text")
	flags.CountVarP(&f.quiet, "quiet", "q", "no progress; twice: nothing on stdout at all")
	flags.Lookup("quiet").NoOptDefVal = "+1"
	flags.BoolVar(&f.noColor, "no-color", false, "no colours")
	f.request.add(flags)
	f.wait.add(flags)
	flags.StringVar(&f.save, "save", "", "keep the recording in `FILE`, for middlebrick replay")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions([]string{"text", "json"}, cobra.ShellCompDirectiveNoFileComp))
	a.completeFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		asJSON, err := isJSON(*format, "text")
		if err != nil {
			return err
		}
		return a.verify(cmd.Context(), f, asJSON, args[0], args[1])
	}
	return cmd
}

func (a *app) verify(ctx context.Context, f verifyFlags, asJSON bool, typed, url string) error {
	meta, _, err := a.find(typed)
	if err != nil {
		return err
	}
	one, ok := a.engine.Find(meta.ID)
	if !ok {
		return brokenf("the rule %s has a page and no judge", meta.ID)
	}
	req, err := a.request(f.request, url)
	if err != nil {
		return err
	}
	wait, err := f.wait.read()
	if err != nil {
		return err
	}
	saved, err := openSave(f.save)
	if err != nil {
		return err
	}
	defer saved.drop()
	req.Rules = []rule.Rule{one}
	a.awaitTarget(ctx, req, wait, f.quiet > 0)
	rec, err := a.look(ctx, job{req: req, output: outputFlags{quiet: f.quiet}})
	if err != nil {
		return err
	}
	if err := saved.write(rec); err != nil {
		a.say("%v", err)
		a.exit = exitBroken
	}
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	seen := a.verified(rec, one)
	if a.exit != exitPassed {
		seen.Exit = a.exit
	}
	a.exit = seen.Exit
	switch {
	case f.quiet > 1:
		return nil
	case asJSON:
		return a.printJSON(seen)
	}
	return a.print(render.Verify(seen, a.screen(!f.noColor)), nil)
}

// verified is what the rule came to. A rule that does not apply is not fixed: with
// this target nobody can tell.
func (a *app) verified(rec *observe.Recording, one rule.Rule) render.Verified {
	r := a.engine.JudgeBy(rec, []rule.Rule{one})
	seen := render.Verified{
		Schema: "middlebrick.verify/1", Rule: one.ID, Title: one.Title, APIURL: r.APIURL, At: r.CreatedAt, Findings: []report.Finding{},
		Outcome: rule.Inconcluded, Answer: "unknown", Exit: exitNoVerdict,
		Connections: r.Cost.Connections, Requests: r.Cost.Requests, DurationMS: r.Cost.DurationMS,
	}
	switch {
	case slices.Contains(r.Passed, one.ID):
		seen.Outcome, seen.Answer, seen.Exit = rule.Passed, "fixed", exitPassed
		seen.Why = "the rule passes: what it looks for was asked, and is not there"
	case slices.Contains(r.NotApplicable, one.ID):
		seen.Outcome, seen.Why = rule.NotApplies, "the rule does not apply to this target, as it is now: "+notApplied(rec, one)
	case len(r.Findings) > 0:
		seen.Outcome, seen.Answer, seen.Exit, seen.Findings = rule.Failed, "open", exitFailed, r.Findings
	default:
		seen.Why = unanswered(r)
	}
	return seen
}

func notApplied(rec *observe.Recording, one rule.Rule) string {
	if says := one.Judge(rec).Says; says != "" {
		return says
	}
	return "what it judges is not there"
}

func unanswered(r report.Report) string {
	if len(r.NotTested) == 0 {
		return "no answer"
	}
	first := r.NotTested[0]
	if first.Detail == "" {
		return string(first.Reason)
	}
	return fmt.Sprintf("%s (%s)", first.Detail, first.Reason)
}
