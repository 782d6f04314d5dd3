// The real program as a server: the conversation of the clients' API, a restart in
// the middle of scans, and death at any moment.

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// deaths is how often the server is killed; the proof of a release is 200.
var deaths = flag.Int("deaths", 6, "how often the server is killed")

// A served is a server that runs, and a key for it.
type served struct {
	t    *testing.T
	dir  string
	key  string
	cmd  *exec.Cmd
	base string
}

func newServed(t *testing.T) *served {
	t.Helper()
	s := &served{t: t, dir: t.TempDir()}
	out, err := exec.Command(program(t, "middlebrick"), "keys", "create", "test", "--data", s.dir).Output()
	if err != nil {
		t.Fatal(err)
	}
	s.key = strings.TrimSpace(string(out))
	s.start()
	t.Cleanup(func() { s.end(syscall.SIGKILL) })
	return s
}

// start returns once the server says where it listens.
func (s *served) start() {
	s.t.Helper()
	s.cmd = exec.Command(program(s.t, "middlebrick"), "serve", "--data", s.dir, "--listen", "127.0.0.1:0", "--allow-private", "127.0.0.0/8", "--allow-port", "1024-65535", "--workers", "3")
	err, _ := s.cmd.StderrPipe()
	if wrong := s.cmd.Start(); wrong != nil {
		s.t.Fatal(wrong)
	}
	lines := bufio.NewScanner(err)
	for lines.Scan() {
		if _, rest, found := strings.Cut(lines.Text(), "serving the API at "); found {
			s.base, _, _ = strings.Cut(rest, ";")
			go func() { _, _ = io.Copy(io.Discard, err) }()
			return
		}
	}
	s.t.Fatal("the server ended before it served")
}

// end stops the server by that signal and gives its exit code.
func (s *served) end(signal syscall.Signal) int {
	_ = s.cmd.Process.Signal(signal)
	_ = s.cmd.Wait()
	return s.cmd.ProcessState.ExitCode()
}

// ask gives status and body; whatever the answer is, it is JSON.
func (s *served) ask(method, path, body string, headers ...string) (int, map[string]any) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.base+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("X-Api-Key", s.key)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, nil
	}
	var value map[string]any
	if resp.StatusCode != http.StatusNoContent && json.Unmarshal(text, &value) != nil || !strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json") && len(text) > 0 {
		s.t.Errorf("%s %s answers %d with what is no JSON: %.200s", method, path, resp.StatusCode, text)
	}
	return resp.StatusCode, value
}

// finished polls until the scan is over. The number of polls is bounded, and not
// the time that a loaded machine takes for one.
func (s *served) finished(id string) map[string]any {
	s.t.Helper()
	for range 1200 {
		status, scan := s.ask("GET", "/api/scans/"+id, "")
		if status == 200 && (scan["status"] == "completed" || scan["status"] == "failed") {
			return scan
		}
		time.Sleep(100 * time.Millisecond)
	}
	s.t.Fatalf("scan %s does not end", id)
	return nil
}

func (s *served) order(url string) string {
	status, answer := s.ask("POST", "/api/scan", fmt.Sprintf(`{"apiUrl":%q}`, url))
	if status != http.StatusAccepted {
		return ""
	}
	return fmt.Sprint(answer["scanId"])
}

func TestServedConversationIsTheClients(t *testing.T) {
	s := newServed(t)
	there := weak(t)["url"]
	done := s.finished(s.order(there))
	if done["status"] != "completed" || done["apiUrl"] != there || done["method"] != "GET" || done["letterGrade"] != "F" || done["completedAt"] == nil {
		t.Errorf("%v", done)
	}
	score, _ := done["categories"].(map[string]any)["Encryption"].(float64)
	if score >= 60 {
		t.Errorf("the demonstration scores %v", score)
	}
	first := done["findings"].([]any)[0].(map[string]any)
	for _, name := range []string{"id", "severity", "category", "title", "description", "remediation"} {
		if first[name] == "" || first[name] == nil {
			t.Errorf("a finding has no %s: %v", name, first)
		}
	}
	if status, full := s.ask("GET", "/v1/scans/"+fmt.Sprint(done["id"]), ""); status != 200 || full["schema"] != "middlebrick.scan/1.0" || full["id"] != done["id"] {
		t.Errorf("the full report: %d %v", status, full["schema"])
	}
	status, waited := s.ask("POST", "/v1/scan", fmt.Sprintf(`{"url":%q}`, there))
	if encryption, ok := waited["categories"].(map[string]any)["encryption"].(map[string]any); status != 200 || waited["grade"] != "F" || !ok || encryption["score"] == nil {
		t.Errorf("the documented answer: %d %v", status, waited)
	}
	status, list := s.ask("GET", "/api/scans?limit=1&status=completed", "")
	if line := list["scans"].([]any)[0].(map[string]any); status != 200 || list["total"] != 2.0 || line["riskScore"] == nil || line["errorMessage"] != nil {
		t.Errorf("the list: %d %v", status, list)
	}
	if status, _ := s.ask("DELETE", "/v1/scans/"+fmt.Sprint(done["id"]), ""); status != 204 {
		t.Errorf("deleting: %d", status)
	}
	if status, _ := s.ask("GET", "/api/scans/"+fmt.Sprint(done["id"]), ""); status != 404 {
		t.Errorf("what was deleted: %d", status)
	}
}

