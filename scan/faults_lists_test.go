// Group A of the fault catalogue, its last rows: a list of 10,000 targets, and
// configuration that means harm.

package scan_test

import (
	"bytes"
	"context"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"middlebrick/edge/cli"
	"middlebrick/observe"
	"middlebrick/report"
	"middlebrick/rule"
	"middlebrick/scan"
)

var listFaults = []fault{
	{id: "A11", prove: streamsTenThousand},
	{id: "A12 alias bomb", prove: refusesConfig(aliasBomb(), "x.yaml:1: ")},
	{id: "A12 size", prove: refusesConfig(strings.Repeat("# nothing\n", 5<<20), "is larger than 1048576 bytes")},
	{id: "A12 unknown key", prove: refusesConfig("threshold: 80\nthreshhold: 90\n", "x.yaml:2: unknown key \"threshhold\"")},
	{id: "A12 expired ignore", prove: countsExpired},
}

// supply is a list that is written while it is read: it knows how far the reader
// is ahead of the scans.
type supply struct {
	written, scanned atomic.Int64
	furthest         int64
	rest             []byte
}

const manyTargets = 10_000

func (s *supply) Read(p []byte) (int, error) {
	if len(s.rest) == 0 {
		n := s.written.Add(1)
		if n > manyTargets {
			return 0, os.ErrClosed
		}
		s.furthest = max(s.furthest, n-s.scanned.Load())
		s.rest = fmt.Appendf(nil, "https://host%d.test/\n", n)
		if n == manyTargets {
			s.rest = append(s.rest, '\n')
		}
	}
	n := copy(p, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

// A reportCount counts the lines of reports, and weighs the heap at the 100th and at
// the last.
type reportCount struct {
	lines       int
	early, late uint64
}

func (c *reportCount) Write(p []byte) (int, error) {
	c.lines += bytes.Count(p, []byte(`"kind":"report"`))
	switch {
	case c.lines == 100 && c.early == 0:
		c.early = inUse()
	case c.lines == manyTargets && c.late == 0:
		c.late = inUse()
	}
	return len(p), nil
}

// streamsTenThousand holds that no more of a list is read than is being scanned,
// that every target has its line, and that memory does not grow.
func streamsTenThousand(t *testing.T) {
	const inFlight, growth = 16, 16 << 20
	list, out, engine := &supply{}, &reportCount{}, cli.Local()
	engine.Locate = func(context.Context, scan.Request) ([]netip.Addr, error) { return nil, nil }
	engine.Run = func(_ context.Context, req scan.Request, _ func(scan.Event)) (*observe.Recording, error) {
		defer list.scanned.Add(1)
		rec := observe.NewRecorder(observe.Header{ID: req.Target.Host, Target: req.Target}, func() time.Time { return time.Unix(0, 0) }, []byte("k"))
		return rec.Finish(false, observe.Cost{}), nil
	}
	var said bytes.Buffer
	shell := cli.Shell{In: list, Out: out, Err: &said, Env: func(string) string { return "" }, Now: time.Now, Version: "test"}
	cli.Main(t.Context(), []string{"scan", "--list", "-", "--in-flight", fmt.Sprint(inFlight), "-q"}, shell, engine)
	if out.lines != manyTargets {
		t.Errorf("%d of %d targets have their line: %.500s", out.lines, manyTargets, said.String())
	}
	if list.furthest > 2*inFlight {
		t.Errorf("the list was read %d targets ahead of the scans, of which there are %d at a time", list.furthest, inFlight)
	}
	if out.late > out.early+growth {
		t.Errorf("the heap grew from %d to %d bytes", out.early, out.late)
	}
}

func aliasBomb() string {
	bomb := "a0: &a0 [x]\n"
	for n := 1; n < 12; n++ {
		bomb += fmt.Sprintf("a%d: &a%d [%s]\n", n, n, strings.Repeat(fmt.Sprintf("*a%d, ", n-1), 9))
	}
	return bomb + "resolve: *a11\n"
}

// refusesConfig holds that such a configuration ends with exit code 2, and why,
// before anything is scanned.
func refusesConfig(text, why string) func(*testing.T) {
	return func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "x.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		out := typed(t, "https://h/", "--config", path)
		if out.code != 2 || out.scanned || !strings.Contains(out.text, why) || len(out.text) > 8<<10 {
			t.Errorf("want %q: %d, scanned %v, %.2000s", why, out.code, out.scanned, out.text)
		}
	}
}

// countsExpired holds that what is accepted until a day in the past counts again,
// and that this is said.
func countsExpired(t *testing.T) {
	file, err := os.ReadFile("../checks/encryption/plainhttp/testdata/fail-json.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	rec, err := observe.Read(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	plain, _ := scan.Find("encryption.plainhttp")
	for until, want := range map[string][]string{"2026-11-23": {"(0 findings, 1 accepted)"}, "2026-11-22": {"(1 finding)", "EXPIRED"}} {
		path := filepath.Join(t.TempDir(), "x.yaml")
		entry := "ignore:\n- {rule: encryption.plainhttp, until: " + until + ", reason: because}\n"
		if err := os.WriteFile(path, []byte(entry), 0o600); err != nil {
			t.Fatal(err)
		}
		var text bytes.Buffer
		engine := cli.Local()
		engine.Run = func(context.Context, scan.Request, func(scan.Event)) (*observe.Recording, error) { return rec, nil }
		engine.Judge = func(rec *observe.Recording) report.Report {
			r := scan.Judge(rec, []rule.Rule{plain})
			r.Status = report.Completed // the recording holds what that rule needs, and nothing else
			return r
		}
		now := func() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }
		shell := cli.Shell{In: strings.NewReader(""), Out: &text, Err: &text, Env: func(string) string { return "" }, Now: now, Version: "test"}
		cli.Main(t.Context(), []string{"scan", "https://h/", "--config", path}, shell, engine)
		for _, says := range want {
			if !strings.Contains(text.String(), says) {
				t.Errorf("until %s: want %q:\n%s", until, says, text.String())
			}
		}
	}
}
