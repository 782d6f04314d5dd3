// The action's inputs as flags, and what the action leaves behind.

package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"middlebrick/observe"
	"middlebrick/report"
	"middlebrick/scan"
)

func inputs(pairs ...string) func(string) string {
	all := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		all[ciEnv(pairs[i])] = pairs[i+1]
	}
	return func(name string) string { return all[name] }
}

func TestInputsAreTheFlagsOfScan(t *testing.T) {
	for _, c := range []struct {
		inputs []string
		want   ciPlan
	}{
		{nil, ciPlan{}},
		{[]string{"url", " https://a.test ", "threshold", "80"}, ciPlan{targets: []string{"https://a.test"}, flags: []string{"--threshold=80"}, minimum: "80"}},
		{[]string{"fail-under", "80"}, ciPlan{flags: []string{"--threshold=80"}, minimum: "80"}},
		{[]string{"fail-under", "80", "threshold", "80"}, ciPlan{flags: []string{"--threshold=80"}, minimum: "80"}},
		{[]string{"encryption-threshold", "85", "thresholds", "exposure=70, input=60\nbola=50"},
			ciPlan{flags: []string{"--threshold=encryption=85", "--threshold=exposure=70", "--threshold=input=60", "--threshold=bola=50"}}},
		{[]string{"targets", "# all\nhttps://a.test\n\n  https://b.test  \n"}, ciPlan{targets: []string{"https://a.test", "https://b.test"}}},
		{[]string{"headers", `{"X-B": "2", "Authorization": "Bearer t0ken-of-ana"}`},
			ciPlan{flags: []string{"--header=Authorization: Bearer t0ken-of-ana", "--header=X-B: 2"}, secrets: []string{"Bearer t0ken-of-ana", "t0ken-of-ana"}}},
		{[]string{"headers", "X-A: 1\n# no\nX-Api-Key: k-12345"}, ciPlan{flags: []string{"--header=X-A: 1", "--header=X-Api-Key: k-12345"}, secrets: []string{"k-12345"}}},
		{[]string{"comment", "true", "github-token", "ghs_1"}, ciPlan{comment: true, token: "ghs_1", secrets: []string{"ghs_1"}}},
		{[]string{"comment", "True"}, ciPlan{notices: []string{"comment: there is no github-token, so no comment is written"}}},
		{[]string{"sarif", "false", "comment", "no"}, ciPlan{}},
		{[]string{"sarif", "out.sarif", "report-path", "r.html"}, ciPlan{sarif: "out.sarif", report: "r.html"}},
		{[]string{"config", "c.yaml", "wait-for", "60s", "fail-on", "high", "min-coverage", "90", "baseline", "b.json"},
			ciPlan{flags: []string{"--config=c.yaml", "--fail-on=high", "--min-coverage=90", "--baseline=b.json", "--wait-for=60s"}}},
		{[]string{"spec-url", "https://a.test/openapi.json"}, ciPlan{notices: []string{"spec-url is accepted and not used yet: no check of this version reads an API description"}}},
	} {
		got, err := readCI(inputs(c.inputs...))
		if err != nil {
			t.Errorf("%v: %v", c.inputs, err)
		}
		if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(ciPlan{})); diff != "" {
			t.Errorf("%v: %s", c.inputs, diff)
		}
	}
}

func TestInputsThatAreWrongAreRefusedAndTheirSecretsHidden(t *testing.T) {
	for _, c := range []struct {
		inputs []string
		says   string
		secret string
	}{
		{[]string{"api-key", "mb_secret"}, "no key is needed", "mb_secret"},
		{[]string{"base-url", "https://mb.test"}, "no client of a server yet", ""},
		{[]string{"threshold", "80", "fail-under", "70"}, "two names of one number", ""},
		{[]string{"threshold", "encryption=80"}, "use thresholds", ""},
		{[]string{"comment", "maybe"}, "neither true nor false", ""},
		{[]string{"headers", `{"Authorization": 7}`}, "not a JSON object of texts", `{"Authorization": 7}`},
		{[]string{"headers", `{"Authorization": "Bearer geheim"`}, "not a JSON object", "geheim"},
		{[]string{"comment", "maybe", "github-token", "ghs_hidden"}, "neither true nor false", "ghs_hidden"},
	} {
		got, err := readCI(inputs(c.inputs...))
		var f failure
		if !errors.As(err, &f) || f.code != exitUsage || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v: %v, want usage that says %q", c.inputs, err, c.says)
			continue
		}
		if c.secret != "" && (strings.Contains(err.Error(), c.secret) || !slices.ContainsFunc(got.secrets, func(s string) bool { return strings.Contains(s, c.secret) })) {
			t.Errorf("%v: the secret is not hidden: %v, %v", c.inputs, err, got.secrets)
		}
	}
}

// action is the program as a step of Actions, with files of its own.
func action(t *testing.T, pairs ...string) (*bench, string) {
	t.Helper()
	b, dir := newBench(), t.TempDir()
	env := inputs(pairs...)
	runner := map[string]string{"GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": filepath.Join(dir, "output"), "GITHUB_STEP_SUMMARY": filepath.Join(dir, "summary"), "RUNNER_TEMP": dir, "CI": "true"}
	b.Env = func(name string) string { return runner[name] + env(name) }
	return b, dir
}

// last is the value that an output has in the end.
func last(t *testing.T, dir, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "output"))
	if err != nil {
		t.Fatal(err)
	}
	value := ""
	lines := strings.Split(string(text), "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, name+"<<") {
			value = lines[i+1]
		}
	}
	return value
}

