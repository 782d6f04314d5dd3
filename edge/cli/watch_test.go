// Watching with a terminal, a clock and an engine made for the test.

package cli

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"middlebrick/observe"
	"middlebrick/report"
	"middlebrick/rule"
	"middlebrick/scan"
)

// loop is a bench whose target gets better with every scan.
type loop struct {
	*bench
	keys  *io.PipeWriter
	ticks chan time.Time
	scans atomic.Int32
}

func newLoop() *loop {
	l := &loop{bench: newBench(), ticks: make(chan time.Time)}
	in, keys := io.Pipe()
	l.keys, l.In, l.InTTY = keys, in, true
	l.Tick = func(time.Duration) (<-chan time.Time, func()) { return l.ticks, func() {} }
	run := l.engine.Run
	l.engine.Run = func(ctx context.Context, req scan.Request, tell func(scan.Event)) (*observe.Recording, error) {
		l.scans.Add(1)
		return run(ctx, req, tell)
	}
	l.engine.Judge = func(rec *observe.Recording) report.Report {
		r := judged(num(50 + 10*int(l.scans.Load())))
		letter := "C"
		r.APIURL, r.Method, r.Findings, r.LetterGrade = rec.Header.Target.URL, "GET", nil, &letter
		if l.scans.Load() == 1 {
			r.Findings = []report.Finding{{Rule: "encryption.tls10", Title: "TLS 1.0 is accepted", Where: "TLS 1.0", Severity: rule.High, State: "open"}}
			return r
		}
		r.Passed = append(r.Passed, "encryption.tls10")
		return r
	}
	return l
}

// watched runs the command beside the test.
func (l *loop) watched(ctx context.Context, args ...string) <-chan int {
	exit := make(chan int, 1)
	go func() {
		exit <- Main(ctx, append([]string{"scan", "https://a.test", "--watch"}, args...), l.Shell, l.engine)
	}()
	return exit
}

func (l *loop) press(t *testing.T, keys string) {
	t.Helper()
	if _, err := io.WriteString(l.keys, keys); err != nil {
		t.Fatal(err)
	}
}

func TestEnterScansAgainAndSaysWhatMoved(t *testing.T) {
	l := newLoop()
	restored := 0
	l.Keys = func() func() { return func() { restored++ } }
	exit := l.watched(context.Background(), "--threshold", "65")
	l.press(t, "x\n")
	l.press(t, "q")
	if got := <-exit; got != 0 || l.scans.Load() != 2 || restored != 2 {
		t.Errorf("exit %d after %d scans, the terminal was put back %d times: %s", got, l.scans.Load(), restored, l.err.String())
	}
	_, second, _ := strings.Cut(l.out.String(), "SINCE ")
	for _, want := range []string{"- FIXED  (1)", "[HIGH] encryption.tls10", "▲ 10 from 60"} {
		if !strings.Contains(second, want) {
			t.Errorf("the second report does not say %q:\n%s", want, second)
		}
	}
	if moved, grade := strings.Index(second, "- FIXED"), strings.Index(second, "GRADE"); moved > grade {
		t.Error("what moved does not stand above the grade")
	}
}

func TestTheExitCodeOfAWatchIsThatOfTheLastScan(t *testing.T) {
	l := newLoop()
	exit := l.watched(context.Background(), "--threshold", "65", "-q")
	l.press(t, "q")
	if got := <-exit; got != exitFailed {
		t.Errorf("exit %d: %s", got, l.err.String())
	}
}

func TestTheEndOfStdinEndsAWatchOfEnterAlone(t *testing.T) {
	l := newLoop()
	exit := l.watched(context.Background())
	l.keys.Close()
	if got := <-exit; got != 0 || l.scans.Load() != 1 {
		t.Errorf("exit %d after %d scans", got, l.scans.Load())
	}
}

func TestAChangedFileIsScannedForOnceItRests(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "app.py")
	save := func(text string, at int64) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, time.Unix(at, 0), time.Unix(at, 0)); err != nil {
			t.Fatal(err)
		}
	}
	save("one", 1)
	l := newLoop()
	l.InTTY = false
	ctx, cancel := context.WithCancelCause(context.Background())
	exit := l.watched(ctx, "--watch-file", dir)
	strike := func(times int) {
		for range times {
			l.ticks <- time.Time{}
		}
	}
	strike(10) // nothing changed
	for _, left := range []string{".app.py.swp", "app.py~"} {
		if err := os.WriteFile(filepath.Join(dir, left), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	strike(10) // what an editor leaves is nothing
	save("two", 2)
	strike(2)
	save("three", 3) // saved again before it rested
	strike(restLooks)
	if l.scans.Load() != 1 {
		t.Errorf("%d scans before the file rested", l.scans.Load())
	}
	strike(3) // it rests, and the next round waits already
	cancel(Interrupt{int(syscall.SIGINT)})
	if got := <-exit; got != 130 || l.scans.Load() != 2 || !strings.Contains(l.err.String(), "app.py changed; scanning again") {
		t.Errorf("exit %d after %d scans: %s", got, l.scans.Load(), l.err.String())
	}
}

func TestWhatDoesNotGoWithAWatchIsRefused(t *testing.T) {
	for _, c := range []struct {
		terminal bool
		args     []string
		says     string
	}{
		{false, []string{"--watch"}, "stdin is no terminal; say what to watch instead: --watch-file PATH"},
		{true, []string{"--watch-file", "."}, "--watch-file goes with --watch"},
		{true, []string{"--watch", "--watch-file", "/none/such"}, "--watch-file: stat /none/such: no such file"},
		{true, []string{"--watch", "--plan"}, "sends nothing"},
		{true, []string{"--watch", "--header-file", "-"}, "stdin is where Enter comes from"},
	} {
		l := newLoop()
		l.InTTY = c.terminal
		go l.keys.Close()
		if got := l.run(append([]string{"scan", "https://a.test"}, c.args...)...); got != exitUsage || !strings.Contains(l.err.String(), c.says) || l.scans.Load() > 0 {
			t.Errorf("%v: exit %d: %s", c.args, got, l.err.String())
		}
	}
}
