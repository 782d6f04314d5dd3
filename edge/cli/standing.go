// What is known of findings beforehand: accepted for a while, or in a baseline.

package cli

import (
	"fmt"
	"os"
	"strings"

	"middlebrick/observe"
	"middlebrick/report"
	"middlebrick/report/standing"
	"middlebrick/rule"
)

// known is what a gate knows of one target before the scan.
type known struct {
	entries  []standing.Entry
	baseline *held
}

// held is a baseline with the file that it is from.
type held struct {
	file   string
	all    standing.Baseline
	before standing.Before // of the target
}

// mostBaseline bounds a baseline's file, in bytes.
const mostBaseline = 16 << 20

func readBaseline(path string) (*held, error) {
	info, err := os.Stat(path)
	if err == nil && info.Size() > mostBaseline {
		return nil, usagef("--baseline: %s has %d bytes; a baseline has at most %d", path, info.Size(), mostBaseline)
	}
	text, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return nil, usagef("--baseline: %w; write one with middlebrick baseline write -o %s", err, path)
	}
	if err != nil {
		return nil, usagef("--baseline: %w", err)
	}
	all, err := standing.Read(path, text)
	if err != nil {
		return nil, usagef("--baseline: %w", err)
	}
	return &held{file: path, all: all}, nil
}

// of narrows the baseline to one target, which it must know.
func (h *held) of(method, url string) (*held, error) {
	if h == nil {
		return nil, nil
	}
	identity, err := standing.Identity(method, url)
	if err != nil {
		return nil, failure{exitUsage, err}
	}
	before, ok := h.all.Of(identity)
	if !ok {
		return nil, usagef("--baseline: %s is of another target (%s) and knows nothing of %s; write it for this one too: middlebrick baseline write %s -o %s",
			h.file, someOf(h.all.Names()), identity, url, h.file)
	}
	return &held{h.file, h.all, before}, nil
}

// someOf names a few of a list.
func someOf(names []string) string {
	if len(names) == 0 {
		return "none at all"
	}
	shown := strings.Join(names[:min(3, len(names))], ", ")
	if more := len(names) - 3; more > 0 {
		shown += fmt.Sprintf(" and %d more", more)
	}
	return shown
}

// settle judges a recording and notes what of it was known.
func (a *app) settle(rec *observe.Recording, g gate) report.Report {
	r := a.engine.Judge(rec).With(rec, g.policies)
	a.note(&r, rec, g.known)
	return r
}

func (a *app) note(r *report.Report, rec *observe.Recording, k known) {
	standing.Accept(r, k.entries, a.Now())
	if k.baseline != nil {
		k.baseline.before.Compare(r, k.baseline.file)
	}
	mended, rest := map[string]bool{}, report.Remainder{}
	for _, f := range r.Findings {
		switch {
		case f.State == report.Accepted:
			rest.Accepted++
		case r.Baseline != nil && !f.New:
			rest.Known++
		default:
			continue
		}
		mended[f.ID] = true
	}
	if len(mended) == 0 && r.Baseline == nil {
		return
	}
	left := report.Remainder{Overall: r.Overall, Categories: r.Categories}
	if len(mended) > 0 && a.engine.Remain != nil && r.Status == report.Completed {
		left = a.engine.Remain(rec, mended)
	}
	left.Accepted, left.Known = rest.Accepted, rest.Known
	r.Remainder = &left
}

// scored is what thresholds are held against: the score as if what was known
// before were mended, where anything was.
func scored(r report.Report) (overall *int, checks map[string]*int, beside string) {
	if r.Remainder == nil || r.Status != report.Completed {
		return r.Overall, r.Categories, ""
	}
	var parts []string
	if n := r.Remainder.Accepted; n > 0 {
		parts = append(parts, fmt.Sprintf("%d accepted", n))
	}
	if n := r.Remainder.Known; n > 0 {
		parts = append(parts, fmt.Sprintf("%d in the baseline", n))
	}
	if len(parts) > 0 {
		beside = " without " + strings.Join(parts, " and ")
	}
	return r.Remainder.Overall, r.Remainder.Categories, beside
}

// counts is true for a finding that the gate looks at.
func counts(r report.Report, f report.Finding) bool {
	return f.State != report.Accepted && (r.Baseline == nil || f.New)
}

// least is from which severity a finding fails the gate; with a baseline every new
// one does, where no severity is named.
func (g gate) least(r report.Report) rule.Severity {
	if g.failOn == "" && r.Baseline != nil {
		return rule.Info
	}
	return g.failOn
}
