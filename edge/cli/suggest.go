// Misspelt words and what was probably meant.

package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// known refuses a first word that is no command before its flags are read: the
// unknown command is the mistake to name, not the flag behind it.
func (a *app) known(root *cobra.Command, args []string) error {
	if len(args) == 0 || strings.HasPrefix(args[0], "-") || strings.HasPrefix(args[0], "__complete") || args[0] == "help" {
		return nil
	}
	var names []string
	for _, c := range root.Commands() {
		if c.Name() == args[0] {
			return nil
		}
		names = append(names, c.Name())
	}
	if strings.Contains(args[0], "://") {
		return usagef("%q is not a command; to scan it: middlebrick scan %s", args[0], args[0])
	}
	return usagef("unknown command %q%s", args[0], meant(args[0], names, ""))
}

// flagError names the flag that was meant. A flag of the server's client says
// why it is not there.
func (a *app) flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return usagef("%w; see %s --help", err, cmd.CommandPath())
	}
	name := unknown.GetSpecifiedName()
	if name == "api-key" || name == "base-url" {
		return usagef("unknown flag --%s: this version scans locally, from this machine, and needs neither a server nor a key", name)
	}
	if unknown.GetSpecifiedShortnames() != "" {
		return usagef("unknown flag -%s; see %s --help", name, cmd.CommandPath())
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	return usagef("unknown flag --%s%s", name, meant(name, names, "--"))
}

// meant is "; did you mean X?" for the nearest of the known words, or the list
// of them where none is near.
func meant(typed string, known []string, prefix string) string {
	if near := nearest(typed, known); near != "" {
		return fmt.Sprintf("; did you mean %s%s?", prefix, near)
	}
	if len(known) > 15 {
		return ""
	}
	return "; there are " + prefix + strings.Join(known, ", "+prefix)
}

// nearest is the known word within a third of the typed word's length in edits,
// or that begins with it; "" when there is none.
func nearest(typed string, known []string) string {
	typed = strings.ToLower(typed)
	_, own, dotted := strings.Cut(typed, ".") // a check's name is no part of the mistake
	if !dotted {
		own = typed
	}
	best, at := "", max(1, len(own)/3)+1
	for _, word := range known {
		low := strings.ToLower(word)
		d := distance(typed, low)
		if len(typed) >= 3 && strings.HasPrefix(low, typed) {
			d = min(d, 1)
		}
		if d < at {
			best, at = word, d
		}
	}
	return best
}

// distance is how many letters must be put in, taken out, changed or swapped
// with their neighbour.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	if len(x) > 64 || len(y) > 64 {
		return max(len(x), len(y))
	}
	var older, last []int
	now := make([]int, len(y)+1)
	for j := range now {
		now[j] = j
	}
	for i := 1; i <= len(x); i++ {
		older, last, now = last, now, make([]int, len(y)+1)
		now[0] = i
		for j := 1; j <= len(y); j++ {
			now[j] = min(last[j]+1, now[j-1]+1, last[j-1]+unequal(x[i-1], y[j-1]))
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				now[j] = min(now[j], older[j-2]+1)
			}
		}
	}
	return now[len(y)]
}

func unequal(a, b rune) int {
	if a == b {
		return 0
	}
	return 1
}

// oneOf is the known word that was typed, in any case of letters.
func oneOf(typed string, known []string) (string, bool) {
	i := slices.IndexFunc(known, func(word string) bool { return strings.EqualFold(word, typed) })
	if i < 0 {
		return "", false
	}
	return known[i], true
}
