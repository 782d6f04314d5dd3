// The GitHub Action as GitHub runs it: the steps of action.yml, one after
// another, with real events and a server that speaks the API.

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"middlebrick/edge/cli"
	"middlebrick/edge/demo"
	"middlebrick/observe"
	"middlebrick/report"
)

func program(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func payload(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata/events", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// fork is the payload of a pull request whose branch is in another repository.
func fork(t *testing.T) []byte {
	t.Helper()
	var event map[string]any
	if err := json.Unmarshal(payload(t, "pull_request"), &event); err != nil {
		t.Fatal(err)
	}
	head := event["pull_request"].(map[string]any)["head"].(map[string]any)["repo"].(map[string]any)
	head["id"], head["full_name"], head["fork"] = 4711, "somebody/Hello-World", true
	text, err := json.Marshal(event)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// onPullRequest is a job for a pull request of this repository.
func onPullRequest(t *testing.T, h *hub) runner {
	r := runner{t: t, event: "pull_request", payload: payload(t, "pull_request"), token: workflowToken, bin: program(t, "middlebrick"), temp: t.TempDir()}
	if h != nil {
		r.api = h.URL
	}
	return r
}

// weak is the address of the demonstration over http: it scores next to nothing,
// and is complete.
func weak(t *testing.T) map[string]string {
	t.Helper()
	s, err := demo.Start(context.Background(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return map[string]string{
		"url":        fmt.Sprintf("http://%s%s", s.HTTP, demo.Path),
		"https-port": fmt.Sprint(s.HTTPS.Port()),
	}
}

func with(inputs map[string]string, more ...string) map[string]string {
	all := map[string]string{}
	for name, value := range inputs {
		all[name] = value
	}
	for i := 0; i < len(more); i += 2 {
		all[more[i]] = more[i+1]
	}
	return all
}

func TestActionPassesAGateAndGivesAllOutputs(t *testing.T) {
	h := newHub(t)
	r := onPullRequest(t, h)
	out := r.run(with(weak(t), "threshold", "0", "comment", "true"))
	if out.exit != 0 || out.outputs["outcome"] != "passed" {
		t.Fatal(out.String())
	}
	var result report.Report
	if err := json.Unmarshal([]byte(out.outputs["result"]), &result); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"score": fmt.Sprint(*result.Overall), "grade": *result.LetterGrade, "findings-count": fmt.Sprint(len(result.Findings)),
		"scan-id": result.ID, "report-url": "https://github.example/Codertocat/Hello-World/actions/runs/42", "sarif-path": "",
	}
	for name, value := range want {
		if out.outputs[name] != value {
			t.Errorf("output %s is %q, want %q", name, out.outputs[name], value)
		}
	}
	var kept report.Report
	text, err := os.ReadFile(out.outputs["report-path"])
	if err == nil {
		err = json.Unmarshal(text, &kept)
	}
	if err != nil || kept.ID != result.ID {
		t.Errorf("report-path: %v, scan %q", err, kept.ID)
	}
	ours := h.ours()
	if len(ours) != 1 || !strings.Contains(ours[0].Body, "gate passed") || !strings.Contains(out.summary, "gate passed") {
		t.Errorf("comments %v, summary %s", ours, out.summary)
	}
	if n := out.count("error"); n != 0 || out.count("warning") == 0 {
		t.Errorf("a gate that passed leaves %d errors: %v", n, out.annotations)
	}
	if strings.Contains(out.raw, workflowToken) && strings.Contains(out.log, workflowToken) {
		t.Error("the token is in the log")
	}
}

// SARIF is there for the user's next step; a comment only where it was asked for.
func TestActionWritesSARIFAndNoCommentUnasked(t *testing.T) {
	h := newHub(t)
	out := onPullRequest(t, h).run(with(weak(t), "sarif", "true", "sarif-location", ".middlebrick.yaml:3", "threshold", "80"))
	text, err := os.ReadFile(out.outputs["sarif-path"])
	var sarif struct {
		Version string
		Runs    []struct{ Results []any }
	}
	if err == nil {
		err = json.Unmarshal(text, &sarif)
	}
	if err != nil || sarif.Version != "2.1.0" || len(sarif.Runs) != 1 || fmt.Sprint(len(sarif.Runs[0].Results)) != out.outputs["findings-count"] {
		t.Errorf("%v; %s", err, out.String())
	}
	if !strings.Contains(string(text), ".middlebrick.yaml") {
		t.Error("the place that was asked for is not in it")
	}
	if len(h.calls) > 0 {
		t.Errorf("unasked: %v", h.calls)
	}
}

func TestActionFailsBelowTheEncryptionThreshold(t *testing.T) {
	h := newHub(t)
	for i := range 205 {
		h.say(fmt.Sprintf("person%d", i), "User", "a remark")
	}
	r := onPullRequest(t, h)
	inputs := with(weak(t), "encryption-threshold", "85", "comment", "true")
	for range 2 {
		out := r.run(inputs)
		if out.exit != 1 || out.outputs["outcome"] != "failed" {
			t.Fatal(out.String())
		}
		if a := out.annotations[0]; a.kind != "error" || !strings.Contains(a.message, "< threshold 85") {
			t.Errorf("the first annotation is %v", a)
		}
	}
	if ours := h.ours(); len(ours) != 1 || !strings.Contains(ours[0].Body, "&#60; threshold 85") && !strings.Contains(ours[0].Body, "threshold 85") {
		t.Errorf("two runs leave %d comments of ours: %v", len(ours), ours)
	}
}

func TestActionOnATargetThatIsDownHasNoVerdict(t *testing.T) {
	r := onPullRequest(t, newHub(t))
	r.event, r.payload = "push", payload(t, "push")
	out := r.run(map[string]string{"url": "http://127.0.0.1:1", "threshold": "0", "sarif": "true", "comment": "true", "wait-for": "10ms"})
	if out.exit != 3 || out.outputs["outcome"] != "no-verdict" || out.outputs["score"] != "" || out.outputs["sarif-path"] != "" {
		t.Error(out.String())
	}
	if out.outputs["report-path"] == "" || !strings.Contains(out.summary, "no grade") || !strings.Contains(out.log, "has no pull request") {
		t.Errorf("%s\nsummary: %s", out.String(), out.summary)
	}
}

func TestActionRefusesAKeyThatNothingUses(t *testing.T) {
	out := onPullRequest(t, nil).run(map[string]string{"url": "http://127.0.0.1:1", "api-key": "mb_not_a_key_of_ours"})
	if out.exit != 2 || out.outputs["outcome"] != "error" || !strings.Contains(out.log, "no key is needed") || !strings.Contains(out.summary, "no key is needed") {
		t.Error(out.String() + out.summary)
	}
	if strings.Contains(out.log+out.summary, "mb_not_a_key_of_ours") {
		t.Error("the key is told")
	}
}

// Nothing that goes wrong with a comment changes the outcome; each is told once.
func TestActionOutlivesTroubleWithComments(t *testing.T) {
	for _, c := range []struct {
		name    string
		trouble func(http.ResponseWriter, *http.Request, int) bool
		token   string
		fork    bool
		left    int // comments of ours
		says    string
	}{
		{"forbidden", answer("POST", 403, 0), workflowToken, false, 0, "permissions: pull-requests: write"},
		{"a fork", answer("POST", 403, 0), workflowToken, true, 0, "from a fork"},
		{"a fork without a token", nil, "", true, 0, "no github-token"},
		{"not found", answer("GET", 404, 0), workflowToken, false, 0, "404"},
		{"a wrong token", nil, "ghp_somebody_else_0123456789", false, 0, "401"},
		{"too many requests, once", answer("POST", 429, 1), workflowToken, false, 1, ""},
		{"a failure while reading, once", answer("GET", 500, 1), workflowToken, false, 1, ""},
		{"a failure while writing, once", answer("POST", 502, 1), workflowToken, false, 1, ""},
		{"too large", answer("POST", 422, 0), workflowToken, false, 0, "422"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := newHub(t)
			h.trouble = c.trouble
			r := onPullRequest(t, h)
			if r.token = c.token; c.fork {
				r.payload = fork(t)
			}
			out := r.run(map[string]string{"url": "http://127.0.0.1:1", "comment": "true"})
			if out.exit != 3 || len(h.ours()) != c.left {
				t.Errorf("%d comments; %s", len(h.ours()), out.String())
			}
			notices := 0
			for _, a := range out.annotations {
				if a.kind == "notice" && strings.Contains(a.message, c.says) {
					notices++
				}
			}
			if want := min(1, len(c.says)); out.count("notice") != want || notices != want {
				t.Errorf("want %d notice that says %q: %v", want, c.says, out.annotations)
			}
		})
	}
}

// answer gives that status to the first requests of that method, or to all where
// most is 0.
func answer(method string, status, most int) func(http.ResponseWriter, *http.Request, int) bool {
	var given atomic.Int32
	return func(w http.ResponseWriter, r *http.Request, _ int) bool {
		if r.Method != method || r.URL.Path == "/user" || most > 0 && int(given.Add(1)) > most {
			return false
		}
		if status == 429 {
			w.Header().Set("Retry-After", "0")
		}
		refuse(w, status, "trouble")
		return true
	}
}

// crowded is the program with a target that has 300 findings, whose texts are
// what a hostile target would say.
func crowded() {
	engine := cli.Local()
	judge := engine.Judge
	engine.Judge = func(rec *observe.Recording) report.Report {
		r := judge(rec)
		if len(r.Findings) == 0 {
			return r
		}
		first := r.Findings[0]
		r.Findings = r.Findings[:0]
		for i := range 300 {
			first.ID, first.Rule = fmt.Sprintf("%064x", i), fmt.Sprintf("encryption.crowd%d", i)
			first.Description = strings.Repeat("\n::stop-commands::x\n##[error] @everyone <img src=x onerror=alert(1)> | [a](javascript:x) `--> ", 5)
			r.Findings = append(r.Findings, first)
		}
		return r
	}
	os.Exit(cli.Main(context.Background(), os.Args[1:], cli.Terminal("0.0.0"), engine))
}

func TestActionStaysInItsBoundsWithThreeHundredFindings(t *testing.T) {
	h := newHub(t)
	r := onPullRequest(t, h)
	r.bin = program(t, "middlebrick-crowded")
	out := r.run(with(weak(t), "fail-on", "critical", "comment", "true"))
	if out.exit != 1 || out.outputs["findings-count"] != "300" {
		t.Fatal(out.String())
	}
	if out.count("error") != 10 || out.count("warning") > 10 || out.count("notice") > 10 {
		t.Errorf("annotations: %d errors, %d warnings, %d notices", out.count("error"), out.count("warning"), out.count("notice"))
	}
	var result report.Report
	if err := json.Unmarshal([]byte(out.outputs["result"]), &result); err != nil || len(out.outputs["result"]) > 1<<19 {
		t.Errorf("result of %d bytes: %v", len(out.outputs["result"]), err)
	}
	ours := h.ours()
	if len(ours) != 1 || len([]rune(ours[0].Body)) > 60_000 {
		t.Fatalf("%d comments of ours", len(ours))
	}
	for _, text := range []string{ours[0].Body, out.summary} {
		if bad := unsafe(text); bad != "" {
			t.Errorf("from the target: %.300s", bad)
		}
	}
}

// unsafe is the first piece of a hostile target that GitHub would act on.
func unsafe(markdown string) string {
	for _, bad := range []string{"@everyone", "<img", "](javascript", "\n::", "##["} {
		if _, rest, found := strings.Cut(markdown, bad); found {
			return bad + rest
		}
	}
	return ""
}

// Several targets are one job: the worst outcome, and a comment for each.
func TestActionScansSeveralTargets(t *testing.T) {
	h := newHub(t)
	there := weak(t)
	out := onPullRequest(t, h).run(with(there, "url", "", "threshold", "100", "comment", "true", "report-path", "reports/all.md",
		"targets", "# two services\n"+there["url"]+"\n\nhttp://127.0.0.9:1/\n"))
	paths := strings.Split(out.outputs["report-path"], "\n")
	if out.exit != 3 || out.outputs["outcome"] != "no-verdict" || out.outputs["score"] != "" || len(h.ours()) != 2 || len(paths) != 2 {
		t.Fatalf("%d comments; %s", len(h.ours()), out.String())
	}
	var results []report.Report
	if err := json.Unmarshal([]byte(out.outputs["result"]), &results); err != nil || len(results) != 2 {
		t.Errorf("%d results: %v", len(results), err)
	}
	if paths[0] == paths[1] || !strings.HasPrefix(paths[0], "reports/all-127.0.0.1-") {
		t.Errorf("reports in %q", paths)
	}
}

func TestActionScansTheTargetsOfAConfiguration(t *testing.T) {
	h := newHub(t)
	file := filepath.Join(t.TempDir(), "ours.yaml")
	text := "targets:\n  - name: one\n    url: http://127.0.0.8:1/\n  - name: two\n    url: http://127.0.0.9:1/\n    threshold: 80\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	out := onPullRequest(t, h).run(map[string]string{"config": file, "comment": "true"})
	if out.exit != 3 || len(h.ours()) != 2 || len(strings.Split(out.outputs["scan-id"], "\n")) != 2 {
		t.Errorf("%d comments; %s", len(h.ours()), out.String())
	}
}

func TestActionWaitsForAServiceThatStarts(t *testing.T) {
	var asked atomic.Int32
	starting := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if asked.Add(1) < 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer starting.Close()
	out := onPullRequest(t, nil).run(map[string]string{"url": starting.URL, "wait-for": "60s"})
	if !strings.Contains(out.log, "it answers, after") {
		t.Error(out.String())
	}
}
