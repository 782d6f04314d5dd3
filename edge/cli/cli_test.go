// The command line with an engine made for the test: interruption, our own
// failures, streams, progress.

package cli

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"middlebrick/observe"
	"middlebrick/report"
	"middlebrick/scan"
	"middlebrick/target"
)

// bench is one run of the program in memory.
type bench struct {
	Shell
	out, err bytes.Buffer
	engine   Engine
}

// newBench has an engine that sees nothing and judges everything to be fine.
func newBench() *bench {
	b := &bench{engine: Local()}
	b.engine.Run = func(_ context.Context, req scan.Request, _ func(scan.Event)) (*observe.Recording, error) {
		return &observe.Recording{Header: observe.Header{Format: observe.Format, Target: req.Target}, End: &observe.End{}}, nil
	}
	b.engine.Judge = func(rec *observe.Recording) report.Report {
		r := judged(num(90))
		r.APIURL, r.Method, r.Findings = rec.Header.Target.URL, rec.Header.Target.Method, nil
		return r
	}
	clock := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	b.Shell = Shell{In: strings.NewReader(""), Out: &b.out, Err: &b.err, Env: func(string) string { return "" }, Now: func() time.Time { return clock }, Version: "1.0.0"}
	return b
}

func (b *bench) run(args ...string) int {
	return Main(context.Background(), args, b.Shell, b.engine)
}

func TestInterruptedScanPrintsWhatWasSeenAndEndsBySignal(t *testing.T) {
	for signal, exit := range map[syscall.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 143} {
		b := newBench()
		ctx, cancel := context.WithCancelCause(context.Background())
		run := b.engine.Run
		b.engine.Run = func(ctx context.Context, req scan.Request, tell func(scan.Event)) (*observe.Recording, error) {
			cancel(Interrupt{int(signal)})
			<-ctx.Done()
			return run(ctx, req, tell)
		}
		got := Main(ctx, []string{"scan", "https://a.test", "--threshold", "95"}, b.Shell, b.engine)
		if got != exit || !strings.Contains(b.out.String(), "INTERRUPTED") || !strings.Contains(b.out.String(), "exit "+map[int]string{130: "130", 143: "143"}[exit]) {
			t.Errorf("%v: exit %d, want %d, and the report:\n%s", signal, got, exit, b.out.String())
		}
	}
}

func TestInterruptionBeforeAnythingWasSeenEndsBySignal(t *testing.T) {
	b := newBench()
	ctx, cancel := context.WithCancelCause(context.Background())
	b.engine.Run = func(ctx context.Context, _ scan.Request, _ func(scan.Event)) (*observe.Recording, error) {
		cancel(Interrupt{int(syscall.SIGINT)})
		return nil, ctx.Err()
	}
	if got := Main(ctx, []string{"scan", "https://a.test"}, b.Shell, b.engine); got != 130 || b.out.Len() > 0 {
		t.Errorf("exit %d, stdout %q", got, b.out.String())
	}
}

// blocked is a terminal at which nobody types.
type blocked struct{ asked chan struct{} }

func (r blocked) Read([]byte) (int, error) {
	close(r.asked)
	select {}
}

func TestInterruptionEndsAReadOfStdin(t *testing.T) {
	b := newBench()
	in := blocked{make(chan struct{})}
	b.In = in
	ctx, cancel := context.WithCancelCause(context.Background())
	go func() {
		<-in.asked
		cancel(Interrupt{int(syscall.SIGTERM)})
	}()
	if got := Main(ctx, []string{"replay", "-"}, b.Shell, b.engine); got != 143 {
		t.Errorf("exit %d: %s", got, b.err.String())
	}
}

func TestOurOwnFailuresEndWithFour(t *testing.T) {
	for name, change := range map[string]func(*Engine){
		"an error of the engine": func(e *Engine) {
			e.Run = func(context.Context, scan.Request, func(scan.Event)) (*observe.Recording, error) {
				return nil, errors.New("no randomness")
			}
		},
		"no recording": func(e *Engine) {
			e.Run = func(context.Context, scan.Request, func(scan.Event)) (*observe.Recording, error) { return nil, nil }
		},
		"a panic": func(e *Engine) { e.Judge = func(*observe.Recording) report.Report { panic("of the judge") } },
	} {
		b := newBench()
		change(&b.engine)
		if got := b.run("scan", "https://a.test"); got != exitBroken || b.out.Len() > 0 || !strings.Contains(b.err.String(), "middlebrick: ") {
			t.Errorf("%s: exit %d\nstdout: %s\nstderr: %s", name, got, b.out.String(), b.err.String())
		}
	}
}

// full is a device without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

// closed is a pipe whose reader is gone.
type closed struct{}

func (closed) Write([]byte) (int, error) { return 0, syscall.EPIPE }

func TestAReportThatCannotBeWrittenEndsWithFour(t *testing.T) {
	for _, format := range []string{"summary", "json", "table", "ndjson"} {
		b := newBench()
		b.Out = full{}
		if got := b.run("scan", "https://a.test", "--format", format); got != exitBroken || !strings.Contains(b.err.String(), "no space left") {
			t.Errorf("%s: exit %d: %s", format, got, b.err.String())
		}
	}
}

func TestAClosedPipeIsQuietAndKeepsTheVerdict(t *testing.T) {
	for _, format := range []string{"summary", "json", "table", "ndjson"} {
		b := newBench()
		b.Out = closed{}
		if got := b.run("scan", "https://a.test", "-q", "--format", format, "--threshold", "95"); got != exitFailed || b.err.Len() > 0 {
			t.Errorf("%s: exit %d: %s", format, got, b.err.String())
		}
	}
}

