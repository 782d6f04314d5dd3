// The commands config show, config check and schema config.

package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"middlebrick/edge/config"
	"middlebrick/report/standing"
	"middlebrick/rule"
)

func (a *app) configCommand() *cobra.Command {
	parent := &cobra.Command{
		Use:   "config COMMAND",
		Short: "Show and check the configuration file",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return usagef("a command is missing; there are: middlebrick config show, middlebrick config check")
		},
	}
	parent.AddCommand(a.configShow(), a.configCheck())
	return parent
}

func (a *app) configShow() *cobra.Command {
	var f scanFlags
	cmd := &cobra.Command{
		Use:   "show [URL|NAME]",
		Short: "Print what a scan would be told, and from where",
		Long: `Print the settings of each target that middlebrick scan would scan: flags come
before environment variables, these before the file; in the file a target's own
settings come before those for all. With --origin each stands with its source.
Values of secret headers are never printed.`,
		Example: "  middlebrick config show --origin\n  MIDDLEBRICK_FAIL_ON=high middlebrick config show staging --origin",
		Args:    atMostOne("middlebrick config show staging"),
	}
	origin := cmd.Flags().Bool("origin", false, "with the source of each value")
	format := pageFormat(cmd, "text")
	f.config.add(cmd.Flags())
	f.gate.add(cmd.Flags())
	f.request.add(cmd.Flags())
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		asJSON, err := isJSON(*format, "text")
		if err != nil {
			return err
		}
		page, err := a.described(f, cmd.Flags(), args)
		switch {
		case err != nil:
			return err
		case asJSON:
			return a.printJSON(page)
		}
		return a.printLines(page.lines(*origin))
	}
	return cmd
}

// shown is a setting as config show prints it.
type shownSetting struct {
	Key    string `json:"key"`
	Value  string `json:"value"`
	Origin string `json:"origin"`
}

type shownTarget struct {
	Name     string         `json:"name,omitempty"`
	URL      string         `json:"url,omitempty"`
	From     string         `json:"origin"`
	Settings []shownSetting `json:"settings"`
	NotUsed  []shownSetting `json:"notUsedYet"`
	Ignores  []shownIgnore  `json:"ignore"`
}

type shownIgnore struct {
	What   string `json:"what"`
	Until  string `json:"until"`
	Reason string `json:"reason"`
	Past   bool   `json:"past"`
	Origin string `json:"origin"`
}

type configPage struct {
	File    string        `json:"file,omitempty"`
	Because string        `json:"because,omitempty"`
	Passed  []string      `json:"passedOver"`
	Checked []string      `json:"lookedFor"`
	Ignores string        `json:"ignoreFile,omitempty"`
	Targets []shownTarget `json:"targets"`
}

func (a *app) described(f scanFlags, typed *pflag.FlagSet, args []string) (configPage, error) {
	conf, err := a.configure(f.config)
	if err != nil {
		return configPage{}, err
	}
	page := configPage{File: conf.found.Path, Because: conf.found.Because, Ignores: conf.from, Targets: []shownTarget{},
		Passed: append([]string{}, conf.found.Passed...), Checked: append([]string{}, conf.found.Checked...)}
	chosen := []config.Target{{}}
	if len(args) > 0 || len(conf.file.Targets) > 0 {
		if chosen, err = conf.chosen(args); err != nil {
			return page, err
		}
	}
	for _, t := range chosen {
		one, err := a.describe(f, typed, conf, t)
		if err != nil {
			return page, err
		}
		page.Targets = append(page.Targets, one)
	}
	return page, nil
}

func (a *app) describe(f scanFlags, typed *pflag.FlagSet, conf configured, t config.Target) (shownTarget, error) {
	out := shownTarget{Name: t.Name, URL: t.URL, From: t.At.String(), Settings: []shownSetting{}, NotUsed: []shownSetting{}, Ignores: []shownIgnore{}}
	_, flags := fresh()
	flags.VisitAll(func(own *pflag.Flag) {
		values := a.count(own.Name, a.layers(own.Name, typed, conf.sections(t)))
		if len(values) == 0 && own.DefValue != "" && own.DefValue != "[]" && own.DefValue != "0" && own.DefValue != "false" {
			values = []value{{own.Name, own.DefValue, "default"}}
		}
		for _, v := range values {
			if own.Name == "header" {
				v.text = concealed(v.text)
			}
			out.Settings = append(out.Settings, shownSetting{v.key, v.text, v.origin})
		}
	})
	for _, h := range t.Headers {
		if !slices.ContainsFunc(f.request.headers, func(line string) bool { return named(line, h.Name) }) {
			out.Settings = append(out.Settings, shownSetting{"header", h.Name + ": " + a.fromEnv(h), h.At.String()})
		}
	}
	for _, s := range t.Later {
		out.NotUsed = append(out.NotUsed, shownSetting{s.Key, strings.Join(s.Values, ", "), s.At.String()})
	}
	for _, e := range slices.Concat(t.Ignores, conf.file.All.Ignores, conf.ignores) {
		out.Ignores = append(out.Ignores, shownIgnore{what(e), lastDay(e), e.Reason, e.Past(a.Now()), e.From})
	}
	return out, nil
}

// concealed is a header without the value of a secret.
func concealed(line string) string {
	name, value, _ := strings.Cut(line, ":")
	if secret(strings.TrimSpace(name)) {
		return fmt.Sprintf("%s: (%d characters, not shown)", name, len(strings.TrimSpace(value)))
	}
	return line
}

