// What the environment says about the screen: width, colour, character set.

package cli

import (
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/term"
)

// Terminal is the shell of this process.
func Terminal(version string) Shell {
	sh := Shell{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Env: os.Getenv, Now: time.Now, Version: version,
		InTTY:  term.IsTerminal(int(os.Stdin.Fd())),
		OutTTY: term.IsTerminal(int(os.Stdout.Fd())),
		ErrTTY: term.IsTerminal(int(os.Stderr.Fd())),
	}
	sh.Dir, _ = os.Getwd()
	sh.Keys = func() func() { return singleKeys(os.Stdin) }
	for _, stream := range []*os.File{os.Stdout, os.Stderr} {
		if columns, _, err := term.GetSize(int(stream.Fd())); err == nil && columns > 0 {
			sh.Columns = columns
			break
		}
	}
	return sh
}

// width is COLUMNS, else the terminal's, else 80.
func (sh Shell) width(tty bool) int {
	if n, err := strconv.Atoi(sh.Env("COLUMNS")); err == nil && n > 0 {
		return min(n, 1000)
	}
	if tty && sh.Columns > 0 {
		return sh.Columns
	}
	return 80
}

// colourful is false where the user said so (no-color.org) or the terminal
// cannot.
func (sh Shell) colourful() bool {
	return sh.Env("NO_COLOR") == "" && !sh.dumb()
}

func (sh Shell) dumb() bool { return sh.Env("TERM") == "dumb" }

// ascii is true for a locale whose character set is not UTF-8 (POSIX: LC_ALL
// before LC_CTYPE before LANG), and for a dumb terminal. No locale at all, as in
// most containers, is not taken for one without UTF-8.
func (sh Shell) ascii() bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		locale := sh.Env(name)
		if locale == "" {
			continue
		}
		_, charset, named := strings.Cut(strings.Split(locale, "@")[0], ".")
		charset = strings.ToLower(strings.ReplaceAll(charset, "-", ""))
		return sh.dumb() || locale == "C" || locale == "POSIX" || named && charset != "utf8"
	}
	return sh.dumb()
}
