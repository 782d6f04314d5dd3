// Several targets: stopped in the middle, and with what the file says for all of a
// list; and the documentation's examples, read.

package cli

import (
	"context"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"middlebrick/edge/config"
	"middlebrick/observe"
	"middlebrick/scan"
)

const three = "targets:\n- {name: one, url: https://one.test}\n- {name: two, url: https://two.test}\n- {name: three, url: https://three.test}\n"

func TestStoppingEndsAllScansAndSaysWhichWereNot(t *testing.T) {
	b := project(t, map[string]string{".middlebrick.yaml": three}, map[string]string{"COLUMNS": "100"})
	ctx, cancel := context.WithCancelCause(context.Background())
	run, asked := b.engine.Run, 0
	b.engine.Run = func(ctx context.Context, req scan.Request, tell func(scan.Event)) (*observe.Recording, error) {
		asked++
		if asked == 2 {
			cancel(Interrupt{int(syscall.SIGINT)})
		}
		return run(ctx, req, tell)
	}
	exit := Main(ctx, []string{"scan", "-q"}, b.Shell, b.engine)
	text := b.out.String()
	if exit != 130 || asked != 2 || !strings.Contains(text, "INTERRUPTED") || !regexp.MustCompile(`(?m)^ three .* not scanned +3$`).MatchString(text) || !strings.Contains(text, "exit 130") {
		t.Errorf("exit %d after %d scans:\n%s", exit, asked, text)
	}
}

func TestOurOwnFailureWithOneTargetIsTheWorst(t *testing.T) {
	b := project(t, map[string]string{".middlebrick.yaml": three}, nil)
	run := b.engine.Run
	b.engine.Run = func(ctx context.Context, req scan.Request, tell func(scan.Event)) (*observe.Recording, error) {
		if req.Target.Host == "two.test" {
			return nil, nil
		}
		return run(ctx, req, tell)
	}
	if exit := b.run("scan", "-q"); exit != exitBroken || !regexp.MustCompile(`(?m)^ two .* broken +4$`).MatchString(b.out.String()) ||
		!regexp.MustCompile(`(?m)^ three .* none +0$`).MatchString(b.out.String()) {
		t.Errorf("exit %d:\n%s%s", exit, b.out.String(), b.err.String())
	}
}

func TestTheTopOfTheFileHoldsForAList(t *testing.T) {
	b := project(t, map[string]string{"list": "https://a.test\n", ".middlebrick.yaml": "threshold: 95\ntimeout: 7s\nbaseline: b.json\n" + three,
		"b.json": `{"schema":"middlebrick.baseline/1","targets":[]}`}, nil)
	b.engine.Locate = nil
	if exit := b.run("scan", "--list", "list", "-q"); exit != exitFailed || !strings.Contains(b.out.String(), "score 90 < threshold 95") {
		t.Errorf("exit %d: %s%s", exit, b.out.String(), b.err.String())
	}
}

// The files of the documentation are read without a complaint.
func TestDocumentedFilesAreInOrder(t *testing.T) {
	text, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(text), -1)
	if len(blocks) < 3 {
		t.Fatalf("%d blocks", len(blocks))
	}
	for _, block := range blocks {
		b := project(t, map[string]string{".middlebrick.yaml": block[1], ".middlebrick-baseline.json": `{"schema":"middlebrick.baseline/1","targets":[]}`}, nil)
		if exit := b.run("config", "check"); exit != 0 {
			t.Errorf("exit %d: %s\n%s", exit, b.err.String(), block[1])
		}
	}
	for _, key := range config.Keys() {
		if !strings.Contains(string(text), "`"+key+"`") {
			t.Errorf("docs/configuration.md says nothing of %s", key)
		}
	}
}
