// Which value counts, as a table: flag, environment, target, file, default.

package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"middlebrick/httphead"
	"middlebrick/observe"
	"middlebrick/report"
	"middlebrick/rule"
	"middlebrick/scan"
)

// project is a bench in a folder of its own with those files.
func project(t *testing.T, files map[string]string, env map[string]string) *bench {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	b := newBench()
	b.Dir = dir
	b.Env = func(name string) string { return env[name] }
	return b
}

// origins is what config show says of a key, as VALUE@ORIGIN.
func (b *bench) origins(t *testing.T, key string, args ...string) []string {
	t.Helper()
	b.out.Reset()
	if exit := b.run(append([]string{"config", "show", "--format", "json"}, args...)...); exit != 0 {
		t.Fatalf("exit %d: %s", exit, b.err.String())
	}
	var page configPage
	if err := json.NewDecoder(bytes.NewReader(b.out.Bytes())).Decode(&page); err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, s := range page.Targets[0].Settings {
		if s.Key == key {
			found = append(found, s.Value+" @ "+s.Origin)
		}
	}
	return found
}

const layered = `fail-on: low
timeout: 10s
threshold: {overall: 50, encryption: 60}
policy: pci-dss
targets:
  - name: a
    url: https://a.test
    fail-on: medium
    threshold: {encryption: 70, ssrf: 5}
`

