// The command man: the manual pages, made from the commands themselves.

package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

func (a *app) manCommand() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "man [COMMAND]...",
		Short: "Print the manual page of a command, or write all of them",
		Long: `Print the manual page of the program or of one command, for man -l -; or write
every page into a folder of section 1.`,
		Example: "  middlebrick man scan | man -l -\n  middlebrick man --dir /usr/local/share/man/man1",
		Args:    cobra.ArbitraryArgs,
	}
	cmd.Flags().StringVar(&dir, "dir", "", "write every page into `DIR`, which is made if it is not there")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		root := cmd.Root()
		if dir == "" {
			return a.manPage(root, args)
		}
		if len(args) > 0 {
			return usagef("--dir writes every page; leave %q away, or --dir", args[0])
		}
		return a.manPages(root, dir)
	}
	return cmd
}

// manPage prints one page.
func (a *app) manPage(root *cobra.Command, args []string) error {
	cmd, rest, err := root.Find(args)
	if err != nil || len(rest) > 0 {
		var names []string
		for _, c := range root.Commands() {
			names = append(names, c.Name())
		}
		return usagef("unknown command %q%s", strings.Join(args, " "), meant(strings.Join(args, " "), names, ""))
	}
	text, err := a.man(cmd)
	return a.print(text, err)
}

// man is the page of one command. Its date is that of the program, so that one
// program has one page.
func (a *app) man(cmd *cobra.Command) ([]byte, error) {
	var out bytes.Buffer
	date := builtAt()
	if date.IsZero() {
		date = a.Now()
	}
	err := doc.GenMan(cmd, &doc.GenManHeader{Section: "1", Date: &date, Source: "middlebrick " + a.Version, Manual: "middlebrick"}, &out)
	return out.Bytes(), err
}

// manPages writes the page of every command that is listed.
func (a *app) manPages(root *cobra.Command, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return brokenf("making the folder for manual pages: %w", err)
	}
	all := []*cobra.Command{root}
	for i := 0; i < len(all); i++ {
		for _, c := range all[i].Commands() {
			if c.IsAvailableCommand() && !c.IsAdditionalHelpTopicCommand() {
				all = append(all, c)
			}
		}
	}
	for _, c := range all {
		text, err := a.man(c)
		if err != nil {
			return brokenf("writing manual page: %w", err)
		}
		path := filepath.Join(dir, strings.ReplaceAll(c.CommandPath(), " ", "-")+".1")
		if err := os.WriteFile(path, text, 0o644); err != nil {
			return brokenf("writing manual page: %w", err)
		}
	}
	return a.printLines([]string{fmt.Sprintf("%d pages in %s", len(all), dir)})
}
