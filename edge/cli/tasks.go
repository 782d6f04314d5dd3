// From arguments and configuration to scans: one for the target that was typed, or
// one for each target of the file.

package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"middlebrick/edge/config"
	"middlebrick/scan"
	"middlebrick/target"
)

// task is one scan, checked and ready.
type task struct {
	called string // what the target is called in messages and files' names
	job    job
	values []value
	based  string // the baseline that the configuration names
}

// tasks are the scans that the arguments ask for. Nothing is asked of any target
// before all of them are in order.
func (a *app) tasks(f scanFlags, typed *pflag.FlagSet, args []string) ([]task, error) {
	conf, err := a.configure(f.config)
	if err != nil {
		return nil, err
	}
	chosen, err := conf.chosen(args)
	if err != nil {
		return nil, err
	}
	all := make([]task, 0, len(chosen))
	for _, t := range chosen {
		one, err := a.task(f, typed, conf, t)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// chosen are the targets of the file, the one of that name or URL, or one that the
// file knows nothing of.
func (c configured) chosen(args []string) ([]config.Target, error) {
	if len(args) == 0 && len(c.file.Targets) > 0 {
		return c.file.Targets, nil
	}
	if len(args) == 0 {
		return nil, usagef("a URL is missing; write it as: middlebrick scan https://host/path%s", c.hint())
	}
	var called []string
	for _, t := range c.file.Targets {
		if t.Name == args[0] || sameURL(t.URL, args[0]) {
			return []config.Target{t}, nil
		}
		called = append(called, t.Name)
	}
	if near := nearest(args[0], called); near != "" && !strings.Contains(args[0], ":") {
		return nil, usagef("no target is called %q; did you mean %s?", args[0], near)
	}
	return []config.Target{{URL: args[0]}}, nil
}

func (c configured) hint() string {
	if c.found.Path == "" || c.found.Because == config.Legacy {
		return ", or list targets in " + config.Name
	}
	return fmt.Sprintf(" (%s lists no targets)", c.found.Path)
}

// sameURL is true for two spellings of one target.
func sameURL(a, b string) bool {
	plain := requestFlags{method: "GET"}
	x, err := plain.target(a)
	y, other := plain.target(b)
	return err == nil && other == nil && x.URL == y.URL
}

// sections are the parts of the file that hold for a target, its own first.
func (c configured) sections(t config.Target) []config.Target {
	return []config.Target{t, c.file.All}
}

// task makes one scan ready.
func (a *app) task(f scanFlags, typed *pflag.FlagSet, conf configured, t config.Target) (task, error) {
	f, values, err := a.effective(f, typed, conf.sections(t))
	if err != nil {
		return task{}, err
	}
	one := task{called: t.Name, values: values, based: f.gate.baseline, job: job{output: f.output, save: f.save}}
	if f.unbased {
		f.gate.baseline = ""
	}
	if one.job.gate, err = f.gate.read(a.engine.Checks()); err != nil {
		return task{}, blamed(err, values)
	}
	if one.job.req, err = a.request(f.request, t.URL); err != nil {
		return task{}, blamed(err, values)
	}
	if one.called == "" {
		one.called = slug(one.job.req.Target.URL)
	}
	one.job.gate.known, err = conf.knownOf(one.job.gate.known, t, one.job.req.Target.Method, one.job.req.Target.URL)
	return one, blamed(err, values)
}

// knownOf narrows what is known to one target.
func (c configured) knownOf(k known, t config.Target, method, url string) (known, error) {
	k.entries = slices.Concat(t.Ignores, c.file.All.Ignores, c.ignores)
	var err error
	k.baseline, err = k.baseline.of(method, url)
	return k, err
}

// slug is a URL as a part of a file's name.
func slug(url string) string {
	_, rest, _ := strings.Cut(url, "://")
	rest, _, _ = strings.Cut(rest, "?")
	plain := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '.' || r == '-' {
			return r
		}
		return '-'
	}, strings.ToLower(rest))
	return strings.Trim(plain[:min(len(plain), 80)], "-.")
}

// forAll is what holds for every target of a list.
func (a *app) forAll(f scanFlags, typed *pflag.FlagSet) (scanFlags, gate, scan.Request, error) {
	conf, err := a.configure(f.config)
	if err != nil {
		return f, gate{}, scan.Request{}, err
	}
	f, values, err := a.effective(f, typed, []config.Target{conf.file.All})
	if err != nil {
		return f, gate{}, scan.Request{}, err
	}
	f.gate.baseline = "" // it knows single targets
	all, err := f.gate.read(a.engine.Checks())
	if err != nil {
		return f, gate{}, scan.Request{}, blamed(err, values)
	}
	all.known.entries = slices.Concat(conf.file.All.Ignores, conf.ignores)
	// The settings are the same for all; the target is not.
	req, err := a.request(f.request, "https://list.invalid/")
	return f, all, req, blamed(err, values)
}

// gateOf is the gate of a recording's target.
func (a *app) gateOf(f replayFlags, typed *pflag.FlagSet, of target.Target, unbased bool) (g gate, based string, err error) {
	conf, err := a.configure(f.config)
	if err != nil {
		return gate{}, "", err
	}
	chosen, err := conf.chosen([]string{of.URL})
	if err != nil {
		return gate{}, "", err
	}
	flags, values, err := a.effective(scanFlags{gate: f.gate, unbased: unbased}, typed, conf.sections(chosen[0]))
	if err != nil {
		return gate{}, "", err
	}
	based = flags.gate.baseline
	if unbased {
		flags.gate.baseline = ""
	}
	if g, err = flags.gate.read(a.engine.Checks()); err != nil {
		return gate{}, "", blamed(err, values)
	}
	g.known, err = conf.knownOf(g.known, chosen[0], of.Method, of.URL)
	return g, based, blamed(err, values)
}

// atMostOne wants one argument or none.
func atMostOne(sample string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) > 1 {
			return usagef("one argument is taken and %d were given; write it as: %s", len(args), sample)
		}
		return nil
	}
}