func TestPrecedence(t *testing.T) {
	for name, row := range map[string]struct {
		env  map[string]string
		args []string
		key  string
		want []string
	}{
		"the default":                       {nil, []string{"a"}, "method", []string{"GET @ default"}},
		"the file for all":                  {nil, []string{"a"}, "timeout", []string{"10s @ .middlebrick.yaml:2"}},
		"the target before the file":        {nil, []string{"a"}, "fail-on", []string{"medium @ .middlebrick.yaml:8"}},
		"another URL has no target":         {nil, []string{"https://b.test"}, "fail-on", []string{"low @ .middlebrick.yaml:1"}},
		"the target by its URL":             {nil, []string{"https://A.test:443/"}, "fail-on", []string{"medium @ .middlebrick.yaml:8"}},
		"the environment before the file":   {map[string]string{"MIDDLEBRICK_FAIL_ON": "high"}, []string{"a"}, "fail-on", []string{"high @ MIDDLEBRICK_FAIL_ON"}},
		"the flag before the environment":   {map[string]string{"MIDDLEBRICK_FAIL_ON": "high"}, []string{"a", "--fail-on", "critical"}, "fail-on", []string{"critical @ --fail-on"}},
		"a flag with the default's value":   {nil, []string{"a", "--timeout", "60s"}, "timeout", []string{"60s @ --timeout"}},
		"an empty variable is not set":      {map[string]string{"MIDDLEBRICK_FAIL_ON": ""}, []string{"a"}, "fail-on", []string{"medium @ .middlebrick.yaml:8"}},
		"lists are replaced":                {nil, []string{"a", "--policy", "mozilla-old"}, "policy", []string{"mozilla-old @ --policy"}},
		"lists in the environment":          {map[string]string{"MIDDLEBRICK_POLICY": "pci-dss, mozilla-old"}, []string{"a"}, "policy", []string{"pci-dss @ MIDDLEBRICK_POLICY", "mozilla-old @ MIDDLEBRICK_POLICY"}},
		"thresholds are told apart":         {nil, []string{"a"}, "threshold", []string{"encryption=70 @ .middlebrick.yaml:9", "ssrf=5 @ .middlebrick.yaml:9", "50 @ .middlebrick.yaml:3"}},
		"one threshold is typed":            {nil, []string{"a", "--threshold", "Encryption=90"}, "threshold", []string{"Encryption=90 @ --threshold", "ssrf=5 @ .middlebrick.yaml:9", "50 @ .middlebrick.yaml:3"}},
		"the whole threshold by a variable": {map[string]string{"MIDDLEBRICK_THRESHOLD": "80"}, []string{"a"}, "threshold", []string{"80 @ MIDDLEBRICK_THRESHOLD", "encryption=70 @ .middlebrick.yaml:9", "ssrf=5 @ .middlebrick.yaml:9"}},
	} {
		t.Run(name, func(t *testing.T) {
			b := project(t, map[string]string{".middlebrick.yaml": layered}, row.env)
			if diff := cmp.Diff(row.want, b.origins(t, row.key, row.args...)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// What config show says is what the scan is told.
func TestTheScanIsToldWhatCounts(t *testing.T) {
	b := project(t, map[string]string{".middlebrick.yaml": `timeout: 10s
targets:
  - url: https://a.test/v1
    headers: {Accept: text/plain, Authorization: {env: TOKEN}, X-Team: red}
    resolve: a.test:443:192.0.2.1
    audience: program
    rate: 2.5
    ask-ca: true
`}, map[string]string{"TOKEN": "Bearer hunter2", "MIDDLEBRICK_PARALLEL": "3"})
	var got scan.Request
	run := b.engine.Run
	b.engine.Run = func(ctx context.Context, req scan.Request, tell func(scan.Event)) (*observe.Recording, error) {
		got = req
		return run(ctx, req, tell)
	}
	if exit := b.run("scan", "-H", "x-team: blue"); exit != 0 {
		t.Fatalf("exit %d: %s", exit, b.err.String())
	}
	if diff := cmp.Diff([]httphead.Field{{Name: "x-team", Value: "blue"}, {Name: "Accept", Value: "text/plain"}, {Name: "Authorization", Value: "Bearer hunter2"}}, got.Headers); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
	if got.Timeout != 10*time.Second || got.Parallel != 3 || got.Rate != 2.5 || !got.AskCA || len(got.Pins) != 1 || got.Target.Audience != "program" {
		t.Errorf("%+v", got)
	}
	if strings.Contains(b.err.String()+b.out.String(), "hunter2") {
		t.Error("the token is told")
	}
}

func TestAHeaderWhoseVariableIsMissingStopsEverything(t *testing.T) {
	b := project(t, map[string]string{".middlebrick.yaml": "targets:\n- url: https://a.test\n- url: https://b.test\n  headers:\n    X-Key: {env: NO_KEY}\n"}, nil)
	b.engine.Run = func(context.Context, scan.Request, func(scan.Event)) (*observe.Recording, error) {
		t.Error("something is scanned")
		return nil, nil
	}
	if exit := b.run("scan"); exit != exitUsage || !strings.Contains(b.err.String(), ".middlebrick.yaml:5: the header X-Key is taken from the environment variable NO_KEY, which is not set") {
		t.Errorf("exit %d: %s", exit, b.err.String())
	}
}

// Each wrong value is told with file and line, whatever reads it, and nothing is
// scanned.
func TestWrongValuesAreToldWithTheirLine(t *testing.T) {
	for text, says := range map[string]string{
		"fail-on: hihg":              `.middlebrick.yaml:1: fail-on: unknown severity "hihg"; did you mean high?`,
		"\nthreshold: 101":           `.middlebrick.yaml:2: threshold: "101" is not a whole number from 0 to 100`,
		"threshold: {encrpytion: 1}": `.middlebrick.yaml:1: threshold: unknown check "encrpytion"; did you mean encryption?`,
		"min-coverage: most":         `.middlebrick.yaml:1: min-coverage: "most"`,
		"policy: pci-ds":             `.middlebrick.yaml:1: policy: unknown policy or file "pci-ds"; did you mean pci-dss?`,
		"timeout: soon":              `.middlebrick.yaml:1: timeout: "soon" is not a time`,
		"method: POST":               `.middlebrick.yaml:1: method POST is not sent`,
		"audience: people":           `.middlebrick.yaml:1: audience: unknown "people"`,
		"parallel: 99":               `.middlebrick.yaml:1: parallel: 99 is not from 1 to 32`,
		"resolve: a.test":            `.middlebrick.yaml:1: resolve: "a.test" is not HOST:PORT:ADDR`,
		"ca-file: none.pem":          `.middlebrick.yaml:1: ca-file: open none.pem: no such file`,
		"baseline: none.json":        `.middlebrick.yaml:1: baseline: open none.json: no such file`,
		"preload-list: none":         `.middlebrick.yaml:1: preload-list: open none: no such file`,
		"targets:\n- url: a.test":    `.middlebrick.yaml:2: target "a.test" has no scheme`,
		"targets:\n- url: https://a.test\n  https-port: 4":          `.middlebrick.yaml:3: https-port 4 contradicts the URL`,
		"targets:\n- url: https://a.test\n  headers: {Host: b}":     `.middlebrick.yaml:3: headers: Host cannot be set`,
		"targets:\n- url: https://a.test\n  header-file: none":      `.middlebrick.yaml:3: header-file: stat none: no such file`,
		"ignore:\n- {rule: plainhtp, until: 2027-01-01, reason: a}": `.middlebrick.yaml:2: unknown rule "plainhtp"; did you mean encryption.plainhttp?`,
	} {
		for _, args := range [][]string{{"scan", "https://b.test"}, {"config", "check"}} {
			b := project(t, map[string]string{".middlebrick.yaml": text}, nil)
			if exit := b.run(args...); exit != exitUsage || !strings.Contains(b.err.String(), says) || b.out.Len() > 0 {
				t.Errorf("%q: %v: exit %d\n%s\nwant %s", text, args, exit, b.err.String(), says)
			}
		}
	}
	b := project(t, nil, map[string]string{"MIDDLEBRICK_FAIL_ON": "hihg"})
	if exit := b.run("scan", "https://b.test"); exit != exitUsage || !strings.Contains(b.err.String(), `MIDDLEBRICK_FAIL_ON: fail-on: unknown severity "hihg"`) {
		t.Errorf("exit %d: %s", exit, b.err.String())
	}
}

// known is a report of which two findings fail, one high and one low.
func knownReport(t *testing.T, b *bench) {
	t.Helper()
	b.engine.Judge = func(rec *observe.Recording) report.Report {
		r := judged(num(40))
		r.APIURL, r.Method = rec.Header.Target.URL, rec.Header.Target.Method
		r.Findings = []report.Finding{
			{ID: strings.Repeat("a", 64), Rule: "encryption.plainhttp", Severity: rule.High, State: report.Open, Where: "the http form"},
			{ID: strings.Repeat("b", 64), Rule: "encryption.tls10", Severity: rule.Low, State: report.Open},
		}
		return r
	}
	b.engine.Remain = func(_ *observe.Recording, mended map[string]bool) report.Remainder {
		return report.Remainder{Overall: num(40 + 30*len(mended)), Categories: map[string]*int{"Encryption": num(40 + 30*len(mended))}}
	}
}

const acceptHigh = "ignore:\n- rule: encryption.plainhttp\n  until: %s\n  reason: because\n"

func TestWhatIsAcceptedLeavesTheGate(t *testing.T) {
	for name, row := range map[string]struct {
		until string
		args  []string
		exit  int
		says  string
	}{
		"not by a severity":          {"2027-01-31", []string{"--fail-on", "high"}, 0, "no finding is high or worse"},
		"nor by a threshold":         {"2027-01-31", []string{"--threshold", "70"}, 0, "score without 1 accepted 70 >= threshold 70"},
		"nor by that of a check":     {"2027-01-31", []string{"--threshold", "encryption=70"}, 0, "Encryption without 1 accepted 70 >= threshold 70"},
		"which is still one":         {"2027-01-31", []string{"--threshold", "71"}, 1, "score without 1 accepted 70 < threshold 71"},
		"others stay":                {"2027-01-31", []string{"--fail-on", "low"}, 1, "low or worse: encryption.tls10"},
		"on the last day":            {"2026-11-23", []string{"--fail-on", "high"}, 0, "ACCEPTED"},
		"and no longer":              {"2026-11-22", []string{"--fail-on", "high"}, 1, "EXPIRED"},
		"it is counted":              {"2027-01-31", nil, 0, "1 finding (1 high); --show-accepted lists them"},
		"it is shown when asked for": {"2027-01-31", []string{"--show-accepted"}, 0, "until 2027-01-31: because"},
	} {
		b := project(t, map[string]string{".middlebrick-ignore.yaml": strings.ReplaceAll(acceptHigh, "%s", row.until)}, map[string]string{"COLUMNS": "100"})
		knownReport(t, b)
		exit := b.run(append([]string{"scan", "https://a.test"}, row.args...)...)
		if text := strings.Join(strings.Fields(b.out.String()), " "); exit != row.exit || !strings.Contains(text, row.says) {
			t.Errorf("%s: exit %d, want %d and %q:\n%s", name, exit, row.exit, row.says, b.out.String()+b.err.String())
		}
	}
}

func TestABaselineFailsOnlyOnWhatIsNew(t *testing.T) {
	id := func(letter string) string { return strings.Repeat(letter, 64) }
	base := func(target string, ids ...string) string {
		var known []string
		for _, one := range ids {
			known = append(known, `{"id":"`+one+`","rule":"encryption.x","where":""}`)
		}
		return `{"schema":"middlebrick.baseline/1","targets":[{"target":"` + target + `","findings":[` + strings.Join(known, ",") + `]}]}`
	}
	const own = "GET https://a.test/"
	for name, row := range map[string]struct {
		baseline string
		args     []string
		exit     int
		says     string
	}{
		"nothing is new":          {base(own, id("a"), id("b")), nil, 0, "no new finding is info or worse"},
		"one is new":              {base(own, id("a")), nil, 1, "new info or worse: encryption.tls10"},
		"one is new and small":    {base(own, id("a")), []string{"--fail-on", "high"}, 0, "no new finding is high or worse"},
		"all are new":             {base(own), []string{"--fail-on", "high"}, 1, "new high or worse: encryption.plainhttp"},
		"a threshold of the rest": {base(own, id("a"), id("b")), []string{"--threshold", "100"}, 0, "score without 2 in the baseline 100 >= threshold 100"},
		"one is gone":             {base(own, id("a"), id("b"), id("c")), nil, 0, "0 new, 2 known, 1 not known this time"},
		"another target":          {base("GET https://b.test/", id("a")), nil, 2, "b.json is of another target (GET https://b.test/) and knows nothing of GET https://a.test/"},
		"another method":          {base("HEAD https://a.test/", id("a")), nil, 2, "knows nothing of GET https://a.test/"},
		"no baseline at all":      {"{}", nil, 2, `its schema is "" and not middlebrick.baseline/1`},
	} {
		b := project(t, map[string]string{"b.json": row.baseline}, map[string]string{"COLUMNS": "100"})
		knownReport(t, b)
		exit := b.run(append([]string{"scan", "https://a.test", "--baseline", "b.json"}, row.args...)...)
		if text := strings.Join(strings.Fields(b.out.String()+b.err.String()), " "); exit != row.exit || !strings.Contains(text, row.says) {
			t.Errorf("%s: exit %d, want %d and %q:\n%s", name, exit, row.exit, row.says, b.out.String()+b.err.String())
		}
	}
}