func (a *app) fromEnv(h config.Header) string {
	if h.Env == "" {
		return h.Value
	}
	if a.Env(h.Env) == "" {
		return "from $" + h.Env + ", which is not set"
	}
	return "from $" + h.Env
}

// what is what an entry accepts, in words.
func what(e standing.Entry) string {
	says := e.Rule
	if e.Fingerprint != "" {
		says = strings.TrimSpace(says + " " + e.Fingerprint[:12] + "…")
	}
	if e.Target != "" {
		says += " at " + e.Target
	}
	return says
}

func lastDay(e standing.Entry) string { return e.Until.AddDate(0, 0, -1).Format(standing.Day) }

func (p configPage) lines(origin bool) []string {
	var lines []string
	switch {
	case p.File == "":
		lines = append(lines, "no configuration file"+lookedFor(p.Checked))
	case p.Because == config.Legacy:
		lines = append(lines, fmt.Sprintf("%s (the server's client wrote it: not used yet, this version scans locally)", p.File))
	default:
		lines = append(lines, fmt.Sprintf("%s (%s)", p.File, p.Because))
	}
	for _, path := range p.Passed {
		lines = append(lines, path+" (not read: the one above counts)")
	}
	if p.Ignores != "" {
		lines = append(lines, p.Ignores+" (accepted findings)")
	}
	for _, t := range p.Targets {
		lines = append(append(lines, ""), t.lines(origin)...)
	}
	return lines
}

func lookedFor(checked []string) string {
	if len(checked) == 0 {
		return ""
	}
	return "; looked for " + strings.Join(checked, ", ")
}

func (t shownTarget) lines(origin bool) []string {
	head := strings.TrimSpace(t.Name + "  " + t.URL)
	if head == "" {
		head = "every target"
	}
	rows := [][3]string{}
	for _, s := range t.Settings {
		rows = append(rows, [3]string{s.Key, s.Value, s.Origin})
	}
	for _, s := range t.NotUsed {
		rows = append(rows, [3]string{s.Key, strings.TrimSpace(s.Value + " (not used yet)"), s.Origin})
	}
	for _, i := range t.Ignores {
		says := fmt.Sprintf("%s until %s: %s", i.What, i.Until, i.Reason)
		if i.Past {
			says = fmt.Sprintf("%s until %s, which is past: it counts again", i.What, i.Until)
		}
		rows = append(rows, [3]string{"ignore", says, i.Origin})
	}
	widths := [2]int{}
	for _, r := range rows {
		widths[0], widths[1] = max(widths[0], len(r[0])), max(widths[1], len(r[1]))
	}
	lines := []string{head}
	for _, r := range rows {
		line := fmt.Sprintf("  %-*s  %s", widths[0], r[0], r[1])
		if origin {
			line = fmt.Sprintf("  %-*s  %-*s  %s", widths[0], r[0], min(widths[1], 40), r[1], r[2])
		}
		lines = append(lines, strings.TrimRight(line, " "))
	}
	return lines
}

func (a *app) configCheck() *cobra.Command {
	var f configFlags
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Read the configuration file and tell everything that is wrong in it",
		Long: `Read the configuration file and the file of accepted findings, without scanning.
It ends with 2 and the line of each mistake, or with 0; acceptances whose day is
past are told and are no mistake.`,
		Args: noArguments,
	}
	f.add(cmd.Flags())
	cmd.RunE = func(*cobra.Command, []string) error {
		conf, err := a.configure(f)
		if err != nil {
			return err
		}
		return a.printLines(a.linted(conf))
	}
	return cmd
}

func (a *app) linted(conf configured) []string {
	if conf.found.Path == "" && conf.from == "" {
		return []string{"there is no configuration file to check" + lookedFor(conf.found.Checked)}
	}
	var lines []string
	if conf.found.Path != "" {
		lines = append(lines, fmt.Sprintf("%s: in order, %d targets", conf.found.Path, len(conf.file.Targets)))
	}
	for _, t := range conf.file.Targets {
		for _, h := range t.Headers {
			if h.Env != "" && a.Env(h.Env) == "" {
				lines = append(lines, fmt.Sprintf("%s: note: the environment variable %s is not set here", h.At, h.Env))
			}
		}
	}
	if conf.from != "" {
		lines = append(lines, fmt.Sprintf("%s: in order, %d entries", conf.from, len(conf.ignores)))
	}
	for _, e := range conf.entries() {
		if e.Past(a.Now()) {
			lines = append(lines, fmt.Sprintf("%s: note: %s was accepted until %s, which is past: it counts again", e.From, what(e), lastDay(e)))
		}
	}
	return lines
}

// printConfigSchema is the command schema config.
func (a *app) printConfigSchema() error {
	var checks, severities []string
	for _, c := range a.engine.Checks() {
		checks = append(checks, c.Folder)
	}
	for _, s := range rule.Severities() {
		severities = append(severities, string(s))
	}
	text, err := config.Schema(checks, severities)
	return a.print(append(text, '\n'), err)
}

// schemaOf prints the schema of that name.
func (a *app) schemaOf(args []string, report []byte) error {
	switch {
	case len(args) == 0 || args[0] == "report":
		return a.print(report, nil)
	case args[0] == "config":
		return a.printConfigSchema()
	}
	return usagef("unknown schema %q%s", args[0], meant(args[0], []string{"report", "config"}, ""))
}
