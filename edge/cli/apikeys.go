// The command keys: who may read the server's data may let others in.

package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"middlebrick/edge/store"
)

func (a *app) keysCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "keys", Short: "Make, list and revoke the server's API keys", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return usagef("say what to do: middlebrick keys create NAME, keys list, or keys revoke ID")
		}}
	cmd.AddCommand(a.keysCreate(), a.keysList(), a.keysRevoke())
	return cmd
}

func (a *app) keysCreate() *cobra.Command {
	var f serveFlags
	var scope, expires string
	cmd := &cobra.Command{
		Use:   "create NAME",
		Short: "Make a key, and print it once",
		Args:  theOneArgument("a name for the key", "keys create ci"),
		RunE: func(cmd *cobra.Command, args []string) error {
			until, err := a.expiry(expires)
			if err != nil {
				return err
			}
			if scope != string(store.Read) && scope != string(store.Write) {
				return usagef("--scope: %q is no scope; use %s or %s", scope, store.Read, store.Write)
			}
			return a.withStore(cmd.Context(), f, func(s *store.Store, tenant string) error {
				secret, err := s.MakeKey(cmd.Context(), tenant, args[0], store.Scope(scope), until)
				if err != nil {
					return brokenf("making the key: %w", err)
				}
				fmt.Fprintln(a.Out, secret)
				a.say("this is the only time that the key is shown; a hash of it is kept")
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&scope, "scope", string(store.Write), "what the key may do: scan:read or scan:write")
	cmd.Flags().StringVar(&expires, "expires", "", "after how many days it ends, as 90d, or on which day, as 2027-01-31 (default: never)")
	f.storage(cmd)
	return cmd
}

// theOneArgument wants one argument, and says which.
func theOneArgument(what, example string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != 1 || args[0] == "" {
			return usagef("give %s, like: middlebrick %s", what, example)
		}
		return nil
	}
}

// expiry reads a number of days or a date; the zero time is never.
func (a *app) expiry(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	until, err := time.Parse(time.DateOnly, text)
	if days, found := strings.CutSuffix(text, "d"); found {
		n, wrong := strconv.Atoi(days)
		if err = wrong; n < 1 || n > 36_500 {
			err = errors.New("out of bounds")
		}
		until = a.Now().AddDate(0, 0, n)
	}
	if err != nil || !until.After(a.Now()) {
		return until, usagef("--expires: %q is neither a number of days, as 90d, nor a day to come, as 2027-01-31", text)
	}
	return until, nil
}

func (a *app) keysList() *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the keys, without their secrets",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withStore(cmd.Context(), f, func(s *store.Store, tenant string) error {
				keys, err := s.Keys(cmd.Context(), tenant)
				if err != nil {
					return brokenf("%w", err)
				}
				for _, k := range keys {
					line := fmt.Sprintf("%s  %-16s %-10s  created %s  %s  %s  %s", k.ID, k.Shown(), k.Scope, day(k.Created()), a.standing(k), used(k), k.Name)
					fmt.Fprintln(a.Out, a.screen(false).Line(line))
				}
				if len(keys) == 0 {
					a.say("there is no key yet; make one with: middlebrick keys create NAME")
				}
				return nil
			})
		},
	}
	f.storage(cmd)
	return cmd
}

func day(t time.Time) string { return t.Format(time.DateOnly) }

func (a *app) standing(k store.Key) string {
	switch {
	case !k.Revoked().IsZero():
		return "revoked " + day(k.Revoked())
	case k.Expires().IsZero():
		return "never expires"
	case !k.Expires().After(a.Now()):
		return "expired " + day(k.Expires())
	}
	return "expires " + day(k.Expires())
}

func used(k store.Key) string {
	if k.Used().IsZero() {
		return "never used"
	}
	return "used " + day(k.Used())
}

func (a *app) keysRevoke() *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use:   "revoke ID",
		Short: "End a key at once",
		Args:  theOneArgument("the id of a key, from keys list", "keys revoke 06H0PXPK69VC3E01SA3QD5XRWM"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withStore(cmd.Context(), f, func(s *store.Store, tenant string) error {
				err := s.Revoke(cmd.Context(), tenant, args[0])
				if errors.Is(err, store.ErrNotFound) {
					return usagef("there is no key %s that is not revoked; its id is in: middlebrick keys list", args[0])
				}
				return err
			})
		},
	}
	f.storage(cmd)
	return cmd
}

func (a *app) withStore(ctx context.Context, f serveFlags, do func(*store.Store, string) error) error {
	told, err := a.serving(f)
	if err != nil {
		return err
	}
	s, err := store.Open(ctx, store.Options{Dir: told.Dir, Database: told.Database, Now: told.Now})
	if err != nil {
		return brokenf("%w", err)
	}
	tenant, err := s.Tenant(ctx, store.DefaultTenant)
	if err == nil {
		err = do(s, tenant)
	}
	return errors.Join(err, s.Close())
}
