// The documentation, run: the code that docs/webhooks.md gives to receivers must
// verify what is sent here, and its tables must name every field.

package notify_test

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"middlebrick/edge/notify"
)

func manual(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/webhooks.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// fenced is the first code of that language in the manual.
func fenced(t *testing.T, language string) string {
	t.Helper()
	found := regexp.MustCompile("(?s)```" + language + "\n(.*?)```").FindStringSubmatch(manual(t))
	if found == nil {
		t.Fatalf("docs/webhooks.md has no code in %s", language)
	}
	return found[1]
}

// A request is what a receiver's code gets in these tests.
type request struct {
	Key     string            `json:"secret"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
}

// signedAt sends an alert at that time and catches the request.
func signedAt(t *testing.T, when time.Time) request {
	t.Helper()
	var got []posted
	synctest.Test(t, func(t *testing.T) {
		c := hook()
		c.OldSecret = former
		notify.Send(t.Context(), served(t, keeping(&got, http.StatusOK)), c, hostile(), "msg_1", when)
	})
	r := request{Key: string(secret), Headers: map[string]string{}, Body: string(got[0].Body)}
	for name := range got[0].Header {
		r.Headers[strings.ToLower(name)] = got[0].Header.Get(name)
	}
	return r
}

// verdicts are those of the code on a good request, on one signed with the old
// secret, and on four bad ones.
func verdicts(t *testing.T, program func(file string) *exec.Cmd) string {
	t.Helper()
	fresh := signedAt(t, time.Now())
	old, foreign, altered, renamed, stale := fresh, fresh, fresh, fresh, signedAt(t, time.Now().Add(-time.Hour))
	old.Key = string(former)
	foreign.Key = "whsec_" + strings.Repeat("A", 40)
	altered.Body += " "
	renamed.Headers = map[string]string{}
	for name, value := range fresh.Headers {
		renamed.Headers[name] = value
	}
	renamed.Headers["webhook-id"] = "msg_2"
	text, err := json.Marshal([]request{fresh, old, foreign, altered, renamed, stale})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "requests.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := program(file).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return strings.TrimSpace(string(out))
}

const rightVerdicts = "true true false false false false"

// need skips where a program is missing.
func need(t *testing.T, name string) string {
	t.Helper()
	found, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("no %s; scripts/setup installs it", name)
	}
	return found
}

func TestPythonOfTheManualVerifies(t *testing.T) {
	python := need(t, "python3")
	code := fenced(t, "python") + `
import json, sys
print(*(str(genuine(r["secret"], r["headers"], r["body"].encode())).lower() for r in json.load(open(sys.argv[1]))))
`
	if got := verdicts(t, func(file string) *exec.Cmd { return exec.Command(python, "-c", code, file) }); got != rightVerdicts {
		t.Error(got)
	}
}

func TestNodeOfTheManualVerifies(t *testing.T) {
	node := need(t, "node")
	code := fenced(t, "js") + `
const requests = JSON.parse(require("node:fs").readFileSync(process.argv[1]));
console.log(requests.map((r) => genuine(r.secret, r.headers, Buffer.from(r.body))).join(" "));
`
	if got := verdicts(t, func(file string) *exec.Cmd { return exec.Command(node, "-e", code, file) }); got != rightVerdicts {
		t.Error(got)
	}
}

func TestPublishedNodeLibraryVerifies(t *testing.T) {
	node := need(t, "node")
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	library := filepath.Join(cache, "middlebrick", "standardwebhooks-1.1.1", "node_modules", "standardwebhooks")
	if _, err := os.Stat(library); err != nil {
		t.Skip("no standardwebhooks of npm; scripts/setup fetches it")
	}
	code := `
const { Webhook } = require(process.argv[2]);
const requests = JSON.parse(require("node:fs").readFileSync(process.argv[1]));
const genuine = (r) => { try { new Webhook(r.secret).verify(r.body, r.headers); return true } catch { return false } };
console.log(requests.map(genuine).join(" "));
`
	if got := verdicts(t, func(file string) *exec.Cmd { return exec.Command(node, "-e", code, file, library) }); got != rightVerdicts {
		t.Error(got)
	}
}

func TestShellOfTheManualComputesTheSignature(t *testing.T) {
	need(t, "openssl")
	r := signedAt(t, at())
	run := exec.Command("sh", "-c", fenced(t, "sh"))
	run.Dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(run.Dir, "body.json"), []byte(r.Body), 0o600); err != nil {
		t.Fatal(err)
	}
	run.Env = append(os.Environ(), "SECRET="+r.Key, "ID="+r.Headers["webhook-id"], "TIMESTAMP="+r.Headers["webhook-timestamp"])
	out, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	want, _, _ := strings.Cut(r.Headers["webhook-signature"], " ")
	if got := "v1," + strings.TrimSpace(string(out)); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestManualNamesEveryFieldAndKind(t *testing.T) {
	text := manual(t)
	named := map[string]bool{"schema": true, "type": true, "timestamp": true, "data": true}
	for _, m := range samples() {
		var value any
		if err := json.Unmarshal([]byte(post(t, notify.Webhook, m)), &value); err != nil {
			t.Fatal(err)
		}
		fieldsOf(value, named)
	}
	for field := range named {
		if !strings.Contains(text, "`"+field+"`") && !strings.Contains(text, `"`+field+`":`) {
			t.Errorf("docs/webhooks.md does not speak of %s", field)
		}
	}
	for _, kind := range notify.Kinds() {
		if !strings.Contains(text, "| `"+string(kind)+"` |") {
			t.Errorf("docs/webhooks.md does not list %s", kind)
		}
	}
}

func fieldsOf(value any, into map[string]bool) {
	switch v := value.(type) {
	case map[string]any:
		for name, inner := range v {
			into[name] = true
			fieldsOf(inner, into)
		}
	case []any:
		for _, inner := range v {
			fieldsOf(inner, into)
		}
	}
}

// The sample of the manual is what is really sent, to the last field.
func TestSampleOfTheManualIsSent(t *testing.T) {
	m := alert()
	m.Findings, m.Omitted, m.Links = m.Findings[:1], 0, notify.Links{Report: m.Links.Report}
	m.Findings[0].Link = ""
	m.Counts = &notify.Counts{Critical: 1, New: 1}
	m.Reasons[0].Times = 1
	if diff := cmp.Diff(indented(t, fenced(t, "json")), indented(t, post(t, notify.Webhook, m))); diff != "" {
		t.Errorf("(-manual +sent):\n%s", diff)
	}
}
