// Commands that read and scan nothing: explain, rules, schema, version,
// completion.

package cli

import (
	"fmt"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"middlebrick/policy"
	"middlebrick/report"
	"middlebrick/report/render"
	"middlebrick/rule"
)

// pageFormat is the flag --format of the commands that print a page.
func pageFormat(cmd *cobra.Command, text string) *string {
	return cmd.Flags().String("format", text, "`FORMAT`: "+text+" or json")
}

func isJSON(format, text string) (bool, error) {
	got, ok := oneOf(format, []string{text, "json"})
	if !ok {
		return false, usagef("--format: unknown format %q%s", format, meant(format, []string{text, "json"}, ""))
	}
	return got == "json", nil
}

func (a *app) explainCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:               "explain RULE",
		Short:             "Why a rule matters, how to mend it, where that is written",
		Example:           "  middlebrick explain encryption.hstsmissing",
		Args:              exactlyOne("a rule", "middlebrick explain RULE, one of those that middlebrick rules lists"),
		ValidArgsFunction: a.completeRules,
	}
	format := pageFormat(cmd, "text")
	noColor := cmd.Flags().Bool("no-color", false, "no colours")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		asJSON, err := isJSON(*format, "text")
		if err != nil {
			return err
		}
		meta, doc, err := a.find(args[0])
		switch {
		case err != nil:
			return err
		case asJSON:
			return a.printJSON(page{entryOf(meta), doc.Opening, doc.Why, fixesOf(doc), append([]rule.Cite{}, meta.Cites...)})
		}
		return a.print(render.Rule(meta, doc, a.screen(!*noColor)), nil)
	}
	return cmd
}

// find takes a rule's id, or its name without the check where only one rule has
// it.
func (a *app) find(typed string) (rule.Meta, rule.Doc, error) {
	if meta, doc, ok := a.engine.Explain(typed); ok {
		return meta, doc, nil
	}
	var ids, named []string
	for _, m := range a.engine.Rules() {
		ids = append(ids, m.ID)
		if strings.EqualFold(m.Name(), typed) || strings.EqualFold(m.ID, typed) {
			named = append(named, m.ID)
		}
	}
	if len(named) == 1 {
		if meta, doc, ok := a.engine.Explain(named[0]); ok {
			return meta, doc, nil
		}
	}
	near := nearest(typed, ids)
	if near == "" && !strings.Contains(typed, ".") {
		near = nearest("encryption."+typed, ids)
	}
	if near != "" {
		return rule.Meta{}, rule.Doc{}, usagef("unknown rule %q; did you mean %s?", typed, near)
	}
	return rule.Meta{}, rule.Doc{}, usagef("unknown rule %q; middlebrick rules lists all of them", typed)
}

// entry is a rule in the catalogue as JSON; page is the whole of it.
type entry struct {
	ID       string        `json:"id"`
	Check    string        `json:"check"`
	Title    string        `json:"title"`
	Severity rule.Severity `json:"severity"`
	CWE      []rule.CWE    `json:"cwe"`
	OWASP    rule.OWASP    `json:"owasp"`
	PCI      []rule.PCI    `json:"pci"`
	Formerly []string      `json:"formerly"`
}

type page struct {
	entry
	Opening    string       `json:"opening"`
	Why        string       `json:"why"`
	Fixes      []report.Fix `json:"fixes"`
	References []rule.Cite  `json:"references"`
}

func entryOf(m rule.Meta) entry {
	return entry{m.ID, m.Check(), m.Title, m.Severity, append([]rule.CWE{}, m.CWE...), m.OWASP, append([]rule.PCI{}, m.PCI...), append([]string{}, m.Formerly...)}
}

func fixesOf(doc rule.Doc) []report.Fix {
	fixes := []report.Fix{}
	for _, platform := range rule.Platforms() {
		if text := doc.Fixes[platform]; text != "" {
			fixes = append(fixes, report.Fix{Platform: platform, Text: text})
		}
	}
	return fixes
}

