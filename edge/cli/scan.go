// The command scan: look, judge, render, and end with the right code.

package cli

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"middlebrick/observe"
	"middlebrick/report"
	"middlebrick/report/render"
	"middlebrick/scan"
)

type scanFlags struct {
	request requestFlags
	gate    gateFlags
	output  outputFlags
	list    listFlags
	save    string
	plan    bool
	noWait  bool
	wait    waitFlag
	config  configFlags
	unbased bool // a baseline is what comes out of it
	past    pastFlags
	watch   watchFlags
}

func (a *app) scanCommand() *cobra.Command {
	var f scanFlags
	cmd := &cobra.Command{
		Use:   "scan [URL|NAME] | --list FILE",
		Short: "Scan an API from this machine, read-only",
		Long: `Scan an API from this machine: GET, HEAD, OPTIONS and TLS handshakes, nothing
that writes. The report goes to stdout, progress to stderr. Without a URL, every
target of the configuration file is scanned; NAME is one of them.`,
		Example: `  middlebrick scan https://api.example.com/v1/users
  middlebrick scan http://127.0.0.1:5000 --https-port 5001
  middlebrick scan https://api.example.com --threshold 80 --threshold encryption=90 -o json=report.json
  middlebrick scan https://api.example.com --header-file - < headers.txt
  middlebrick scan --list targets.txt --resume done.ndjson -o ndjson=done.ndjson`,
		Args: func(cmd *cobra.Command, args []string) error { return f.list.check(cmd, args) },
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.list.path != "" {
				return a.list(cmd.Context(), f, cmd.Flags())
			}
			return a.scan(cmd.Context(), f, cmd.Flags(), args)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	f.output.add(flags)
	f.gate.add(flags)
	f.request.add(flags)
	f.list.add(flags)
	f.wait.add(flags)
	f.config.add(flags)
	flags.BoolVar(&f.plan, "plan", false, "print what would be asked and its worst case; send nothing")
	flags.StringVar(&f.save, "save", "", "keep the recording in `FILE`, for middlebrick replay")
	flags.BoolVar(&f.noWait, "no-wait", false, "accepted for scripts written for the server; a local scan has nothing to wait for")
	f.past.add(flags)
	f.watch.add(flags)
	a.completeFlags(cmd)
	return cmd
}

// exactlyOne wants one argument and says what it is.
func exactlyOne(what, sample string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		switch len(args) {
		case 0:
			return usagef("%s is missing; write it as: %s", what, sample)
		case 1:
			return nil
		}
		return usagef("one argument is taken and %d were given; write it as: %s", len(args), sample)
	}
}

func (a *app) scan(ctx context.Context, f scanFlags, typed *pflag.FlagSet, args []string) error {
	wait, err := f.wait.read()
	if err != nil {
		return err
	}
	all, err := a.tasks(f, typed, args)
	if err != nil {
		return err
	}
	if err := f.watch.check(a, f, len(all)); err != nil {
		return err
	}
	for i := range all {
		all[i].job.wait, all[i].job.past = wait, a.before(f.past, all[i].job.req)
	}
	if f.noWait && f.output.quiet == 0 && !f.plan {
		a.say("--no-wait: this scan runs here and is over when the report is printed; there is nothing to wait for")
	}
	if len(all) > 1 {
		return a.several(ctx, f, all)
	}
	one := all[0].job
	if one.outs, err = f.output.plan(f.save); err != nil {
		return err
	}
	if f.plan {
		return a.plan(one.req, f.output)
	}
	if f.watch.on {
		return a.watch(ctx, f, one)
	}
	return a.perform(ctx, one)
}

// job is one scan with everything that happens to its report.
type job struct {
	req    scan.Request
	gate   gate
	outs   []*output
	output outputFlags
	save   string
	wait   time.Duration                     // for the target to answer, before it is scanned
	past   *past                             // what is known of the target from before; nil: nothing
	after  func(report.Report, *render.Gate) // a last word on the outcome
}

// perform runs the scan. Every file is open before the first packet.
func (a *app) perform(ctx context.Context, j job) error {
	if err := a.open(j.outs); err != nil {
		return err
	}
	defer drop(j.outs)
	saved, err := openSave(j.save)
	if err != nil {
		return err
	}
	defer saved.drop()
	if err := a.start(j.outs, j.req.Target.URL, j.req.Target.Method); err != nil {
		return err
	}
	a.awaitTarget(ctx, j.req, j.wait, j.output.quiet > 0)
	rec, err := a.look(ctx, j)
	if err != nil {
		return err
	}
	if err := saved.write(rec); err != nil {
		a.say("%v", err)
		a.exit = exitBroken
	}
	return a.conclude(ctx, j, a.settle(rec, j.gate))
}

// look runs the probes and shows their progress.
func (a *app) look(ctx context.Context, j job) (*observe.Recording, error) {
	shown := a.newProgress(j.req.Target.URL, j.output.quiet > 0)
	defer shown.finish()
	var mu sync.Mutex
	rec, err := a.engine.Run(ctx, j.req, func(e scan.Event) {
		shown.tell(e)
		mu.Lock()
		defer mu.Unlock()
		for _, out := range j.outs {
			if out.stream != nil {
				_ = out.stream.Progress(e.Kind, e.Name, e.Text, e.Done, e.Total)
			}
		}
	})
	if rec != nil {
		return rec, nil
	}
	var stopped Interrupt
	if errors.As(context.Cause(ctx), &stopped) {
		return nil, stopped
	}
	if err == nil {
		err = errors.New("there is no recording")
	}
	return nil, brokenf("scanning: %w", err)
}

// conclude holds the report to the gate, writes it, and settles the exit code:
// our own failure first, then the user's interruption, then the gate.
func (a *app) conclude(ctx context.Context, j job, r report.Report) error {
	var stopped Interrupt
	interrupted := errors.As(context.Cause(ctx), &stopped)
	if interrupted && r.Status == report.Completed {
		r.Status = report.Interrupted
	}
	verdict := j.gate.judge(r)
	if interrupted {
		verdict.Exit = stopped.Exit()
	}
	if a.exit != exitPassed {
		verdict.Exit = a.exit
	}
	if j.after != nil {
		j.after(r, &verdict)
	}
	if a.concluded != nil {
		a.concluded(r, verdict)
	}
	err := a.write(j.outs, r, j.output, render.Options{Gate: &verdict, Since: a.since(j.past, r), Loop: j.past.looped()})
	a.exit = verdict.Exit
	return err
}

// saving is where the recording goes; nil means nowhere.
type saving struct{ file *pending }

func openSave(path string) (*saving, error) {
	if path == "" {
		return &saving{}, nil
	}
	file, err := openPending(path)
	if err != nil {
		return nil, brokenf("opening recording: %w", err)
	}
	return &saving{file}, nil
}

func (s *saving) write(rec *observe.Recording) error {
	if s.file == nil {
		return nil
	}
	err := rec.Write(s.file)
	if kept := s.file.keep(err == nil); err == nil {
		err = kept
	}
	s.file = nil
	return err
}

func (s *saving) drop() {
	if s.file != nil {
		s.file.drop()
	}
}
