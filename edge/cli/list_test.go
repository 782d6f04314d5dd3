// Lists: what is read of one, what is written of it, and what a second run leaves
// out.

package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"middlebrick/observe"
	"middlebrick/report/render"
	"middlebrick/scan"
)

// listBench has targets live nowhere, and stdin hold that list.
func listBench(list ...string) *bench {
	b := newBench()
	b.engine.Locate = func(context.Context, scan.Request) ([]netip.Addr, error) { return nil, nil }
	b.In = strings.NewReader(strings.Join(list, "\n"))
	return b
}

// told is one line of the output, as far as these tests look.
type told struct {
	Kind  string `json:"kind"`
	Line  int    `json:"line"`
	Key   string `json:"key"`
	First int    `json:"first"`
	Exit  int    `json:"exit"`
}

func linesOf(t *testing.T, out []byte) (all []told, sum render.ListSummary) {
	t.Helper()
	for _, text := range bytes.Split(bytes.TrimSpace(out), []byte("\n")) {
		var line told
		if err := json.Unmarshal(text, &line); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if line.Kind != "summary" {
			all = append(all, line)
		} else if err := json.Unmarshal(text, &sum); err != nil {
			t.Fatal(err)
		}
	}
	return all, sum
}

func TestListTakesWhatPeopleWrite(t *testing.T) {
	b := listBench("\uFEFFhttps://a.test", "", "# a comment", "  b.test  # with a remark", "c.test:8443\r", "https://A.test:443/other", "ftp://d.test",
		"not a host", "192.0.2.1", "[2001:db8::1]:8443", strings.Repeat("x", 20_000), "e\xff.test", "http://last.test")
	exit := b.run("scan", "--list", "-", "--in-flight", "1", "-q")
	got, sum := linesOf(t, b.out.Bytes())
	want := []told{
		{Kind: "report", Line: 1, Key: "a.test:443"}, {Kind: "report", Line: 4, Key: "b.test:443"}, {Kind: "report", Line: 5, Key: "c.test:8443"},
		{Kind: "duplicate", Line: 6, First: 1}, {Kind: "bad", Line: 7}, {Kind: "bad", Line: 8}, {Kind: "report", Line: 9, Key: "192.0.2.1:443"},
		{Kind: "report", Line: 10, Key: "[2001:db8::1]:8443"}, {Kind: "bad", Line: 11}, {Kind: "bad", Line: 12}, {Kind: "report", Line: 13, Key: "last.test:80"},
	}
	byLine := func(all []told) map[int]told {
		lines := map[int]told{}
		for _, l := range all {
			lines[l.Line] = l
		}
		return lines
	}
	if diff := cmp.Diff(byLine(want), byLine(got)); diff != "" || len(got) != len(want) {
		t.Errorf("(-want +got):\n%s", diff)
	}
	sum.Seconds = 0
	wantSum := render.ListSummary{Kind: "summary", Schema: render.ListSchema, Engine: "1.0.0", Status: "completed", Exit: 3, Lines: 13, Scanned: 6, Duplicates: 1,
		Bad: 4, Exits: map[int]int{0: 6}, Grades: map[string]int{"none": 6}, Answers: sum.Answers, InFlight: 1}
	if diff := cmp.Diff(wantSum, sum); diff != "" || exit != 3 {
		t.Errorf("exit %d (-want +got):\n%s", exit, diff)
	}
	if !strings.Contains(b.err.String(), "stdin: line 7: ") || !strings.Contains(b.err.String(), "stdin: line 12: the line is not UTF-8") {
		t.Errorf("stderr:\n%s", b.err.String())
	}
}

