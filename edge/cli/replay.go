// The command replay: judge a recording again, with today's rules.

package cli

import (
	"context"
	"io"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"middlebrick/observe"
)

type replayFlags struct {
	gate   gateFlags
	output outputFlags
	config configFlags
}

func (a *app) replayCommand() *cobra.Command {
	var f replayFlags
	cmd := &cobra.Command{
		Use:   "replay FILE|-",
		Short: "Judge a recording again, without the target",
		Long: `Judge a recording that scan --save wrote, with the rules of this version. Nothing
is sent. Formats, gates and exit codes are those of scan.`,
		Example: "  middlebrick replay scan.jsonl --threshold 80",
		Args:    exactlyOne("a recording", "middlebrick replay FILE"),
		RunE:    func(cmd *cobra.Command, args []string) error { return a.replay(cmd.Context(), f, cmd.Flags(), args[0]) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	f.output.add(flags)
	f.gate.add(flags)
	f.config.add(flags)
	a.completeFlags(cmd)
	return cmd
}

func (a *app) replay(ctx context.Context, f replayFlags, typed *pflag.FlagSet, path string) error {
	if _, err := f.gate.read(a.engine.Checks()); err != nil {
		return err
	}
	outs, err := f.output.plan()
	if err != nil {
		return err
	}
	rec, err := a.recording(ctx, path)
	if err != nil {
		return err
	}
	gate, _, err := a.gateOf(f, typed, rec.Header.Target, false)
	if err != nil {
		return err
	}
	if err := a.open(outs); err != nil {
		return err
	}
	defer drop(outs)
	if err := a.start(outs, rec.Header.Target.URL, rec.Header.Target.Method); err != nil {
		return err
	}
	return a.conclude(ctx, job{gate: gate, outs: outs, output: f.output}, a.settle(rec, gate))
}

func (a *app) recording(ctx context.Context, path string) (*observe.Recording, error) {
	in := io.Reader(stoppable{ctx, a.In})
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return nil, usagef("opening recording: %w", err)
		}
		defer file.Close()
		in = file
	}
	rec, err := observe.Read(in)
	if cause := context.Cause(ctx); cause != nil {
		return nil, cause
	}
	if err != nil {
		return nil, failure{exitUsage, err}
	}
	return rec, nil
}

// stoppable reads until the context ends: a read of a terminal or a pipe cannot
// be interrupted otherwise. The read that was waiting is left behind.
type stoppable struct {
	ctx context.Context
	in  io.Reader
}

type answer struct {
	n   int
	err error
}

func (s stoppable) Read(buffer []byte) (int, error) {
	own := make([]byte, len(buffer))
	done := make(chan answer, 1)
	go func() {
		n, err := s.in.Read(own)
		done <- answer{n, err}
	}()
	select {
	case <-s.ctx.Done():
		return 0, context.Cause(s.ctx)
	case got := <-done:
		return copy(buffer, own[:got.n]), got.err
	}
}