func TestFilesAreWrittenThoughThePipeIsClosed(t *testing.T) {
	b := newBench()
	b.Out = closed{}
	dir := t.TempDir()
	path := filepath.Join(dir, "r.json")
	if got := b.run("scan", "https://a.test", "-o", "json="+path); got != exitPassed {
		t.Fatalf("exit %d: %s", got, b.err.String())
	}
	text, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(text), `"overall": 90`) {
		t.Errorf("%v: %s", err, text)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
		t.Errorf("temporary files are left: %v", left)
	}
}

func TestAFailedScanLeavesTheOldReportAlone(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "r.json")
	if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	b := newBench()
	b.engine.Run = func(context.Context, scan.Request, func(scan.Event)) (*observe.Recording, error) {
		return nil, errors.New("of ours")
	}
	b.run("scan", "https://a.test", "-o", "json="+path, "--save", path+"l")
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("%v, %v", entries, err)
	}
	if text, _ := os.ReadFile(path); string(text) != "old" {
		t.Errorf("the old report became %q", text)
	}
}

func TestNothingIsAskedWhenAReportCannotBeOpened(t *testing.T) {
	b := newBench()
	b.engine.Run = func(context.Context, scan.Request, func(scan.Event)) (*observe.Recording, error) {
		t.Error("the target was asked")
		return nil, nil
	}
	if got := b.run("scan", "https://a.test", "-o", "json=/proc/none/r.json"); got != exitBroken {
		t.Errorf("exit %d", got)
	}
	if got := b.run("scan", "https://a.test", "--save", "/proc/none/r.jsonl"); got != exitBroken {
		t.Errorf("exit %d", got)
	}
}

func TestTheRequestIsWhatWasTyped(t *testing.T) {
	b := newBench()
	var got scan.Request
	run := b.engine.Run
	b.engine.Run = func(ctx context.Context, req scan.Request, tell func(scan.Event)) (*observe.Recording, error) {
		got = req
		return run(ctx, req, tell)
	}
	b.In = strings.NewReader("X-B: 2\n")
	if exit := b.run("scan", "--method", "head", "http://a.test:5000/x", "--https-port", "5001", "--audience", "program", "-H", "X-A: 1", "--header-file", "-", "--parallel", "2", "--rate", "3", "--timeout", "9s"); exit != 0 {
		t.Fatalf("exit %d: %s", exit, b.err.String())
	}
	want := target.Target{URL: "http://a.test:5000/x", Scheme: "http", Host: "a.test", Port: 5000, HTTPSPort: 5001, HTTPPort: 5000, Path: "/x", Method: "HEAD", Audience: target.Program}
	if diff := cmp.Diff(want, got.Target); diff != "" {
		t.Errorf("target (-want +got):\n%s", diff)
	}
	if len(got.Headers) != 2 || got.Parallel != 2 || got.Rate != 3 || got.Timeout != 9*time.Second {
		t.Errorf("%+v", got)
	}
}

func TestStreamsHoldEveryEvent(t *testing.T) {
	b := newBench()
	run := b.engine.Run
	b.engine.Run = func(ctx context.Context, req scan.Request, tell func(scan.Event)) (*observe.Recording, error) {
		var all sync.WaitGroup
		for i := range 20 {
			all.Go(func() { tell(scan.Event{Kind: "probe", Name: "p", Done: i, Total: 20}) })
		}
		all.Wait()
		return run(ctx, req, tell)
	}
	b.run("scan", "https://a.test", "-q", "--format", "ndjson")
	lines := strings.Split(strings.TrimSpace(b.out.String()), "\n")
	if n := strings.Count(b.out.String(), `{"type":"progress","kind":"probe"`); n != 20 || !strings.HasPrefix(lines[0], `{"type":"start"`) || !strings.HasPrefix(lines[len(lines)-1], `{"type":"end"`) {
		t.Errorf("%d lines of progress in:\n%s", n, b.out.String())
	}
}

func TestSecretsOnTheCommandLineAreWarnedOfAtATerminal(t *testing.T) {
	b := newBench()
	b.ErrTTY = true
	b.run("scan", "https://a.test", "-q", "-H", "Authorization: Bearer hunter2", "-H", "Accept: a/b")
	if got := b.err.String(); !strings.Contains(got, "--header-file") || strings.Contains(got, "hunter2") || strings.Count(got, "\n") != 1 {
		t.Errorf("stderr: %s", got)
	}
	b = newBench()
	b.run("scan", "https://a.test", "-q", "-H", "Authorization: Bearer hunter2")
	if b.err.Len() > 0 {
		t.Errorf("in a pipe: %s", b.err.String())
	}
}

func TestSecretsOverPlainHTTPAreWarnedOf(t *testing.T) {
	for url, warned := range map[string]bool{"http://a.test": true, "https://a.test": false, "http://127.0.0.1:5000": false} {
		b := newBench()
		b.run("scan", url, "-q", "-H", "X-API-Key: hunter2", "-H", "Accept: a/b")
		if got := b.err.String(); strings.Contains(got, "X-API-Key is sent over plain HTTP") != warned || strings.Contains(got, "hunter2") {
			t.Errorf("%s: stderr: %s", url, got)
		}
	}
}

func TestHelpGoesToStdoutAndAMissingCommandToStderr(t *testing.T) {
	b := newBench()
	if got := b.run("--help"); got != 0 || !strings.Contains(b.out.String(), "Exit codes") || b.err.Len() > 0 {
		t.Errorf("exit %d, stderr %q", got, b.err.String())
	}
	b = newBench()
	if got := b.run(); got != 2 || b.out.Len() > 0 || !strings.Contains(b.err.String(), "a command is missing") {
		t.Errorf("exit %d, stdout %q", got, b.out.String())
	}
}
