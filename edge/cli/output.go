// Where reports go: any number of formats, each to a file or to stdout. Files
// are opened before the scan, so that a report that cannot be written is known
// before anything is asked, and they appear whole or not at all.

package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/pflag"

	"middlebrick/report"
	"middlebrick/report/render"
)

type outputFlags struct {
	format   string
	outputs  []string
	quiet    int
	noColor  bool
	all      bool
	accepted bool

	sarifLocation string
}

func (f *outputFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.format, "format", "", "`FORMAT` of the report on stdout: "+strings.Join(render.Formats(), ", ")+" (default summary)")
	flags.StringArrayVarP(&f.outputs, "output", "o", nil, "`FORMAT[=FILE]`: also write this format, to a file or instead of the summary (repeatable)")
	flags.CountVarP(&f.quiet, "quiet", "q", "report only, no progress; twice: nothing on stdout at all")
	flags.BoolVar(&f.noColor, "no-color", false, "no colours")
	flags.BoolVar(&f.all, "all", false, "every finding, check and place")
	flags.StringVar(&f.sarifLocation, "sarif-location", "", "`FILE:LINE` of the repository where code hosts shall show findings (default: the line of .middlebrick.yaml that declares the target)")
	flags.BoolVar(&f.accepted, "show-accepted", false, "list accepted findings one by one")
	flags.Lookup("quiet").NoOptDefVal = "+1"
}

// output is one format on its way to one place.
type output struct {
	format string
	path   string // "" for stdout
	file   *pending
	stream *render.Stream
}

// plan reads the flags; taken are files that something else is written to. Stdout
// has one format; it is the summary where nothing else was asked for.
func (f outputFlags) plan(taken ...string) ([]*output, error) {
	var outs []*output
	var stdout *output
	if _, err := readPlace(f.sarifLocation); err != nil {
		return nil, err
	}
	typed := f.outputs
	if f.format != "" {
		typed = append([]string{f.format}, typed...)
	}
	for i, one := range typed {
		flag := "--output"
		if i == 0 && f.format != "" {
			flag = "--format"
		}
		out, err := parseOutput(one, flag)
		if err != nil {
			return nil, err
		}
		if out.path == "" && stdout != nil {
			if stdout.format == out.format {
				continue
			}
			return nil, usagef("stdout can hold one format, and %s and %s are asked for; write one to a file: -o %s=FILE", stdout.format, out.format, out.format)
		}
		if out.path == "" {
			stdout = out
			continue
		}
		outs = append(outs, out)
	}
	if stdout == nil {
		stdout = &output{format: render.Formats()[0]}
	}
	if f.quiet < 2 {
		outs = append(outs, stdout)
	}
	return outs, distinct(outs, taken)
}

func parseOutput(typed, flag string) (*output, error) {
	name, path, toFile := strings.Cut(typed, "=")
	format, ok := oneOf(name, render.Formats())
	switch {
	case !ok:
		return nil, usagef("%s: unknown format %q%s", flag, name, meant(name, render.Formats(), ""))
	case toFile && flag == "--format":
		return nil, usagef("--format takes no file; write it as -o %s", typed)
	case toFile && path == "":
		return nil, usagef("-o %s: the file's name is missing", typed)
	case path == "-":
		path = ""
	}
	return &output{format: format, path: path}, nil
}

func distinct(outs []*output, taken []string) error {
	seen := map[string]string{}
	for _, path := range taken {
		seen[path] = "the recording"
	}
	for _, out := range outs {
		if other, twice := seen[out.path]; twice && out.path != "" {
			return usagef("%s and %s would both be written to %s; give each its own file", other, out.format, out.path)
		}
		seen[out.path] = out.format
	}
	return nil
}

// open opens the files. What was opened is dropped again when one fails.
func (a *app) open(outs []*output) error {
	if err := a.textOnly(outs); err != nil {
		return err
	}
	for _, out := range outs {
		if out.path == "" || out.file != nil {
			continue
		}
		file, err := openPending(out.path)
		if err != nil {
			drop(outs)
			return brokenf("opening report: %w", err)
		}
		out.file = file
	}
	return nil
}

func drop(outs []*output) {
	for _, out := range outs {
		if out.file != nil {
			out.file.drop()
		}
	}
}

// start begins the streams, which are written while the scan runs.
func (a *app) start(outs []*output, apiURL, method string) error {
	for _, out := range outs {
		if out.format != "ndjson" {
			continue
		}
		stream, err := render.NewStream(a.writer(out), a.Version, apiURL, method)
		if err := a.wrote(out, err); err != nil {
			return err
		}
		out.stream = stream
	}
	return nil
}

func (a *app) writer(out *output) io.Writer {
	if out.file != nil {
		return out.file
	}
	return a.Out
}

// wrote turns an error of writing into ours. A reader that closed stdout, as
// head does, has what it wanted: that is none.
func (a *app) wrote(out *output, err error) error {
	switch {
	case err == nil, out.path == "" && closedPipe(err):
		return nil
	case out.path == "":
		return brokenf("writing report to stdout: %w", err)
	}
	return brokenf("writing report to %s: %w", out.path, err)
}

func closedPipe(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe)
}

// write renders the report everywhere, files first, and gives the first error;
// the others are still written. The options come without a screen.
func (a *app) write(outs []*output, r report.Report, f outputFlags, o render.Options) error {
	var first error
	for _, out := range outs {
		if err := a.wrote(out, a.render(out, r, f, o)); err != nil && first == nil {
			first = err
		}
	}
	return first
}

func (a *app) render(out *output, r report.Report, f outputFlags, o render.Options) error {
	o.Screen, o.All, o.ShowAccepted = a.screen(!f.noColor), f.all, f.accepted
	o.Explain, o.Place = a.engine.Explain, f.place(r.APIURL)
	if out.file != nil {
		o.Color = false
	}
	var err error
	if out.stream != nil {
		err = out.stream.End(r, o.Gate)
	} else {
		err = render.Write(a.writer(out), out.format, r, o)
	}
	if out.file != nil {
		err = errors.Join(err, out.file.keep(err == nil))
		out.file = nil
	}
	return err
}

// pending is a file that takes its name once it is whole.
type pending struct {
	*os.File
	path string // the name to take; "" when the file already has it
}

// openPending opens a temporary file beside the one that is wanted. Where there
// can be none, and for devices and pipes, it is the file itself.
func openPending(path string) (*pending, error) {
	const mode = 0o666 // less the umask, as for any other file a program writes
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		file, err := os.OpenFile(path, os.O_WRONLY, 0)
		return &pending{file, ""}, err
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real // a link goes on leading to the file
	}
	dir, name := filepath.Split(path)
	beside := filepath.Join(dir, fmt.Sprintf(".%s.%d.tmp", name, os.Getpid()))
	file, err := os.OpenFile(beside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err == nil {
		return &pending{file, path}, nil
	}
	file, direct := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, mode)
	return &pending{file, ""}, direct
}

// keep closes the file and gives it its name, or takes it away.
func (p *pending) keep(whole bool) error {
	err := p.Close()
	if p.path == "" {
		return err
	}
	if err != nil || !whole {
		return errors.Join(err, os.Remove(p.Name()))
	}
	return os.Rename(p.Name(), p.path)
}

func (p *pending) drop() { _ = p.keep(false) }
