// TLS policies: --policy NAME|FILE, and the command that lists them.

package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"middlebrick/policy"
	"middlebrick/report/render"
)

// mostPolicy bounds a policy's file, in bytes.
const mostPolicy = 1 << 20

// addPolicy takes the name of a built-in policy, or a file.
func (g *gate) addPolicy(typed string) error {
	p, err := policyNamed(typed)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(g.policies, func(other policy.Policy) bool { return other.Name == p.Name }) {
		return usagef("--policy: %s is given twice; give it once", p.Name)
	}
	g.policies = append(g.policies, p)
	return nil
}

func policyNamed(typed string) (policy.Policy, error) {
	if p, ok := policy.Named(typed); ok {
		return p, nil
	}
	info, err := os.Stat(typed)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !strings.ContainsAny(typed, `/\`) && filepath.Ext(typed) != ".json":
		return policy.Policy{}, usagef("--policy: unknown policy or file %q%s", typed, meant(typed, policyNames(), ""))
	case err != nil:
		return policy.Policy{}, usagef("--policy: opening policy: %w", err)
	case info.Size() > mostPolicy:
		return policy.Policy{}, usagef("--policy: %s has %d bytes; a policy has at most %d", typed, info.Size(), mostPolicy)
	}
	text, err := os.ReadFile(typed)
	if err != nil {
		return policy.Policy{}, usagef("--policy: opening policy: %w", err)
	}
	p, err := policy.Parse(typed, text)
	if err != nil {
		return policy.Policy{}, usagef("--policy: %w", err)
	}
	if _, taken := policy.Named(p.Name); taken {
		return policy.Policy{}, usagef("--policy: %s calls itself %s, which is the name of a built-in policy; give it another name", typed, p.Name)
	}
	return p, nil
}

func policyNames() []string {
	var names []string
	for _, p := range policy.All() {
		names = append(names, p.Name)
	}
	return names
}

// obeyed is the clause of one policy: a failed item fails the gate, and what could
// not be seen gives no verdict.
func obeyed(held policy.Result) clause {
	var items []string
	for _, i := range held.Items {
		if i.Outcome == held.Outcome {
			items = append(items, i.ID)
		}
	}
	shown := strings.Join(items[:min(3, len(items))], ", ")
	if more := len(items) - 3; more > 0 {
		shown += fmt.Sprintf(" and %d more", more)
	}
	switch held.Outcome {
	case policy.Pass:
		return clause{exitPassed, "meets the policy " + held.Policy}
	case policy.Fail:
		return clause{exitFailed, fmt.Sprintf("does not meet the policy %s: %s", held.Policy, shown)}
	}
	return clause{exitNoVerdict, fmt.Sprintf("whether it meets the policy %s is not known: %s", held.Policy, shown)}
}

// about is a policy in the list as JSON.
type about struct {
	Name    string `json:"name"`
	Title   string `json:"title"`
	Version string `json:"version"`
	Date    string `json:"date"`
	Source  string `json:"source"`
	Note    string `json:"note"`
}

func (a *app) policiesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "policies [NAME]",
		Short: "List the TLS policies of this version, or print one as a file",
		Long: `List the TLS policies that scan --policy NAME holds a target against. With a name,
print that policy's file: a start for your own, which scan --policy FILE takes.`,
		Example:   "  middlebrick policies\n  middlebrick policies mozilla-intermediate > ours.json\n  middlebrick policies --schema",
		ValidArgs: policyNames(),
		Args:      cobra.MaximumNArgs(1),
	}
	format := pageFormat(cmd, "table")
	schema := cmd.Flags().Bool("schema", false, "print the JSON Schema of a policy's file")
	noColor := cmd.Flags().Bool("no-color", false, "no colours")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		asJSON, err := isJSON(*format, "table")
		switch {
		case err != nil:
			return err
		case *schema:
			return a.print(policy.SchemaJSON, nil)
		case len(args) > 0:
			return a.printPolicy(args[0])
		case asJSON:
			return a.printJSON(abouts())
		}
		return a.print(render.Policies(policy.All(), a.screen(!*noColor)), nil)
	}
	return cmd
}

func abouts() []about {
	list := []about{}
	for _, p := range policy.All() {
		list = append(list, about{p.Name, p.Title, p.Version, p.Date, p.Source, p.Note})
	}
	return list
}

func (a *app) printPolicy(name string) error {
	text, ok := policy.Text(name)
	if !ok {
		return usagef("unknown policy %q%s", name, meant(name, policyNames(), ""))
	}
	return a.print(text, nil)
}
