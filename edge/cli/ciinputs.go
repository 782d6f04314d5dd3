// The inputs of the GitHub Action, as the flags of scan that they mean.

package cli

import (
	"encoding/json"
	"slices"
	"strings"

	"middlebrick/edge/ci"
)

// ciPlan is what the inputs come to.
type ciPlan struct {
	targets []string // URLs; none: those of the configuration
	flags   []string // of scan, the same for all targets
	comment bool
	token   string
	place   string // where code hosts show findings, FILE:LINE
	sarif   string // "": none, "true": a file of our choice, else a file or folder
	report  string
	minimum string // of the score, to find two that differ
	secrets []string
	notices []string
}

// ciInput is one input and what it does to the plan; its value is never empty.
type ciInput struct {
	name string
	read func(p *ciPlan, value string) error
}

const noServer = "%s: this version scans in the job itself and is no client of a server yet; remove api-key and base-url, and no key is needed"

// ciInputs are all inputs but version, which decides which program runs at all.
// Secrets come first, so that they are hidden whatever else is wrong.
var ciInputs = []ciInput{
	{"github-token", func(p *ciPlan, v string) error { p.token = v; p.hide(v); return nil }},
	{"headers", (*ciPlan).headers},
	{"api-key", func(p *ciPlan, v string) error { p.hide(v); return usagef(noServer, "api-key") }},
	{"base-url", func(*ciPlan, string) error { return usagef(noServer, "base-url") }},
	{"url", func(p *ciPlan, v string) error { p.targets = append(p.targets, v); return nil }},
	{"targets", func(p *ciPlan, v string) error { p.targets = append(p.targets, inputLines(v)...); return nil }},
	{"config", flag("--config")},
	{"method", flag("--method")},
	{"threshold", func(p *ciPlan, v string) error { return p.least("threshold", v) }},
	{"fail-under", func(p *ciPlan, v string) error { return p.least("fail-under", v) }},
	{"encryption-threshold", func(p *ciPlan, v string) error { p.flag("--threshold", "encryption="+v); return nil }},
	{"thresholds", func(p *ciPlan, v string) error {
		for _, one := range strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == '\n' }) {
			if one = strings.TrimSpace(one); one != "" {
				p.flag("--threshold", one)
			}
		}
		return nil
	}},
	{"fail-on", flag("--fail-on")},
	{"min-coverage", flag("--min-coverage")},
	{"baseline", flag("--baseline")},
	{"policy", each("--policy")},
	{"audience", flag("--audience")},
	{"https-port", flag("--https-port")},
	{"http-port", flag("--http-port")},
	{"resolve", each("--resolve")},
	{"ca-file", each("--ca-file")},
	{"timeout", flag("--timeout")},
	{"wait-for", flag("--wait-for")},
	{"spec-url", notYet("spec-url", "no check of this version reads an API description")},
	{"context", notYet("context", "no check of this version weighs findings by it")},
	{"comment", func(p *ciPlan, v string) (err error) { p.comment, err = yes("comment", v); return err }},
	{"sarif", func(p *ciPlan, v string) error {
		if asked, err := yes("sarif", v); err == nil && !asked {
			return nil
		}
		p.sarif = v
		return nil
	}},
	{"sarif-location", func(p *ciPlan, v string) error { p.place = v; p.flag("--sarif-location", v); return nil }},
	{"report-path", func(p *ciPlan, v string) error { p.report = v; return nil }},
}

// ciEnv is the variable that carries an input: action.yml sets one for each.
func ciEnv(input string) string {
	return "INPUT_" + strings.ToUpper(strings.ReplaceAll(input, "-", "_"))
}

// readCI reads all inputs and gives the first mistake; what is secret in the
// others is still known.
func readCI(env func(string) string) (p ciPlan, first error) {
	for _, input := range ciInputs {
		value := strings.TrimSpace(env(ciEnv(input.name)))
		if value == "" {
			continue
		}
		if err := input.read(&p, value); err != nil && first == nil {
			first = err
		}
	}
	if p.comment && p.token == "" && first == nil {
		p.notices = append(p.notices, "comment: there is no github-token, so no comment is written")
		p.comment = false
	}
	return p, first
}

