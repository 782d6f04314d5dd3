// The flags of the gate.

package cli

import (
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"middlebrick/report"
	"middlebrick/rule"
)

// checkNamed is the display name of the check that was typed: by its folder, its
// key in the documented API, or its display name.
func checkNamed(typed string, checks []report.Category) (string, error) {
	var folders []string
	for _, c := range checks {
		if _, ok := oneOf(typed, []string{c.Folder, c.Key, c.Name}); ok {
			return c.Name, nil
		}
		folders = append(folders, c.Folder)
	}
	return "", usagef("--threshold: unknown check %q%s", typed, meant(typed, folders, ""))
}

// gateFlags are the flags as typed.
type gateFlags struct {
	thresholds  []string
	failOn      string
	minCoverage string
	policies    []string
	baseline    string
}

func (g *gateFlags) add(flags *pflag.FlagSet) {
	flags.StringArrayVar(&g.thresholds, "threshold", nil, "least score, `[CHECK=]N` with N from 0 to 100, for all or for one check (repeatable)")
	flags.StringVar(&g.failOn, "fail-on", "", "fail on an open finding of this `SEVERITY` or worse: critical, high, medium, low, info")
	flags.StringArrayVar(&g.policies, "policy", nil, "hold the target against a published TLS policy, or your own: `NAME|FILE` (repeatable; middlebrick policies lists them)")
	flags.StringVar(&g.baseline, "baseline", "", "fail only on findings that are not in `FILE`, which middlebrick baseline write makes")
	flags.StringVar(&g.minCoverage, "min-coverage", "", "least share of rules that must be answered, in `PERCENT`")
}

func (g *gateFlags) read(checks []report.Category) (gate, error) {
	var out gate
	for _, typed := range g.thresholds {
		if err := out.addThreshold(typed, checks); err != nil {
			return gate{}, err
		}
	}
	if g.failOn != "" {
		severity, err := severityNamed(g.failOn)
		if err != nil {
			return gate{}, err
		}
		out.failOn = severity
	}
	if g.minCoverage != "" {
		percent, err := number("--min-coverage", strings.TrimSuffix(g.minCoverage, "%"))
		if err != nil {
			return gate{}, err
		}
		out.minCoverage = &percent
	}
	for _, typed := range g.policies {
		if err := out.addPolicy(typed); err != nil {
			return gate{}, err
		}
	}
	if g.baseline != "" {
		baseline, err := readBaseline(g.baseline)
		if err != nil {
			return gate{}, err
		}
		out.known.baseline = baseline
	}
	return out, nil
}

func (g *gate) addThreshold(typed string, checks []report.Category) error {
	check, value, single := strings.Cut(typed, "=")
	if !single {
		value = typed
	}
	minimum, err := number("--threshold", value)
	if err != nil {
		return err
	}
	if !single && g.threshold != nil {
		return usagef("--threshold is given twice for the whole score (%d and %d); give it once", *g.threshold, minimum)
	}
	if !single {
		g.threshold = &minimum
		return nil
	}
	name, err := checkNamed(strings.TrimSpace(check), checks)
	if err != nil {
		return err
	}
	for _, other := range g.checks {
		if other.check == name {
			return usagef("--threshold is given twice for %s (%d and %d); give it once", name, other.minimum, minimum)
		}
	}
	g.checks = append(g.checks, checkMinimum{name, minimum})
	return nil
}

func severityNamed(typed string) (rule.Severity, error) {
	var words []string
	for _, s := range rule.Severities() {
		if strings.EqualFold(string(s), typed) {
			return s, nil
		}
		words = append(words, string(s))
	}
	return "", usagef("--fail-on: unknown severity %q%s", typed, meant(typed, words, ""))
}

// number is a whole number from 0 to 100.
func number(flag, typed string) (int, error) {
	n, err := strconv.Atoi(strings.TrimSpace(typed))
	if err != nil || n < 0 || n > 100 {
		return 0, usagef("%s: %q is not a whole number from 0 to 100", flag, typed)
	}
	return n, nil
}
