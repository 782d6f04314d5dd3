// The command update: the lists that age.

package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"middlebrick/scan"
	"middlebrick/scan/installed"
)

type updateFlags struct {
	check   bool
	from    string
	caFiles []string
}

func (a *app) updateCommand() *cobra.Command {
	var f updateFlags
	cmd := &cobra.Command{
		Use:   "update",
		Short: "Fetch the lists that age: HSTS preload, certificate logs, roots",
		Long: `Fetch what ages: the HSTS preload list of browsers, the list of certificate
transparency logs, and Mozilla's root store. Each is verified before it takes the
place of the one before; what cannot be fetched or verified leaves the old one.
They are kept in $MIDDLEBRICK_DATA, or in a folder among the user's caches.

Without a network, --from takes a folder or a mirror that holds the files under
their own names: transport_security_state_static.json (or hsts-preload.txt.gz),
log_list.json with log_list.sig and log_list_pubkey.pem, cacert.pem with
cacert.pem.sha256.`,
		Example: "  middlebrick update\n  middlebrick update --check\n  middlebrick update --from /media/lists",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.update(cmd.Context(), f) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.BoolVar(&f.check, "check", false, "say what is installed and of what date; fetch nothing")
	flags.StringVar(&f.from, "from", "", "`URL|DIR` of a mirror, https alone, or of a folder, instead of the publishers")
	flags.StringArrayVar(&f.caFiles, "ca-file", nil, "also trust the authorities in `FILE`, PEM, for a mirror of your own (repeatable)")
	return cmd
}

func (a *app) update(ctx context.Context, f updateFlags) error {
	dir, err := installed.Folder(a.Env)
	if err != nil {
		return brokenf("%w", err)
	}
	if f.check {
		return a.checkInstalled(dir)
	}
	if scheme, _, is := strings.Cut(f.from, "://"); is && scheme != "https" {
		return usagef("--from: %s:// is not fetched from, for anyone on the way could change the lists; use https:// or a folder", scheme)
	}
	var trusted [][]byte
	for _, path := range f.caFiles {
		pem, err := authorities(path)
		if err != nil {
			return err
		}
		trusted = append(trusted, pem)
	}
	outcomes, err := installed.Updater{Dir: dir, From: f.from, Get: installed.Web(trusted), Now: a.Now}.Update(ctx)
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	if errors.Is(err, installed.ErrBusy) {
		return failure{exitNoVerdict, fmt.Errorf("%w in %s; what it brings is as good", err, dir)}
	}
	if err != nil {
		return brokenf("%w", err)
	}
	return a.printUpdate(outcomes)
}

// printUpdate says what came of each list; a list that was not brought up to date
// is no success.
func (a *app) printUpdate(outcomes []installed.Outcome) error {
	lines := []string{}
	for _, o := range outcomes {
		switch {
		case o.Err != nil:
			a.say("%v", o.Err)
			code := exitNoVerdict
			if errors.Is(o.Err, installed.ErrPlace) {
				code = exitBroken
			}
			a.exit = worst(a.exit, code)
			lines = append(lines, a.listLine(o.Kind, o.List, o.Have, "not updated"))
		case o.Newer:
			lines = append(lines, a.listLine(o.Kind, o.List, o.Have, "updated"))
		default:
			lines = append(lines, a.listLine(o.Kind, o.List, o.Have, "up to date"))
		}
	}
	return a.printLines(lines)
}

func (a *app) checkInstalled(dir string) error {
	data, err := installed.Open(dir)
	if err != nil {
		return brokenf("%w", err)
	}
	lines := []string{}
	for _, k := range installed.Kinds() {
		list, have := data.Find(k)
		state := ""
		if _, _, err := data.Read(k); have && err != nil {
			state = err.Error()
		} else if have && a.Now().Sub(list.Date) > scan.ListAges {
			state = fmt.Sprintf("older than %d days; middlebrick update", scan.ListAges/(24*time.Hour))
		}
		if !have || state != "" {
			a.exit = worst(a.exit, exitFailed)
		}
		lines = append(lines, a.listLine(k, list, have, state))
	}
	return a.printLines(append(lines, "in "+dir))
}

func (a *app) listLine(k installed.Kind, list installed.List, have bool, state string) string {
	if !have {
		return strings.TrimSpace(fmt.Sprintf("%-14s  none installed  %s", k, state))
	}
	return strings.TrimSpace(fmt.Sprintf("%-14s  of %s  %7d entries  from %s  %s", k, list.Date.Format(time.DateOnly), list.Entries, list.Source, state))
}

// installedLists takes what is installed into the request, where the user named no
// list of their own. What cannot be read is as good as missing, and is said.
func (a *app) installedLists(req *scan.Request) {
	dir, err := installed.Folder(a.Env)
	if err != nil {
		return
	}
	data, err := installed.Open(dir)
	if err != nil {
		a.say("%v", err)
		return
	}
	for _, k := range installed.Kinds() {
		if _, have := data.Find(k); !have {
			continue
		}
		file, list, err := data.Read(k)
		if err == nil {
			err = req.Take(string(k), list.Date, list.Entries, file)
		}
		if err != nil {
			a.say("%v", err)
		}
	}
}