func TestActionFailsClosed(t *testing.T) {
	for _, c := range []struct {
		name    string
		run     func(context.Context, scan.Request, func(scan.Event)) (*observe.Recording, error)
		exit    int
		outcome string
	}{
		{"our own fault", func(context.Context, scan.Request, func(scan.Event)) (*observe.Recording, error) { panic("broken") }, 4, "error"},
		{"no recording", func(context.Context, scan.Request, func(scan.Event)) (*observe.Recording, error) {
			return nil, errors.New("no descriptors")
		}, 4, "error"},
	} {
		b, dir := action(t, "url", "https://a.test")
		b.engine.Run = c.run
		if got := b.run("ci", "github"); got != c.exit || last(t, dir, "outcome") != c.outcome {
			t.Errorf("%s: exit %d, outcome %q\n%s", c.name, got, last(t, dir, "outcome"), b.err.String())
		}
	}
}

func TestActionWithAReportThatCannotBeWrittenIsNeverGreen(t *testing.T) {
	b, dir := action(t, "url", "https://a.test", "report-path", "/dev/null/report.json")
	if got := b.run("ci", "github"); got != exitBroken || last(t, dir, "outcome") != "error" || last(t, dir, "report-path") != "" {
		t.Errorf("exit %d, outcome %q\n%s", got, last(t, dir, "outcome"), b.err.String())
	}
	b, _ = action(t, "url", "https://a.test")
	env := b.Env
	b.Env = func(name string) string {
		if name == "GITHUB_STEP_SUMMARY" {
			return "/dev/null/summary"
		}
		return env(name)
	}
	if got := b.run("ci", "github"); got != exitBroken {
		t.Errorf("a summary that cannot be written: exit %d", got)
	}
}

func TestActionThatIsStoppedHasNoVerdict(t *testing.T) {
	b, dir := action(t, "targets", "https://a.test\nhttps://b.test")
	ctx, cancel := context.WithCancelCause(context.Background())
	run := b.engine.Run
	b.engine.Run = func(ctx context.Context, req scan.Request, tell func(scan.Event)) (*observe.Recording, error) {
		cancel(Interrupt{15})
		return run(ctx, req, tell)
	}
	if got := Main(ctx, []string{"ci", "github"}, b.Shell, b.engine); got != 143 || last(t, dir, "outcome") != "no-verdict" {
		t.Errorf("exit %d, outcome %q", got, last(t, dir, "outcome"))
	}
}

func TestActionAnnotatesTheWorstFirst(t *testing.T) {
	b, _ := action(t, "url", "https://a.test", "fail-on", "low")
	judge := b.engine.Judge
	b.engine.Judge = func(rec *observe.Recording) report.Report {
		r := judge(rec)
		for i := range 12 {
			r.Findings = append(r.Findings, report.Finding{Rule: fmt.Sprintf("encryption.low%d", i), Severity: "low", State: "open"})
		}
		again := r.Findings[0]
		again.Where = "elsewhere"
		r.Findings = append(r.Findings, again)
		r.Findings = append(r.Findings, report.Finding{Rule: "encryption.worst", Severity: "critical", State: "open"}, report.Finding{Rule: "encryption.lived-with", Severity: "critical", State: report.Accepted})
		return r
	}
	if got := b.run("ci", "github"); got != exitFailed {
		t.Fatalf("exit %d: %s", got, b.err.String())
	}
	var told []string
	for line := range strings.Lines(b.out.String()) {
		if strings.HasPrefix(line, "::") {
			told = append(told, line)
		}
	}
	if len(told) != 12 || !strings.HasPrefix(told[0], "::error title=middlebrick%3A gate fail::") || !strings.HasPrefix(told[1], "::error title=CRITICAL encryption.worst::") {
		t.Errorf("%d annotations: %s", len(told), told)
	}
	if !strings.HasSuffix(told[2], "(and at 1 more)\n") {
		t.Errorf("a rule with two places: %s", told[2])
	}
	if strings.Contains(b.out.String(), "::error title=CRITICAL encryption.lived-with") || !strings.Contains(b.err.String(), "2 findings are not annotated") {
		t.Errorf("%s", b.err.String())
	}
}

func TestWaitingEndsWithTheFirstAnswerOrTheTime(t *testing.T) {
	for _, c := range []struct {
		name   string
		after  int // tries that get no answer
		most   time.Duration
		tries  int
		waited time.Duration
		answer bool
	}{
		{"at once", 0, time.Minute, 1, 0, true},
		{"the third time", 2, time.Minute, 3, time.Second, true},
		{"never", 1000, 2 * time.Second, 5, 2 * time.Second, false},
		{"less time than a pause", 1000, time.Millisecond, 2, time.Millisecond, false},
	} {
		clock := time.Unix(0, 0)
		tries := 0
		w := waiter{
			ask: func(context.Context) error {
				if tries++; tries > c.after {
					return nil
				}
				return errors.New("refused")
			},
			sleep: func(_ context.Context, d time.Duration) error { clock = clock.Add(d); return nil },
			now:   func() time.Time { return clock },
		}
		err := w.wait(t.Context(), c.most)
		if (err == nil) != c.answer || tries != c.tries || clock.Sub(time.Unix(0, 0)) != c.waited {
			t.Errorf("%s: %v after %d tries and %v", c.name, err, tries, clock.Sub(time.Unix(0, 0)))
		}
	}
}