func TestWorstTargetDecidesTheExit(t *testing.T) {
	for want, run := range map[int][]string{0: nil, 1: {"--threshold", "95"}, 3: {"--threshold", "ssrf=1"}} {
		b := listBench("a.test", "b.test")
		if exit := b.run(append([]string{"scan", "--list", "-", "-qq"}, run...)...); exit != want || b.out.Len() > 0 {
			t.Errorf("%v: exit %d, want %d; stdout %q", run, exit, want, b.out.String())
		}
	}
	b := listBench("a.test", "broken.test", "panics.test")
	run := b.engine.Run
	b.engine.Run = func(ctx context.Context, req scan.Request, tell func(scan.Event)) (*observe.Recording, error) {
		switch req.Target.Host {
		case "broken.test":
			return nil, errors.New("no chance to be had")
		case "panics.test":
			panic("a fault of ours")
		}
		return run(ctx, req, tell)
	}
	exit := b.run("scan", "--list", "-", "-q")
	if _, sum := linesOf(t, b.out.Bytes()); exit != 4 || sum.Scanned != 1 || sum.Errors != 2 {
		t.Errorf("exit %d, %+v", exit, sum)
	}
}

func TestListAndItsFlagsClashWithASingleTarget(t *testing.T) {
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"--list", "-", "https://a.test"}, "are both given"},
		{[]string{"--list", ""}, "the file's name is missing"},
		{[]string{"--list", "gone.txt"}, "gone.txt"},
		{[]string{"--list", "."}, "is a folder"},
		{[]string{"--list", "-"}, "stdin names no target"},
		{[]string{"--list", "-", "--save", "x"}, "use --save-dir"},
		{[]string{"--list", "-", "--plan"}, "--plan does not go with --list"},
		{[]string{"--list", "-", "-H", "Authorization: x"}, "would be sent to all"},
		{[]string{"--list", "-", "--https-port", "8443"}, "write the port into the list"},
		{[]string{"--list", "-", "--format", "json"}, "writes ndjson"},
		{[]string{"--list", "-", "-o", "table=x"}, "writes ndjson"},
		{[]string{"--list", "-", "-o", "ndjson=x", "-o", "ndjson=y"}, "one file"},
		{[]string{"--list", "-", "--in-flight", "0"}, "not from 1 to"},
		{[]string{"--list", "-", "--timeout", "soon"}, "--timeout"},
		{[]string{"https://a.test", "--in-flight", "3"}, "--in-flight goes with --list"},
		{[]string{"https://a.test", "--resume", "x"}, "--resume goes with --list"},
		{[]string{"https://a.test", "--save-dir", "x"}, "--save-dir goes with --list"},
		{nil, "a URL is missing"},
	} {
		b := listBench()
		if exit := b.run(append([]string{"scan"}, c.args...)...); exit != 2 || !strings.Contains(b.err.String(), c.says) {
			t.Errorf("%v: exit %d, want 2 and %q:\n%s", c.args, exit, c.says, b.err.String())
		}
	}
}

func TestSecondRunLeavesOutWhatIsFinished(t *testing.T) {
	for _, layout := range []string{"state", "output"} {
		path := filepath.Join(t.TempDir(), "done.ndjson")
		args := []string{"scan", "--list", "-", "-q", "--resume", path, "--threshold", "95"}
		if layout == "output" {
			args = append(args, "-o", "ndjson="+path)
		}
		if exit := listBench("a.test", "b.test").run(args...); exit != 1 {
			t.Fatalf("%s: first run: exit %d", layout, exit)
		}
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for cut := 0; cut <= len(whole); cut += 7 {
			if err := os.WriteFile(path, whole[:cut], 0o600); err != nil {
				t.Fatal(err)
			}
			asked := map[string]bool{}
			var mu sync.Mutex
			b := listBench("a.test", "b.test", "c.test")
			run := b.engine.Run
			b.engine.Run = func(ctx context.Context, req scan.Request, tell func(scan.Event)) (*observe.Recording, error) {
				mu.Lock()
				asked[req.Target.Host] = true
				mu.Unlock()
				return run(ctx, req, tell)
			}
			exit := b.run(args...)
			kept := bytes.Count(whole[:cut], []byte(`","exit":1}`+"\n"))
			if layout == "output" {
				kept = bytes.Count(whole[:bytes.LastIndexByte(whole[:cut], '\n')+1], []byte(`"kind":"report"`))
			}
			if exit != 1 || len(asked) != 3-kept || !asked["c.test"] {
				t.Fatalf("%s cut after %d bytes: exit %d, asked %v, and %d were finished:\n%s", layout, cut, exit, asked, kept, b.err.String())
			}
		}
	}
}

