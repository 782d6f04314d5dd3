// Package cli is the command line: it turns arguments into a scan request, shows
// progress, renders the report, and ends with the exit code that the report and
// the gate come to.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"middlebrick/observe"
	"middlebrick/report"
	"middlebrick/report/render"
	"middlebrick/rule"
	"middlebrick/scan"
)

// An Engine is what the command line needs of the scan: it holds no judgement of
// its own.
type Engine struct {
	Plan    func(scan.Request) []scan.Forecast
	Run     func(context.Context, scan.Request, func(scan.Event)) (*observe.Recording, error)
	Locate  func(context.Context, scan.Request) ([]netip.Addr, error) // nil: where a target lives is not asked
	Judge   func(*observe.Recording) report.Report
	Remain  func(rec *observe.Recording, mended map[string]bool) report.Remainder // nil: the report's own score stays
	JudgeBy func(*observe.Recording, []rule.Rule) report.Report                   // by those rules alone
	Find    func(id string) (rule.Rule, bool)
	Explain func(id string) (rule.Meta, rule.Doc, bool)
	Rules   func() []rule.Meta
	Checks  func() []report.Category           // the twelve
	Tools   func(context.Context, Tools) error // serves agents; nil: this build has no tools for them
	Serve   func(context.Context, Serving) error
}

// Local is the engine that scans from this machine.
func Local() Engine {
	return Engine{
		Plan:    scan.Plan,
		Run:     scan.Run,
		Locate:  func(ctx context.Context, req scan.Request) ([]netip.Addr, error) { return req.Locate(ctx) },
		Judge:   func(rec *observe.Recording) report.Report { return scan.Judge(rec, nil) },
		Remain:  scan.Remain,
		JudgeBy: scan.Judge,
		Find:    scan.Find,
		Explain: scan.Explain,
		Rules:   scan.Rules,
		Checks:  scan.Categories,
	}
}

// A Shell is what the program was started in.
type Shell struct {
	In       io.Reader
	Out, Err io.Writer
	Env      func(name string) string
	Dir      string // where the program was started; "": no project's files are looked for
	InTTY    bool   // stdin is a terminal
	OutTTY   bool   // stdout is a terminal
	ErrTTY   bool
	Columns  int // of the terminal, 0 when there is none
	Now      func() time.Time
	Tick     func(time.Duration) (ticks <-chan time.Time, stop func()) // nil: the clock's
	Keys     func() (restore func())                                   // makes the terminal give single keys; nil: it gives lines
	Version  string
}

// An Interrupt is the cause with which a caller cancels the context when the
// user stops the program.
type Interrupt struct{ Signal int }

func (i Interrupt) Error() string { return "interrupted" }

// Exit is the code of a program that a signal ended: 130 for Ctrl-C, 143 for
// SIGTERM.
func (i Interrupt) Exit() int { return 128 + i.Signal }

// The exit codes, the same in every format.
const (
	exitPassed    = 0 // complete, and the gate passed or there was none
	exitFailed    = 1 // the gate failed
	exitUsage     = 2 // usage or configuration: nothing was scanned
	exitNoVerdict = 3 // unreachable, or too little could be looked at
	exitBroken    = 4 // our own failure, a report that could not be written among them
)

// app is one run of the program.
type app struct {
	Shell
	engine Engine
	exit   int

	concluded func(report.Report, render.Gate) // told of each report; nil: nobody listens
}

// Main runs one command line, without the program's name, and returns the exit
// code.
func Main(ctx context.Context, args []string, sh Shell, engine Engine) (exit int) {
	a := &app{Shell: sh, engine: engine}
	defer func() {
		if fault := recover(); fault != nil {
			a.say("this is a fault of middlebrick, please report it: %v", fault)
			fmt.Fprintf(a.Err, "%s", debug.Stack())
			exit = exitBroken
		}
	}()
	root := a.root()
	if err := a.known(root, args); err != nil {
		return a.fail(err)
	}
	root.SetArgs(args)
	if err := root.ExecuteContext(ctx); err != nil {
		return a.fail(err)
	}
	return a.exit
}

// failure is an error that knows its exit code.
type failure struct {
	code int
	err  error
}

func (f failure) Error() string { return f.err.Error() }
func (f failure) Unwrap() error { return f.err }

// usagef is the user's mistake: it names the flag and the mend.
func usagef(format string, args ...any) error {
	return failure{exitUsage, fmt.Errorf(format, args...)}
}

// brokenf is ours.
func brokenf(format string, args ...any) error {
	return failure{exitBroken, fmt.Errorf(format, args...)}
}

// fail says what went wrong and gives the exit code. What cobra itself finds
// wrong is usage.
func (a *app) fail(err error) int {
	code := exitUsage
	var f failure
	if errors.As(err, &f) {
		code = f.code
	}
	var stopped Interrupt
	if errors.As(err, &stopped) {
		a.say("interrupted")
		return stopped.Exit()
	}
	a.say("%v", err)
	return code
}

// say writes one message for the user to stderr.
func (a *app) say(format string, args ...any) {
	for i, line := range strings.Split(fmt.Sprintf(format, args...), "\n") {
		if i == 0 {
			line = "middlebrick: " + line
		}
		fmt.Fprintln(a.Err, a.errScreen().Line(line))
	}
}

const usage = `middlebrick tells you whether somebody between your users and your API can read
or change the traffic, how bad that is, and what to type to end it.

Exit codes: 0 complete and the gate passed, 1 the gate failed, 2 usage (nothing
was scanned), 3 no verdict (unreachable, or too little could be looked at),
4 our own failure, 130 and 143 interrupted.`

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:               "middlebrick",
		Short:             "Can someone in the middle read or change your API's traffic?",
		Long:              usage,
		SilenceUsage:      true,
		SilenceErrors:     true,
		DisableAutoGenTag: true,
		Args:              cobra.ArbitraryArgs,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
		RunE: func(cmd *cobra.Command, _ []string) error {
			cmd.SetOut(a.Err)
			_ = cmd.Help()
			return usagef("a command is missing; to scan: middlebrick scan https://host/path")
		},
	}
	root.SetIn(a.In)
	root.SetOut(a.Out)
	root.SetErr(a.Err)
	root.SetFlagErrorFunc(a.flagError)
	root.AddCommand(a.scanCommand(), a.replayCommand(), a.explainCommand(), a.rulesCommand(), a.policiesCommand(),
		a.demoCommand(), a.mcpCommand(), a.ciCommand(), a.updateCommand(), a.schemaCommand(), a.completionCommand(), a.versionCommand())
	root.AddCommand(a.diffCommand(), a.verifyCommand(), a.historyCommand(), a.doctorCommand(), a.manCommand())
	root.AddCommand(a.configCommand(), a.baselineCommand(), a.ignoreCommand())
	root.AddCommand(a.serveCommand(), a.workCommand(), a.keysCommand())
	return root
}

// screen is what stdout is.
func (a *app) screen(color bool) render.Screen {
	return render.Screen{
		Width:   a.width(a.OutTTY),
		Color:   color && a.OutTTY && a.colourful(),
		ASCII:   a.ascii(),
		Actions: a.Env("GITHUB_ACTIONS") == "true",
	}
}

// errScreen is what stderr is; it is never coloured.
func (a *app) errScreen() render.Screen {
	return render.Screen{Width: a.width(a.ErrTTY), ASCII: a.ascii(), Actions: a.Env("GITHUB_ACTIONS") == "true"}
}
