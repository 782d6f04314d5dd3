// Several targets of one file: each report, then a table of all; the worst exit
// code is the program's.

package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"middlebrick/report"
	"middlebrick/report/render"
)

// hole is where the target's name goes in a file's name.
const hole = "{target}"

// several scans one target after the other.
func (a *app) several(ctx context.Context, f scanFlags, all []task) error {
	if f.plan {
		return a.plans(f, all)
	}
	if err := a.apart(f, all); err != nil {
		return err
	}
	for _, t := range all {
		if err := a.open(t.job.outs); err != nil {
			dropAll(all)
			return err
		}
	}
	defer dropAll(all)
	rows := make([]render.Row, 0, len(all))
	codes := []int{exitPassed}
	for i, t := range all {
		if i > 0 && f.output.quiet < 2 && speaks(all[0]) {
			fmt.Fprintln(a.Out)
		}
		row := a.turn(ctx, t)
		rows = append(rows, row)
		codes = append(codes, row.Exit)
	}
	a.exit = worst(codes...)
	var stopped Interrupt
	if errors.As(context.Cause(ctx), &stopped) {
		a.exit = stopped.Exit()
	}
	return a.overview(f, all[0], rows)
}

func dropAll(all []task) {
	for _, t := range all {
		drop(t.job.outs)
	}
}

// turn is one of several scans; what goes wrong with it does not stop the others.
func (a *app) turn(ctx context.Context, t task) render.Row {
	row := render.Row{Name: t.called, URL: t.job.req.Target.URL, Outcome: "not scanned", Exit: exitNoVerdict}
	if ctx.Err() != nil {
		return row
	}
	t.job.after = func(r report.Report, verdict *render.Gate) {
		row.Answer, row.Grade, row.Score, row.Outcome = r.Attack.Answer, r.LetterGrade, r.Overall, verdict.Outcome
		if r.Status == report.Failed {
			row.Answer = "not reached"
		}
	}
	a.exit = exitPassed
	err := a.perform(ctx, t.job)
	row.Exit = a.exit
	if err != nil {
		row.Exit = a.fail(err)
	}
	if row.Exit == exitBroken {
		row.Outcome = "broken"
	}
	return row
}

// apart gives every target its own files.
func (a *app) apart(f scanFlags, all []task) error {
	taken := map[string]string{}
	for i := range all {
		t := &all[i]
		if err := f.severalFiles(len(all)); err != nil {
			return err
		}
		own := f.output
		own.outputs = nil
		for _, typed := range f.output.outputs {
			own.outputs = append(own.outputs, strings.ReplaceAll(typed, hole, t.called))
		}
		t.job.save = strings.ReplaceAll(f.save, hole, t.called)
		outs, err := own.plan(t.job.save)
		if err != nil {
			return err
		}
		t.job.outs, t.job.output = outs, own
		for _, path := range append(pathsOf(outs), t.job.save) {
			if other, twice := taken[path]; twice && path != "" {
				return usagef("%s would be written for %s and for %s; give each target a name of its own", path, other, t.called)
			}
			taken[path] = t.called
		}
	}
	return nil
}

func pathsOf(outs []*output) (paths []string) {
	for _, out := range outs {
		paths = append(paths, out.path)
	}
	return paths
}

// oneByOne are the formats that can stand one after the other on stdout.
var oneByOne = map[string]bool{"summary": true, "table": true, "ndjson": true, "markdown": true}

// severalFiles refuses what one scan may write and several may not.
func (f scanFlags) severalFiles(n int) error {
	if f.save != "" && !strings.Contains(f.save, hole) {
		return usagef("--save %s would be written for each of %d targets; put %s into the name: --save recording-%s.jsonl", f.save, n, hole, hole)
	}
	typed := append([]string{}, f.output.outputs...)
	if f.output.format != "" {
		typed = append(typed, f.output.format)
	}
	for _, one := range typed {
		format, path, toFile := strings.Cut(one, "=")
		switch {
		case toFile && path != "-" && !strings.Contains(path, hole):
			return usagef("-o %s would be written for each of %d targets; put %s into the name: -o %s=report-%s", one, n, hole, format, hole)
		case (!toFile || path == "-") && !oneByOne[strings.ToLower(format)]:
			return usagef("stdout can hold one %s report, and %d targets are scanned; write each to a file (-o %s=report-%s), or scan one: middlebrick scan NAME", format, n, format, hole)
		}
	}
	return nil
}

func (a *app) plans(f scanFlags, all []task) error {
	for i, t := range all {
		if i > 0 {
			fmt.Fprintln(a.Out)
		}
		if err := a.plan(t.job.req, f.output); err != nil {
			return err
		}
	}
	return nil
}

// speaks is true where stdout holds something for people.
func speaks(t task) bool {
	for _, out := range t.job.outs {
		if out.path == "" && (out.format == "summary" || out.format == "table") {
			return true
		}
	}
	return false
}

// overview is the table at the end: on stdout after what people read there, and
// beside everything else on stderr.
func (a *app) overview(f scanFlags, first task, rows []render.Row) error {
	switch {
	case f.output.quiet > 1:
		return nil
	case speaks(first):
		return a.print(append([]byte("\n"), render.Overview(rows, a.exit, a.screen(!f.output.noColor))...), nil)
	case f.output.quiet == 0:
		_, _ = a.Err.Write(render.Overview(rows, a.exit, a.errScreen()))
	}
	return nil
}
