// The commands baseline write and baseline check.

package cli

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"middlebrick/observe"
	"middlebrick/report"
	"middlebrick/report/render"
	"middlebrick/report/standing"
)

// usualBaseline is where a baseline is kept where nobody says otherwise.
const usualBaseline = ".middlebrick-baseline.json"

type baselineFlags struct {
	scan      scanFlags
	file      string
	recording string
}

func (a *app) baselineCommand() *cobra.Command {
	parent := &cobra.Command{
		Use:   "baseline COMMAND",
		Short: "Keep what is known of targets, so that only what is new fails",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return usagef("a command is missing; there are: middlebrick baseline write, middlebrick baseline check")
		},
	}
	parent.AddCommand(a.baselineWrite(), a.baselineCheck())
	return parent
}

func (a *app) baselineWrite() *cobra.Command {
	var f baselineFlags
	cmd := &cobra.Command{
		Use:   "write [URL|NAME]",
		Short: "Scan, and write the findings into a baseline",
		Long: `Scan the target, or every target of the configuration file, and write what is open
into a baseline: sorted JSON, to be committed. Other targets in the file stay as
they are, and so does what a scan got no answer about. scan --baseline FILE then
fails only on findings that are not in it.`,
		Example: "  middlebrick baseline write https://staging.example.com -o baseline.json\n  middlebrick baseline write",
		Args:    atMostOne("middlebrick baseline write https://host/path"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.writeBaseline(cmd.Context(), f, cmd.Flags(), args)
		},
	}
	f.add(cmd.Flags())
	cmd.Flags().StringVarP(&f.file, "output", "o", "", "write `FILE` (default: the configuration's baseline, or "+usualBaseline+")")
	return cmd
}

func (a *app) baselineCheck() *cobra.Command {
	var f baselineFlags
	cmd := &cobra.Command{
		Use:   "check [URL|NAME]",
		Short: "Scan, and tell what is new and what can be taken out of the baseline",
		Long: `Scan the target, or every target of the configuration file, and compare it with the
baseline. It ends with 0 when the two agree, with 1 when something is new or fixed,
and with 3 when a target could not be looked at.`,
		Example: "  middlebrick baseline check --baseline baseline.json https://staging.example.com",
		Args:    atMostOne("middlebrick baseline check https://host/path"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.checkBaseline(cmd.Context(), f, cmd.Flags(), args)
		},
	}
	f.add(cmd.Flags())
	cmd.Flags().StringVar(&f.file, "baseline", "", "the baseline in `FILE` (default: the configuration's, or "+usualBaseline+")")
	return cmd
}

func (f *baselineFlags) add(flags *pflag.FlagSet) {
	flags.SortFlags = false
	flags.StringVar(&f.recording, "recording", "", "take the recording in `FILE`, which scan --save wrote, and scan nothing")
	flags.CountVarP(&f.scan.output.quiet, "quiet", "q", "no progress")
	flags.Lookup("quiet").NoOptDefVal = "+1"
	f.scan.config.add(flags)
	f.scan.request.add(flags)
}

// subject is one target and how its recording is had.
type subject struct {
	url, method string
	gate        gate
	record      func(context.Context) (*observe.Recording, error)
}

// subjects are the targets that a baseline is about, and the file that it is in.
func (a *app) subjects(ctx context.Context, f *baselineFlags, typed *pflag.FlagSet, args []string) ([]subject, error) {
	if f.recording != "" {
		return a.recorded(ctx, f, typed, args)
	}
	f.scan.unbased = true
	all, err := a.tasks(f.scan, typed, args)
	if err != nil {
		return nil, err
	}
	var subjects []subject
	for _, t := range all {
		if f.file == "" {
			f.file = t.based
		}
		subjects = append(subjects, subject{t.job.req.Target.URL, t.job.req.Target.Method, t.job.gate,
			func(ctx context.Context) (*observe.Recording, error) { return a.look(ctx, t.job) }})
	}
	return subjects, nil
}

func (a *app) recorded(ctx context.Context, f *baselineFlags, typed *pflag.FlagSet, args []string) ([]subject, error) {
	if len(args) > 0 {
		return nil, usagef("--recording %s and the target %s are both given; the recording has its own target", f.recording, args[0])
	}
	rec, err := a.recording(ctx, f.recording)
	if err != nil {
		return nil, err
	}
	g, based, err := a.gateOf(replayFlags{config: f.scan.config}, typed, rec.Header.Target, true)
	if f.file == "" {
		f.file = based
	}
	return []subject{{rec.Header.Target.URL, rec.Header.Target.Method, g,
		func(context.Context) (*observe.Recording, error) { return rec, nil }}}, err
}