func (a *app) rulesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "List every rule of this version",
		Args:  noArguments,
	}
	format := pageFormat(cmd, "table")
	noColor := cmd.Flags().Bool("no-color", false, "no colours")
	cmd.RunE = func(*cobra.Command, []string) error {
		asJSON, err := isJSON(*format, "table")
		if err != nil {
			return err
		}
		all := a.engine.Rules()
		screen := a.screen(!*noColor)
		if !a.OutTTY && a.Env("COLUMNS") == "" {
			screen.Width = unbroken // one line a rule, for grep
		}
		if !asJSON {
			return a.print(render.Rules(all, screen), nil)
		}
		entries := make([]entry, 0, len(all))
		for _, m := range all {
			entries = append(entries, entryOf(m))
		}
		return a.printJSON(entries)
	}
	return cmd
}

// unbroken is a width that no title reaches, in columns.
const unbroken = 1000

func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usagef("%s takes no argument, and %q was given", cmd.CommandPath(), args[0])
	}
	return nil
}

func (a *app) schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:       "schema [report|config]",
		Short:     "Print the JSON Schema of the report, or of the configuration file",
		ValidArgs: []string{"report", "config"},
		Args:      cobra.MaximumNArgs(1),
		RunE:      func(_ *cobra.Command, args []string) error { return a.schemaOf(args, report.SchemaJSON) },
	}
}

func (a *app) versionCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "version", Short: "Print the version", Args: noArguments}
	format := pageFormat(cmd, "text")
	cmd.RunE = func(*cobra.Command, []string) error {
		asJSON, err := isJSON(*format, "text")
		if err != nil {
			return err
		}
		about := struct {
			Version  string `json:"version"`
			Go       string `json:"go"`
			Platform string `json:"platform"`
			Rules    int    `json:"rules"`
			Report   string `json:"report"`
		}{a.Version, runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH, len(a.engine.Rules()), report.Schema}
		if asJSON {
			return a.printJSON(about)
		}
		return a.printLines([]string{fmt.Sprintf("middlebrick %s, %d rules, %s, %s, %s", about.Version, about.Rules, about.Report, about.Go, about.Platform)})
	}
	return cmd
}

func (a *app) completionCommand() *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	cmd := &cobra.Command{
		Use:       "completion bash|zsh|fish|powershell",
		Short:     "Print completions for a shell",
		Example:   "  source <(middlebrick completion bash)\n  middlebrick completion fish > ~/.config/fish/completions/middlebrick.fish",
		ValidArgs: shells,
		Args:      exactlyOne("a shell", "middlebrick completion "+strings.Join(shells, "|")),
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		root := cmd.Root()
		write := map[string]func() error{
			"bash":       func() error { return root.GenBashCompletionV2(a.Out, true) },
			"zsh":        func() error { return root.GenZshCompletion(a.Out) },
			"fish":       func() error { return root.GenFishCompletion(a.Out, true) },
			"powershell": func() error { return root.GenPowerShellCompletionWithDesc(a.Out) },
		}[args[0]]
		if write == nil {
			return usagef("unknown shell %q%s", args[0], meant(args[0], shells, ""))
		}
		return a.wrote(&output{}, write())
	}
	return cmd
}

func (a *app) completeRules(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	var ids []string
	for _, m := range a.engine.Rules() {
		if len(args) == 0 {
			ids = append(ids, m.ID+"\t"+m.Title)
		}
	}
	return ids, cobra.ShellCompDirectiveNoFileComp
}

// completeFlags offers the words that a flag takes.
func (a *app) completeFlags(cmd *cobra.Command) {
	words := map[string][]string{"format": render.Formats(), "output": render.Formats(), "method": methods, "audience": {"browser", "program"}}
	for _, s := range rule.Severities() {
		words["fail-on"] = append(words["fail-on"], string(s))
	}
	for _, c := range a.engine.Checks() {
		words["threshold"] = append(words["threshold"], c.Folder+"=")
	}
	for _, p := range policy.All() {
		words["policy"] = append(words["policy"], p.Name)
	}
	for flag, list := range words {
		if cmd.Flags().Lookup(flag) != nil {
			_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(slices.Clone(list), cobra.ShellCompDirectiveNoFileComp))
		}
	}
}
