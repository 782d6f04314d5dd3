// Progress with a clock of the test's own.

package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"middlebrick/scan"
)

// at gives an app whose clock the test moves.
func at(clock *time.Time, out *bytes.Buffer, tty bool) *app {
	return &app{Shell: Shell{Err: out, ErrTTY: tty, Columns: 60, Env: func(string) string { return "" }, Now: func() time.Time { return *clock }}}
}

func TestAPipeGetsAtMostOneLineInTenSeconds(t *testing.T) {
	clock, out := time.Unix(0, 0), &bytes.Buffer{}
	p := at(&clock, out, false).newProgress("https://a.test/", false)
	if got, want := out.String(), "middlebrick: scanning https://a.test/\n"; got != want {
		t.Fatalf("at once: %q, want %q", got, want)
	}
	for i := range 100 {
		clock = clock.Add(500 * time.Millisecond)
		p.tell(scan.Event{Kind: "probe", Name: "tlsversions", Text: "trying\x1b[2J", Done: i, Total: 100})
	}
	p.finish()
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 6 || lines[1] != `middlebrick: 19 of 100 probes: TLS versions: trying\x1b[2J` {
		t.Errorf("%d lines in 50 s: %q", len(lines), lines)
	}
	if strings.ContainsAny(out.String(), "\r\x1b") {
		t.Errorf("cursor codes in a pipe: %q", out.String())
	}
}

func TestATerminalGetsOneLineThatIsTakenAway(t *testing.T) {
	clock, out := time.Unix(0, 0), &bytes.Buffer{}
	p := at(&clock, out, true).newProgress("https://a.test/", false)
	if out.Len() == 0 {
		t.Error("nothing is shown at once")
	}
	clock = clock.Add(4200 * time.Millisecond)
	p.tell(scan.Event{Kind: "probe", Name: "tlsversions", Text: "trying TLS 1.1 on an address that is too long for the line\n\x1b[2J", Done: 31, Total: 48})
	p.finish()
	p.tell(scan.Event{Kind: "probe", Text: "too late"})
	p.finish()
	got := out.String()
	if strings.Contains(got, "\n") || !strings.HasSuffix(got, "\r\x1b[K") || strings.Contains(got, "too late") {
		t.Errorf("written: %q", got)
	}
	if !strings.Contains(got, "4.2 s  31/48  TLS versions: trying") || strings.Contains(got, "\x1b[2J") {
		t.Errorf("written: %q", got)
	}
	for _, line := range strings.Split(got, "\r") {
		if n := len([]rune(strings.TrimSuffix(line, "\x1b[K"))); n > 59 {
			t.Errorf("%d columns on a terminal of 60: %q", n, line)
		}
	}
}

func TestQuietProgressSaysNothing(t *testing.T) {
	clock, out := time.Unix(0, 0), &bytes.Buffer{}
	p := at(&clock, out, true).newProgress("https://a.test/", true)
	p.tell(scan.Event{Kind: "probe", Text: "x"})
	p.finish()
	if out.Len() > 0 {
		t.Errorf("written: %q", out.String())
	}
}

func TestTheEnvironmentDecidesOnTheScreen(t *testing.T) {
	for name, row := range map[string]struct {
		env          map[string]string
		ascii, color bool
		width        int
	}{
		"nothing said":            {map[string]string{}, false, true, 120},
		"NO_COLOR":                {map[string]string{"NO_COLOR": "1"}, false, false, 120},
		"an empty NO_COLOR":       {map[string]string{"NO_COLOR": ""}, false, true, 120},
		"a dumb terminal":         {map[string]string{"TERM": "dumb", "LANG": "en_GB.UTF-8"}, true, false, 120},
		"LANG=C":                  {map[string]string{"LANG": "C"}, true, true, 120},
		"LC_ALL before LANG":      {map[string]string{"LC_ALL": "POSIX", "LANG": "en_GB.UTF-8"}, true, true, 120},
		"LC_ALL=C.UTF-8":          {map[string]string{"LC_ALL": "C.UTF-8", "LANG": "C"}, false, true, 120},
		"C.utf8":                  {map[string]string{"LANG": "C.utf8"}, false, true, 120},
		"another character set":   {map[string]string{"LANG": "de_DE.ISO-8859-1@euro"}, true, true, 120},
		"COLUMNS":                 {map[string]string{"COLUMNS": "72"}, false, true, 72},
		"COLUMNS that is no size": {map[string]string{"COLUMNS": "wide"}, false, true, 120},
	} {
		sh := Shell{Env: func(name string) string { return row.env[name] }, OutTTY: true, Columns: 120}
		if got := sh.ascii(); got != row.ascii {
			t.Errorf("%s: ascii is %v", name, got)
		}
		if got := sh.colourful(); got != row.color {
			t.Errorf("%s: colour is %v", name, got)
		}
		if got := sh.width(true); got != row.width {
			t.Errorf("%s: width is %d", name, got)
		}
	}
	pipe := Shell{Env: func(string) string { return "" }, Columns: 200}
	if got := pipe.width(false); got != 80 {
		t.Errorf("a pipe is %d wide", got)
	}
}