func (p *ciPlan) flag(name, value string) { p.flags = append(p.flags, name+"="+value) }

func flag(name string) func(*ciPlan, string) error {
	return func(p *ciPlan, value string) error { p.flag(name, value); return nil }
}

// each is a flag that may be given several times, once a line.
func each(name string) func(*ciPlan, string) error {
	return func(p *ciPlan, value string) error {
		for _, line := range inputLines(value) {
			p.flag(name, line)
		}
		return nil
	}
}

func notYet(name, why string) func(*ciPlan, string) error {
	return func(p *ciPlan, _ string) error {
		p.notices = append(p.notices, name+" is accepted and not used yet: "+why)
		return nil
	}
}

// least takes the two names of one thing.
func (p *ciPlan) least(name, value string) error {
	if p.minimum != "" && p.minimum != value {
		return usagef("threshold and fail-under are two names of one number, and %q and %q are given; leave one away", p.minimum, value)
	}
	if p.minimum == "" {
		p.flag("--threshold", value)
	}
	p.minimum = value
	if strings.Contains(value, "=") {
		return usagef("%s: %q is not a whole number from 0 to 100; for one check alone use thresholds", name, value)
	}
	return nil
}

// inputLines are the non-empty lines, without those that begin with #.
func inputLines(value string) []string {
	var all []string
	for line := range strings.Lines(value) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			all = append(all, line)
		}
	}
	return all
}

var truth = map[string]bool{"true": true, "yes": true, "on": true, "1": true, "false": false, "no": false, "off": false, "0": false}

func yes(name, value string) (bool, error) {
	asked, known := truth[strings.ToLower(value)]
	if !known {
		return false, usagef("%s: %q is neither true nor false", name, value)
	}
	return asked, nil
}

// headers reads a JSON object, as the hosted service's action takes it, or one
// "Name: value" a line. No message repeats a value.
func (p *ciPlan) headers(value string) error {
	if !strings.HasPrefix(value, "{") {
		for _, line := range inputLines(value) {
			p.header(line)
		}
		return nil
	}
	fields := map[string]string{}
	if err := json.Unmarshal([]byte(value), &fields); err != nil {
		p.secrets = append(p.secrets, value)
		return usagef(`headers: not a JSON object of texts; write it as {"Name": "value"}, or as one "Name: value" a line`)
	}
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		p.header(name + ": " + fields[name])
	}
	return nil
}

func (p *ciPlan) header(line string) {
	name, value, _ := strings.Cut(line, ":")
	if value = strings.TrimSpace(value); secret(name) {
		p.secrets = append(p.secrets, value)
		if _, token, schemed := strings.Cut(value, " "); schemed { // "Bearer …": the word alone is no secret
			p.secrets = append(p.secrets, strings.TrimSpace(token))
		}
	}
	p.flag("--header", line)
}

func (p *ciPlan) hide(secret string) { p.secrets = append(p.secrets, secret) }

// outcome is the word for an exit code. It fails closed: what is not known to
// have passed has not.
func outcome(exit int) string {
	switch exit {
	case exitPassed:
		return "passed"
	case exitFailed:
		return "failed"
	case exitNoVerdict, 130, 143:
		return "no-verdict"
	}
	return "error"
}

// ciOutputs are the names of all outputs; each is always written.
var ciOutputs = []string{"score", "grade", "findings-count", "scan-id", "result", "outcome", "report-url", "report-path", "sarif-path"}

// unfinished are the outputs of a step that came no further: written first, so
// that a step that dies leaves no outcome but this.
func unfinished() []ci.Output {
	all := make([]ci.Output, 0, len(ciOutputs))
	for _, name := range ciOutputs {
		value := ""
		if name == "outcome" {
			value = outcome(exitBroken)
		}
		all = append(all, ci.Output{Name: name, Value: value})
	}
	return all
}
