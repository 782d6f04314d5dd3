// The command doctor: what of this machine bears on scans. Nothing is sent, but for
// the question to the resolver about a URL that was given.

package cli

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"middlebrick/report/render"
)

func (a *app) doctorCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "doctor [URL]",
		Short: "Look whether this machine is fit to scan: clock, names, trust, limits",
		Long: `Look at what of this machine bears on scans: the clock, name resolution, IPv6,
proxy variables, trusted authorities, open files, installed lists, configuration
and history. Nothing is sent; with a URL its name is resolved.

Exit codes: 0 fit, warnings or not; 1 something would make scans wrong or
impossible.`,
		Example: "  middlebrick doctor\n  middlebrick doctor https://api.example.com --format json",
		Args:    cobra.MaximumNArgs(1),
	}
	format := pageFormat(cmd, "text")
	noColor := cmd.Flags().Bool("no-color", false, "no colours")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		asJSON, err := isJSON(*format, "text")
		if err != nil {
			return err
		}
		all, err := a.examine(cmd.Context(), args)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(all, func(s render.Symptom) bool { return s.State == "fail" }) {
			a.exit = exitFailed
		}
		if asJSON {
			return a.printJSON(struct {
				Schema string           `json:"schema"`
				Checks []render.Symptom `json:"checks"`
				Exit   int              `json:"exit"`
			}{"middlebrick.doctor/1", all, a.exit})
		}
		return a.print(render.Symptoms(all, a.screen(!*noColor)), nil)
	}
	return cmd
}

// examine looks at everything, the worst that can be wrong first.
func (a *app) examine(ctx context.Context, args []string) ([]render.Symptom, error) {
	all := []render.Symptom{a.clock()}
	if len(args) > 0 {
		named, err := a.named(ctx, args[0])
		if err != nil {
			return nil, err
		}
		all = append(all, named)
	} else {
		all = append(all, nameservers("/etc/resolv.conf"))
	}
	all = append(all, versionSix(), a.proxies(), a.trust(), openFiles(descriptors()))
	all = append(all, a.lists()...)
	return append(all, a.configuration(), a.pasts(), a.terminal()), nil
}