func TestForeignFileIsNeitherContinuedNorTouched(t *testing.T) {
	for _, text := range []string{"https://a.test\n", "https://a.test", `{"type":"start"}` + "\n", "{\"kind\":\"done\",\"key\":\"a\",\"exit\":0}\nhello\n", "\x00\x01"} {
		path := filepath.Join(t.TempDir(), "mine")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{{"--resume", path}, {"--resume", path, "-o", "ndjson=" + path}, {"-o", "ndjson=" + path}} {
			b := listBench("a.test")
			exit := b.run(append([]string{"scan", "--list", "-"}, args...)...)
			left, err := os.ReadFile(path)
			if err != nil || exit != 2 || string(left) != text {
				t.Errorf("%v with %q: exit %d, left %q, %v\n%s", args, text, exit, left, err, b.err.String())
			}
		}
	}
}

func TestStoppedListSaysHowToGoOn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state")
	var list []string
	for i := range 50 {
		list = append(list, fmt.Sprintf("t%d.test", i))
	}
	b := listBench(list...)
	ctx, cancel := context.WithCancelCause(t.Context())
	run := b.engine.Run
	b.engine.Run = func(inside context.Context, req scan.Request, tell func(scan.Event)) (*observe.Recording, error) {
		rec, err := run(inside, req, tell)
		if req.Target.Host == "t20.test" {
			cancel(Interrupt{int(syscall.SIGINT)})
			<-inside.Done()
			rec.End.Interrupted = true
		}
		return rec, err
	}
	exit := Main(ctx, []string{"scan", "--list", "-", "-q", "--resume", path}, b.Shell, b.engine)
	_, sum := linesOf(t, b.out.Bytes())
	if exit != 130 || sum.Status != "interrupted" || sum.Exit != 130 || !strings.Contains(b.err.String(), "the same command goes on from here") {
		t.Errorf("exit %d, %+v\n%s", exit, sum, b.err.String())
	}
	again := listBench(list...)
	exit = again.run("scan", "--list", "-", "-q", "--resume", path)
	if _, rest := linesOf(t, again.out.Bytes()); exit != 0 || rest.Resumed != sum.Scanned || rest.Scanned+rest.Resumed != 50 {
		t.Errorf("second run: exit %d, %+v after %+v", exit, rest, sum)
	}
}

func TestListThatCannotBeWrittenEndsAtOnce(t *testing.T) {
	var list []string
	for i := range 5000 {
		list = append(list, fmt.Sprintf("t%d.test", i))
	}
	b := listBench(list...)
	b.Out = full{}
	if exit := b.run("scan", "--list", "-", "-q"); exit != 4 || !strings.Contains(b.err.String(), "no space left") {
		t.Errorf("full disk: exit %d\n%s", exit, b.err.String())
	}
	b = listBench(list...)
	b.Out = closed{}
	if exit := b.run("scan", "--list", "-", "-q"); exit != 0 || b.err.Len() > 0 {
		t.Errorf("closed stdout: exit %d\n%s", exit, b.err.String())
	}
}

func TestRecordingsOfAListAreKept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "kept")
	b := listBench("a.test", "[::1]:8443")
	if exit := b.run("scan", "--list", "-", "-q", "--save-dir", dir); exit != 0 {
		t.Fatalf("exit %d\n%s", exit, b.err.String())
	}
	for _, name := range []string{"a.test_443.jsonl", "__1_8443.jsonl"} {
		file, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			t.Error(err)
			continue
		}
		if _, err := observe.Read(file); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		file.Close()
	}
}