func (a *app) writeBaseline(ctx context.Context, f baselineFlags, typed *pflag.FlagSet, args []string) error {
	subjects, err := a.subjects(ctx, &f, typed, args)
	if err != nil {
		return err
	}
	if f.file == "" {
		f.file = usualBaseline
	}
	old, err := readBaseline(f.file)
	if _, missing := os.Stat(f.file); err != nil && !os.IsNotExist(missing) {
		return err // it is something else, and stays
	}
	out, err := openPending(f.file)
	if err != nil {
		return brokenf("opening baseline: %w", err)
	}
	defer func() { out.drop() }()
	var all standing.Baseline
	if old != nil {
		all = old.all
	}
	for _, s := range subjects {
		if all, err = a.rebase(ctx, s, all); err != nil {
			return err
		}
	}
	if len(all.Targets) == 0 {
		return failure{exitNoVerdict, errors.New("nothing was written, for there is nothing to write")}
	}
	text, err := render.Value(all)
	if err == nil {
		_, err = out.Write(text)
	}
	if kept := out.keep(err == nil); err == nil {
		err = kept
	}
	out = &pending{}
	if err != nil {
		return brokenf("writing baseline %s: %w", f.file, err)
	}
	return a.printLines(written(f.file, all, old))
}

// rebase takes one target's findings into the baseline.
func (a *app) rebase(ctx context.Context, s subject, all standing.Baseline) (standing.Baseline, error) {
	rec, err := s.record(ctx)
	if err != nil {
		return all, err
	}
	r := a.settle(rec, s.gate)
	var stopped Interrupt
	if errors.As(context.Cause(ctx), &stopped) {
		return all, stopped
	}
	if r.Status != report.Completed {
		a.exit = exitNoVerdict
		a.say("%s could not be looked at (%s); the baseline says of it what it said before", s.url, because(r.ErrorMessage))
		return all, nil
	}
	return all.With(r)
}

// written says what is in the file now.
func written(file string, all standing.Baseline, old *held) []string {
	lines := []string{}
	for _, t := range all.Targets {
		says := fmt.Sprintf("%s: %s, %d findings", file, t.Target, len(t.Findings))
		if old == nil {
			lines = append(lines, says)
			continue
		}
		before, known := old.all.Of(t.Target)
		if came, went := differ(t, before), differ(before, t); known && came+went > 0 {
			says += fmt.Sprintf(" (%d came, %d went)", came, went)
		}
		lines = append(lines, says)
	}
	return lines
}

// differ is how many findings a has and b has not.
func differ(a, b standing.Before) (n int) {
	has := map[string]bool{}
	for _, f := range b.Findings {
		has[f.ID] = true
	}
	for _, f := range a.Findings {
		if !has[f.ID] {
			n++
		}
	}
	return n
}

func (a *app) checkBaseline(ctx context.Context, f baselineFlags, typed *pflag.FlagSet, args []string) error {
	subjects, err := a.subjects(ctx, &f, typed, args)
	if err != nil {
		return err
	}
	if f.file == "" {
		f.file = usualBaseline
	}
	base, err := readBaseline(f.file)
	if err != nil {
		return err
	}
	for i, s := range subjects {
		if subjects[i].gate.known.baseline, err = base.of(s.method, s.url); err != nil {
			return err
		}
	}
	lines, codes := []string{}, []int{}
	for _, s := range subjects {
		rec, err := s.record(ctx)
		if err != nil {
			return err
		}
		said, code := checked(a.settle(rec, s.gate))
		lines, codes = append(lines, said...), append(codes, code)
	}
	a.exit = worst(codes...)
	var stopped Interrupt
	if errors.As(context.Cause(ctx), &stopped) {
		a.exit = stopped.Exit()
	}
	return a.printLines(lines)
}

// checked compares one report with its baseline, in words.
func checked(r report.Report) ([]string, int) {
	if r.Status != report.Completed {
		return []string{fmt.Sprintf("%s: could not be looked at (%s)", r.APIURL, because(r.ErrorMessage))}, exitNoVerdict
	}
	b := r.Baseline
	lines := []string{fmt.Sprintf("%s: %d known, %d new, %d fixed, %d not known this time", r.APIURL, b.Known, b.New, len(b.Fixed), len(b.Unknown))}
	for _, f := range r.Findings {
		if f.New {
			lines = append(lines, fmt.Sprintf("  new      %s  %s  %s", f.Severity, f.Rule, f.Where))
		}
	}
	for _, f := range b.Fixed {
		lines = append(lines, fmt.Sprintf("  fixed    %s  %s", f.Rule, f.Where))
	}
	for _, f := range b.Unknown {
		lines = append(lines, fmt.Sprintf("  unknown  %s  %s", f.Rule, f.Where))
	}
	if b.New+len(b.Fixed) == 0 {
		return lines, exitPassed
	}
	return append(lines, "  to take this into the file: middlebrick baseline write -o "+b.File), exitFailed
}
