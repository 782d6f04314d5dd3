// Baselines: what was found before, as a file that is committed.

package standing

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"middlebrick/report"
	"middlebrick/target"
)

// BaselineSchema is the version that every baseline names.
const BaselineSchema = "middlebrick.baseline/1"

// A Baseline is the findings of one or several targets, sorted, without anything
// that changes by itself: the same findings are the same bytes.
type Baseline struct {
	Schema  string   `json:"schema"`
	Targets []Before `json:"targets"`
}

// Before is what one target had.
type Before struct {
	Target   string         `json:"target"` // as Identity has it
	Findings []report.Known `json:"findings"`
}

// Identity is a target as fingerprints and baselines know it: method, scheme, host,
// port and path.
func Identity(method, url string) (string, error) {
	t, err := target.Parse(url)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s %s://%s%s", method, t.Scheme, target.Authority(t.Scheme, t.Host, t.Port), plain(t.Path)), nil
}

var fingerprint = regexp.MustCompile(`^[0-9a-f]{64}$`)

// IsFingerprint is true for the id of a finding.
func IsFingerprint(text string) bool { return fingerprint.MatchString(text) }

// Read reads a baseline. Errors name the file.
func Read(name string, text []byte) (Baseline, error) {
	var b Baseline
	in := json.NewDecoder(bytes.NewReader(text))
	in.DisallowUnknownFields()
	err := in.Decode(&b)
	if err == nil {
		_, err = in.Token()
	}
	switch {
	case len(bytes.TrimSpace(text)) == 0:
		return b, fmt.Errorf("reading baseline %s: the file is empty; write one with middlebrick baseline write", name)
	case err == nil:
		return b, fmt.Errorf("reading baseline %s: something follows after its end", name)
	case err != io.EOF:
		return b, fmt.Errorf("reading baseline %s: %w; write one with middlebrick baseline write", name, err)
	case b.Schema != BaselineSchema:
		return b, fmt.Errorf("reading baseline %s: its schema is %q and not %s; write one with middlebrick baseline write", name, b.Schema, BaselineSchema)
	}
	return b, b.check(name)
}

func (b Baseline) check(name string) error {
	seen := map[string]bool{}
	for _, t := range b.Targets {
		if seen[t.Target] {
			return fmt.Errorf("reading baseline %s: the target %q stands in it twice", name, t.Target)
		}
		seen[t.Target] = true
		for _, f := range t.Findings {
			if !IsFingerprint(f.ID) || f.Rule == "" {
				return fmt.Errorf("reading baseline %s: target %q: %q is not the id of a finding", name, t.Target, f.ID)
			}
		}
	}
	return nil
}

// Of is what the baseline has of that target; false where it knows nothing of it.
func (b Baseline) Of(identity string) (Before, bool) {
	i := slices.IndexFunc(b.Targets, func(t Before) bool { return t.Target == identity })
	if i < 0 {
		return Before{}, false
	}
	return b.Targets[i], true
}

// Names are the targets that the baseline knows.
func (b Baseline) Names() []string {
	names := []string{}
	for _, t := range b.Targets {
		names = append(names, t.Target)
	}
	return names
}

// With is the baseline with what the report found in place of what its target had.
// What is open is known from now on. What the rules could not look at this time is
// kept as it was.
func (b Baseline) With(r report.Report) (Baseline, error) {
	identity, err := Identity(r.Method, r.APIURL)
	if err != nil {
		return b, err
	}
	before, _ := b.Of(identity)
	_, unknown := gone(before, r)
	now := Before{Target: identity, Findings: append([]report.Known{}, unknown...)}
	for _, f := range r.Findings {
		if f.State != report.Accepted {
			now.Findings = append(now.Findings, report.Known{ID: f.ID, Rule: f.Rule, Where: f.Where})
		}
	}
	others := slices.DeleteFunc(slices.Clone(b.Targets), func(t Before) bool { return t.Target == identity })
	out := Baseline{Schema: BaselineSchema, Targets: append(others, now)}
	out.sort()
	return out, nil
}

func (b Baseline) sort() {
	slices.SortFunc(b.Targets, func(x, y Before) int { return strings.Compare(x.Target, y.Target) })
	for i := range b.Targets {
		slices.SortFunc(b.Targets[i].Findings, func(x, y report.Known) int {
			return cmp.Or(strings.Compare(x.Rule, y.Rule), strings.Compare(x.Where, y.Where), strings.Compare(x.ID, y.ID))
		})
		b.Targets[i].Findings = slices.Compact(b.Targets[i].Findings)
	}
}

// Compare notes in the report which of its open findings are new, and what of the
// baseline is gone.
func (b Before) Compare(r *report.Report, file string) {
	known := map[string]bool{}
	for _, f := range b.Findings {
		known[f.ID] = true
	}
	held := report.Baseline{File: file, Fixed: []report.Known{}, Unknown: []report.Known{}}
	for i := range r.Findings {
		f := &r.Findings[i]
		f.New = f.State != report.Accepted && !known[f.ID]
		switch {
		case f.New:
			held.New++
		case f.State != report.Accepted:
			held.Known++
		}
	}
	held.Fixed, held.Unknown = gone(b, *r)
	r.Baseline = &held
}

// gone are the findings of the baseline that the report does not have: fixed where
// their rule was answered, and unknown where it was not.
func gone(b Before, r report.Report) (fixed, unknown []report.Known) {
	fixed, unknown = []report.Known{}, []report.Known{}
	there, answered := map[string]bool{}, map[string]bool{}
	for _, f := range r.Findings {
		there[f.ID], answered[f.Rule] = true, true
	}
	for _, id := range slices.Concat(r.Passed, r.NotApplicable) {
		answered[id] = true
	}
	for _, n := range r.NotTested {
		answered[n.Rule] = false
	}
	for _, f := range b.Findings {
		switch {
		case there[f.ID]:
		case answered[f.Rule] && r.Status == report.Completed:
			fixed = append(fixed, f)
		default:
			unknown = append(unknown, f)
		}
	}
	return fixed, unknown
}