func TestServedErrorsAreJSON(t *testing.T) {
	s := newServed(t)
	for _, c := range []struct {
		method, path, body string
		key                string
		status             int
		code               string
	}{
		{"GET", "/api/scans", "", "mb_wrong", 401, "unauthorized"},
		{"GET", "/api/scans", "", "", 401, "unauthorized"},
		{"GET", "/api/scans?api_key=" + s.key, "", s.key, 401, "unauthorized"},
		{"GET", "/api/scans/nothing", "", s.key, 404, "not_found"},
		{"GET", "/api/scans?status=odd", "", s.key, 400, "invalid_request"},
		{"GET", "/nothing", "", s.key, 404, "not_found"},
		{"PUT", "/api/scan", "", s.key, 405, "method_not_allowed"},
		{"POST", "/api/scan", "{", s.key, 400, "invalid_json"},
		{"POST", "/api/scan", "{}", s.key, 400, "invalid_request"},
		{"POST", "/api/scan", `{"apiUrl":"` + strings.Repeat("x", 70_000) + `"}`, s.key, 413, "too_large"},
		{"POST", "/api/scan", `{"apiUrl":"https://api.example/","method":"DELETE"}`, s.key, 422, "method_refused"},
		{"POST", "/api/scan", `{"apiUrl":"http://169.254.169.254/latest"}`, s.key, 422, "blocked_by_policy"},
		{"POST", "/api/scan", `{"apiUrl":"http://10.0.0.1/"}`, s.key, 422, "blocked_by_policy"},
		{"POST", "/api/scan", `{"apiUrl":"ftp://api.example/"}`, s.key, 422, "invalid_target"},
		{"POST", "/api/scan", `{"apiUrl":"https://api.example/","headers":{"Host":"x"}}`, s.key, 400, "invalid_header"},
	} {
		status, answer := s.ask(c.method, c.path, c.body, "X-Api-Key", c.key)
		if status != c.status || answer["code"] != c.code || answer["error"] == "" || answer["error"] == nil {
			t.Errorf("%s %.60s %.60s: %d %v, want %d %s", c.method, c.path, c.body, status, answer, c.status, c.code)
		}
	}
}

func TestIdempotencyKeyGivesTheSameScan(t *testing.T) {
	s := newServed(t)
	body := `{"apiUrl":"http://127.0.0.1:8001/"}`
	_, first := s.ask("POST", "/api/scan", body, "Idempotency-Key", "one")
	_, again := s.ask("POST", "/api/scan", body, "Idempotency-Key", "one")
	status, other := s.ask("POST", "/api/scan", `{"apiUrl":"http://127.0.0.1:8002/"}`, "Idempotency-Key", "one")
	if first["scanId"] == nil || first["scanId"] != again["scanId"] || status != 422 || other["code"] != "idempotency_mismatch" {
		t.Errorf("%v, %v, %d %v", first, again, status, other)
	}
}

func TestSecondServerOnOneFolderIsRefused(t *testing.T) {
	s := newServed(t)
	out, err := exec.Command(program(t, "middlebrick"), "serve", "--data", s.dir, "--listen", "127.0.0.1:0").CombinedOutput()
	if err == nil || !bytes.Contains(out, []byte("another server uses")) {
		t.Errorf("%v: %s", err, out)
	}
}

