// The command demo: a deliberately weak API on loopback, scanned. A first look
// without a network.

package cli

import (
	"context"

	"github.com/spf13/cobra"

	"middlebrick/edge/demo"
	"middlebrick/report"
	"middlebrick/report/render"
	"middlebrick/scan"
	"middlebrick/target"
)

func (a *app) demoCommand() *cobra.Command {
	var f scanFlags
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Start a deliberately weak API on this machine and scan it",
		Long: `Start a deliberately weak, Flask-like API on loopback and scan it: a first look
that needs no network. It ends with 0 when the demonstration worked, unless a gate
is given.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.demo(cmd.Context(), f) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	f.output.add(flags)
	f.gate.add(flags)
	flags.StringVar(&f.save, "save", "", "keep the recording in `FILE`, for middlebrick replay")
	a.completeFlags(cmd)
	return cmd
}

func (a *app) demo(ctx context.Context, f scanFlags) error {
	gate, err := f.gate.read(a.engine.Checks())
	if err != nil {
		return err
	}
	outs, err := f.output.plan(f.save)
	if err != nil {
		return err
	}
	if f.output.quiet == 0 {
		a.say("starting a deliberately weak API on this machine")
	}
	server, err := demo.Start(ctx, a.Now())
	if err != nil {
		return brokenf("starting the demonstration: %w", err)
	}
	defer server.Close()
	req, err := a.demoRequest(server)
	if err != nil {
		return brokenf("starting the demonstration: %w", err)
	}
	if f.output.quiet == 0 {
		a.say("it listens on %s and %s, for this scan alone", server.HTTPS, server.HTTP)
	}
	err = a.perform(ctx, job{req: req, gate: gate, outs: outs, output: f.output, save: f.save, after: gate.demonstrated})
	if err == nil && f.output.quiet == 0 && a.exit == exitPassed {
		a.say("that was the demonstration; now your own: middlebrick scan https://host/path")
	}
	return err
}

// demonstrated ends with 0 when the demonstration worked: its target is meant to
// be bad, and only a gate that was asked for can fail it.
func (g gate) demonstrated(r report.Report, verdict *render.Gate) {
	if !g.set() && r.Status == report.Completed && verdict.Exit == exitNoVerdict {
		*verdict = render.Gate{Outcome: "none", Exit: exitPassed, Reasons: []string{"the demonstration worked"}}
	}
}

// demoRequest gives the server a name: much of what a scan looks at, HSTS before
// all, does not exist for a bare address.
func (a *app) demoRequest(server *demo.Server) (scan.Request, error) {
	req, err := a.request(requestFlags{method: "GET", timeout: "60s"}, "https://"+target.Authority("https", demo.Host, int(server.HTTPS.Port()))+demo.Path)
	if err != nil {
		return req, err
	}
	req.Target.HTTPPort = int(server.HTTP.Port())
	req.Pins = []scan.Pin{
		{Host: demo.Host, Port: int(server.HTTPS.Port()), Addr: server.HTTPS.Addr()},
		{Host: demo.Host, Port: int(server.HTTP.Port()), Addr: server.HTTP.Addr()},
	}
	return req, nil
}
