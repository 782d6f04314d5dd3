// The command diff: two recordings or two reports, and what moved between them.

package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"middlebrick/observe"
	"middlebrick/report"
	diff "middlebrick/report/compare"
	"middlebrick/report/render"
)

func (a *app) diffCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "diff BEFORE AFTER",
		Short: "Say what moved between two scans: new, fixed, changed, unknown",
		Long: `Compare two recordings (scan --save FILE) or two reports (-o json=FILE), or one of
each; - is stdin. Recordings are judged with today's rules, so that two of them
differ by the target alone.

Neither fixed nor new is what only one of the two judged: that is listed as
unknown, or as not judged before.

Exit codes: 0 nothing new, 1 a new finding that nobody has accepted, 2 usage or a
file that cannot be read, 3 one of the two has no verdict, 4 our own failure.`,
		Example: "  middlebrick diff monday.jsonl today.jsonl\n  middlebrick diff main.json branch.json --format json",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usagef("two scans are compared and %d were given; write it as: middlebrick diff BEFORE AFTER", len(args))
			}
			if args[0] == "-" && args[1] == "-" {
				return usagef("both scans are -, and stdin is one; give the other as a file")
			}
			return nil
		},
	}
	format := pageFormat(cmd, "text")
	noColor := cmd.Flags().Bool("no-color", false, "no colours")
	all := cmd.Flags().Bool("all", false, "every line of every group, unchanged findings among them")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		asJSON, err := isJSON(*format, "text")
		if err != nil {
			return err
		}
		var sides [2]diff.Snapshot
		for i, path := range args {
			r, err := a.judgedFile(cmd.Context(), path)
			if err != nil {
				return err
			}
			sides[i] = diff.Take(r)
		}
		d := diff.Of(sides[0], sides[1], diff.Renamed(a.engine.Rules()))
		verdict := moved(d)
		a.exit = verdict.Exit
		if asJSON {
			return a.printJSON(struct {
				diff.Difference
				Exit int `json:"exit"`
			}{d, verdict.Exit})
		}
		return a.print(render.Diff(d, render.Options{Screen: a.screen(!*noColor), All: *all, Gate: &verdict}), nil)
	}
	return cmd
}

// moved is the gate of a difference: what is new fails it, and nothing new is no
// good news where one of the two scans has no verdict.
func moved(d diff.Difference) render.Gate {
	switch open := d.Open(); {
	case len(open) > 0:
		return render.Gate{Outcome: "fail", Exit: exitFailed, Reasons: []string{fmt.Sprintf("new findings: %d", len(open))}}
	case !d.Judged():
		return render.Gate{Outcome: "no verdict", Exit: exitNoVerdict, Reasons: []string{"one of the two scans has no verdict, so that nothing new means nothing"}}
	}
	says := "nothing new"
	if n := len(d.Unknown); n > 0 {
		says += fmt.Sprintf("; %d not told this time", n)
	}
	return render.Gate{Outcome: "pass", Exit: exitPassed, Reasons: []string{says}}
}

// mostReport bounds a file that is compared, in bytes.
const mostReport = 256 << 20

// judgedFile is the report of a file: a recording, judged now, or a report as it
// stands.
func (a *app) judgedFile(ctx context.Context, path string) (report.Report, error) {
	in := io.Reader(stoppable{ctx, a.In})
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return report.Report{}, usagef("opening scan: %w", err)
		}
		defer file.Close()
		in = file
	}
	text, err := io.ReadAll(io.LimitReader(in, mostReport+1))
	if cause := context.Cause(ctx); cause != nil {
		return report.Report{}, cause
	}
	switch {
	case err != nil:
		return report.Report{}, usagef("reading %s: %w", path, err)
	case len(text) > mostReport:
		return report.Report{}, usagef("reading %s: it is larger than %d bytes", path, mostReport)
	}
	var head struct{ Schema, Kind, Type string }
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(&head); err != nil {
		return report.Report{}, usagef("reading %s: it is neither a recording (scan --save) nor a report (-o json=FILE): %w", path, err)
	}
	switch {
	case strings.HasPrefix(head.Schema, "middlebrick.scan/1."):
		return readReport(path, text)
	case strings.HasPrefix(head.Schema, "middlebrick.scan/"):
		return report.Report{}, usagef("reading %s: it is a report of the form %q, and this version reads %q", path, head.Schema, report.Schema)
	case head.Kind == "":
		return report.Report{}, usagef("reading %s: it is neither a recording (scan --save) nor a report (-o json=FILE)", path)
	}
	rec, err := observe.Read(bytes.NewReader(text))
	if err != nil {
		return report.Report{}, usagef("%s: %w", path, err)
	}
	return a.engine.Judge(rec), nil
}

func readReport(path string, text []byte) (report.Report, error) {
	var r report.Report
	if err := json.Unmarshal(text, &r); err != nil {
		return r, usagef("reading %s: it is not a whole report: %w", path, err)
	}
	return r, nil
}