func TestKeysDoWhatTheyMayUntilRevoked(t *testing.T) {
	s := newServed(t)
	out, err := exec.Command(program(t, "middlebrick"), "keys", "create", "reader", "--data", s.dir, "--scope", "scan:read", "--expires", "1d").Output()
	if err != nil {
		t.Fatal(err)
	}
	reader := strings.TrimSpace(string(out))
	if status, _ := s.ask("GET", "/api/scans", "", "X-Api-Key", reader); status != 200 {
		t.Errorf("a key for reading reads: %d", status)
	}
	for _, c := range [][2]string{{"POST", "/api/scan"}, {"POST", "/v1/scan"}, {"DELETE", "/v1/scans/x"}} {
		if status, answer := s.ask(c[0], c[1], "{}", "X-Api-Key", reader); status != 403 || answer["code"] != "insufficient_scope" {
			t.Errorf("%s %s: %d %v", c[0], c[1], status, answer)
		}
	}
	list, err := exec.Command(program(t, "middlebrick"), "keys", "list", "--data", s.dir).Output()
	if err != nil || bytes.Contains(list, []byte(reader)) || !bytes.Contains(list, []byte("reader")) {
		t.Fatalf("%v: %s", err, list)
	}
	id := strings.Fields(string(list))[0]
	if out, err := exec.Command(program(t, "middlebrick"), "keys", "revoke", id, "--data", s.dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if status, _ := s.ask("GET", "/api/scans", "", "X-Api-Key", reader); status != 401 {
		t.Errorf("a revoked key: %d", status)
	}
}

func TestServerSaysWhatToTypeInstead(t *testing.T) {
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"serve", "--listen", "0.0.0.0:0"}, 2, "--expose"},
		{[]string{"serve", "--database", "mysql://x"}, 2, "postgres://"},
		{[]string{"serve", "--allow-private", "ten"}, 2, "10.20.0.0/16"},
		{[]string{"serve", "--allow-port", "0"}, 2, "9000-9100"},
		{[]string{"serve", "--data", "/proc/none"}, 4, "--data"},
		{[]string{"work"}, 2, "PostgreSQL"},
		{[]string{"keys"}, 2, "keys create NAME"},
		{[]string{"keys", "create"}, 2, "keys create ci"},
		{[]string{"keys", "create", "x", "--expires", "yesterday"}, 2, "90d"},
		{[]string{"keys", "create", "x", "--scope", "all"}, 2, "scan:read"},
		{[]string{"keys", "revoke", "none"}, 2, "keys list"},
	} {
		args := append([]string{}, c.args...)
		if len(args) < 3 || args[1] != "--data" {
			args = append(args, "--data", t.TempDir())
		}
		if len(c.args) == 1 && c.args[0] == "keys" {
			args = c.args
		}
		cmd := exec.Command(program(t, "middlebrick"), args...)
		out, _ := cmd.CombinedOutput()
		if cmd.ProcessState.ExitCode() != c.code || !strings.Contains(string(out), c.says) {
			t.Errorf("%v: exit %d, want %d and %q: %s", c.args, cmd.ProcessState.ExitCode(), c.code, c.says, out)
		}
	}
}

// Whatever was accepted comes to its end, once, however often the server dies.
func TestAcceptedScansSurviveDeath(t *testing.T) {
	s := newServed(t)
	there := weak(t)["url"]
	accepted := map[string]map[string]any{}
	for i := range *deaths {
		for range 3 {
			if id := s.order(there); id != "" {
				accepted[id] = nil
			}
		}
		time.Sleep(time.Duration(rand.IntN(400)) * time.Millisecond)
		for id, known := range accepted {
			if status, scan := s.ask("GET", "/api/scans/"+id, ""); known == nil && status == 200 && scan["status"] == "completed" {
				accepted[id] = scan
			}
		}
		s.end(syscall.SIGKILL)
		s.start()
		if i%2 == 1 {
			if code := s.end(syscall.SIGTERM); code != 0 {
				t.Errorf("told to stop, the server ends with %d", code)
			}
			s.start()
		}
	}
	if len(accepted) < *deaths {
		t.Fatalf("only %d scans were accepted", len(accepted))
	}
	for id, known := range accepted {
		scan := s.finished(id)
		if scan["status"] == "failed" && scan["errorMessage"] != "the scan was begun twice and did not come to its end" {
			t.Errorf("%s: %v", id, scan["errorMessage"])
		}
		if known != nil && (scan["status"] != "completed" || scan["completedAt"] != known["completedAt"]) {
			t.Errorf("%s was finished twice: %v, %v", id, known["completedAt"], scan["completedAt"])
		}
	}
	if _, list := s.ask("GET", "/api/scans", ""); list["total"] != float64(len(accepted)) {
		t.Errorf("%v scans are kept, %d were accepted", list["total"], len(accepted))
	}
}
