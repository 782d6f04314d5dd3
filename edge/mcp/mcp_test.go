// The tools through the SDK's own client, in memory and over HTTP, against the
// local engine and targets on loopback.

package mcp

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.uber.org/goleak"

	"middlebrick/scan"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// joined is a client of a server of our own, in memory.
func joined(t *testing.T, o Options, e engine, client *sdk.ClientOptions) *sdk.ClientSession {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	d := newDesk(ctx, o, e)
	t.Cleanup(d.running.Wait)
	t.Cleanup(stop)
	ours, theirs := sdk.NewInMemoryTransports()
	serving, err := newServer(d, "test").Connect(ctx, ours, nil)
	if err != nil {
		t.Fatal(err)
	}
	session, err := sdk.NewClient(&sdk.Implementation{Name: "test", Version: "1"}, client).Connect(ctx, theirs, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { session.Close(); serving.Wait() })
	return session
}

func local() engine { return engine{scan.Run, scan.Judge} }

// app is a target that answers, over plain HTTP.
func app(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Set-Cookie", "session=0123456789abcdefABCDEF0123456789; Path=/")
		_, _ = w.Write([]byte(`{"ok":true}`))
	}))
	t.Cleanup(server.Close)
	return server.URL + "/v1/users"
}

// call calls a tool and reads its structured result into out; the text is given.
func call(t *testing.T, session *sdk.ClientSession, name string, args map[string]any, out any) string {
	t.Helper()
	result, err := session.CallTool(t.Context(), &sdk.CallToolParams{Name: name, Arguments: args})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if result.IsError {
		t.Fatalf("%s: %s", name, textOf(result))
	}
	data, _ := json.Marshal(result.StructuredContent)
	if err := json.Unmarshal(data, out); err != nil {
		t.Fatalf("%s: %v: %s", name, err, data)
	}
	return textOf(result)
}

func textOf(result *sdk.CallToolResult) string {
	var all []string
	for _, content := range result.Content {
		if text, ok := content.(*sdk.TextContent); ok {
			all = append(all, text.Text)
		}
	}
	return strings.Join(all, "\n")
}

// everyTool calls all seven as an agent would, and gives the scan.
func everyTool(t *testing.T, session *sdk.ClientSession, url string) Scan {
	t.Helper()
	var first, again, second Scan
	text := call(t, session, "scan_api", map[string]any{"url": url, "waitSeconds": 120}, &first)
	if first.Status != "completed" || first.Answer != "yes" || len(first.Findings) == 0 || first.Overall == nil {
		t.Fatalf("scan_api: %+v", first)
	}
	if !strings.Contains(text, "encryption.plainhttp") || !strings.Contains(text, "## Fix of") {
		t.Errorf("scan_api's text has neither finding nor fix:\n%s", text)
	}
	call(t, session, "get_scan", map[string]any{"scanId": first.ScanID}, &again)
	if diff := cmp.Diff(first, again); diff != "" {
		t.Errorf("get_scan tells another result than scan_api (-scan +get):\n%s", diff)
	}
	call(t, session, "scan_api", map[string]any{"url": url, "waitSeconds": 120}, &second)
	var listing Listing
	call(t, session, "list_scans", map[string]any{"limit": 1, "offset": 1, "status": "completed"}, &listing)
	if listing.Total != 2 || len(listing.Scans) != 1 || listing.Scans[0].ScanID != first.ScanID {
		t.Errorf("list_scans: %+v", listing)
	}
	var explained Explanation
	call(t, session, "explain_rule", map[string]any{"rule": "plainhttp"}, &explained)
	if explained.Rule != "encryption.plainhttp" || len(explained.Fixes) < 4 {
		t.Errorf("explain_rule: %+v", explained)
	}
	var rules Rules
	call(t, session, "list_rules", map[string]any{}, &rules)
	if rules.Total != len(scan.Rules()) || len(rules.Rules) != rules.Total {
		t.Errorf("list_rules: %d rules of %d", rules.Total, len(scan.Rules()))
	}
	var verified Verification
	call(t, session, "verify_finding", map[string]any{"rule": "encryption.plainhttp", "url": url}, &verified)
	if verified.Outcome != "present" || len(verified.Untrusted.Found) == 0 || verified.Remediation == "" {
		t.Errorf("verify_finding: %+v", verified)
	}
	var compared Comparison
	call(t, session, "compare_scans", map[string]any{"before": first.ScanID, "after": second.ScanID}, &compared)
	if len(compared.New)+len(compared.Fixed) > 0 || len(compared.Unchanged) == 0 {
		t.Errorf("compare_scans of two equal scans: %+v", compared)
	}
	return first
}

func TestEveryToolAnswersInMemory(t *testing.T) {
	everyTool(t, joined(t, Options{}, local(), nil), app(t))
}

func TestEveryToolSaysWhatItIs(t *testing.T) {
	session := joined(t, Options{}, local(), nil)
	listed, err := session.ListTools(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	open := map[string]bool{}
	for _, tool := range listed.Tools {
		if tool.Annotations == nil || !tool.Annotations.ReadOnlyHint || tool.Annotations.OpenWorldHint == nil || tool.Description == "" || tool.OutputSchema == nil {
			t.Errorf("%s lacks a hint, a description or an output schema", tool.Name)
			continue
		}
		open[tool.Name] = *tool.Annotations.OpenWorldHint
		if samples[tool.Name] == "" {
			t.Errorf("%s has no sample of its arguments", tool.Name)
			continue
		}
		var sample any
		if err := json.Unmarshal([]byte(samples[tool.Name]), &sample); err != nil {
			t.Error(err)
		}
		if err := compiled(t, tool.InputSchema).Validate(sample); err != nil {
			t.Errorf("%s: its own sample is wrong: %v", tool.Name, err)
		}
	}
	want := map[string]bool{"scan_api": true, "verify_finding": true, "get_scan": false, "list_scans": false, "explain_rule": false, "list_rules": false, "compare_scans": false}
	if diff := cmp.Diff(want, open); diff != "" {
		t.Errorf("tools and whether they reach the world (-want +got):\n%s", diff)
	}
	said := session.InitializeResult().Instructions
	for _, word := range []string{"UNTRUSTED", "Never follow", "scan_code"} {
		if !strings.Contains(said, word) {
			t.Errorf("the instructions do not say %q", word)
		}
	}
}

// compiled is a schema of a tool, read by a library that is not the SDK's.
func compiled(t *testing.T, schema any) *jsonschema.Schema {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("tool.json", schema); err != nil {
		t.Fatal(err)
	}
	read, err := compiler.Compile("tool.json")
	if err != nil {
		t.Fatal(err)
	}
	return read
}

// nullList is null in a member that is neither a score nor a time.
var nullList = regexp.MustCompile(`"(paths|rules|findings|notTested|passed|notApplicable|road|fix|fixes|stack|evidence|reproduce|references|scans|new|fixed|unchanged|unknown|found|cwe|pci|scores)":null`)

func TestResultsFitTheirSchemas(t *testing.T) {
	session := joined(t, Options{}, local(), nil)
	listed, err := session.ListTools(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	url := app(t)
	var done Scan
	call(t, session, "scan_api", map[string]any{"url": url}, &done)
	args := map[string]map[string]any{
		"scan_api": {"url": url}, "get_scan": {"scanId": done.ScanID}, "list_scans": {}, "explain_rule": {"rule": "encryption.plainhttp"}, "list_rules": {},
		"verify_finding": {"rule": "encryption.plainhttp", "url": url}, "compare_scans": {"before": done.ScanID, "after": done.ScanID},
	}
	for _, tool := range listed.Tools {
		result, err := session.CallTool(t.Context(), &sdk.CallToolParams{Name: tool.Name, Arguments: args[tool.Name]})
		if err != nil || result.IsError {
			t.Fatalf("%s: %v", tool.Name, err)
		}
		if err := compiled(t, tool.OutputSchema).Validate(result.StructuredContent); err != nil {
			t.Errorf("%s: %v", tool.Name, err)
		}
		if data, _ := json.Marshal(result.StructuredContent); nullList.Match(data) {
			t.Errorf("%s has null where a list belongs: %s", tool.Name, nullList.Find(data))
		}
	}
}

func TestWrongArgumentsAreToldWithTheirMend(t *testing.T) {
	session := joined(t, Options{}, local(), nil)
	for _, c := range []struct {
		tool string
		args map[string]any
		want []string
	}{
		{"scan_api", map[string]any{}, []string{"url", `Write it as: scan_api {"url": "https://api.example.com/v1/users"}`}},
		{"scan_api", map[string]any{"ulr": "https://a.test"}, []string{"ulr", "Write it as"}},
		{"scan_api", map[string]any{"url": 7}, []string{"string", "Write it as"}},
		{"scan_api", map[string]any{"url": "api.example.com"}, []string{"has no scheme; write https://api.example.com"}},
		{"scan_api", map[string]any{"url": "ftp://api.example.com"}, []string{"use https:// or http://"}},
		{"scan_api", map[string]any{"url": "https://me:hunter2@api.example.com"}, []string{"leave them out"}},
		{"scan_api", map[string]any{"url": "https://a.test", "method": "DELETE"}, []string{"use GET, HEAD or OPTIONS"}},
		{"scan_api", map[string]any{"url": "https://a.test", "waitSeconds": 1000}, []string{"from 0 to 120"}},
		{"get_scan", map[string]any{"scanId": "nothing"}, []string{`no scan "nothing"`, "list_scans"}},
		{"list_scans", map[string]any{"limit": 0}, []string{"from 1 to 100"}},
		{"list_scans", map[string]any{"offset": -1}, []string{"negative"}},
		{"list_scans", map[string]any{"status": "done"}, []string{"there are queued, processing, completed"}},
		{"explain_rule", map[string]any{"rule": "encryption.plain"}, []string{"did you mean encryption.plainhttp"}},
		{"explain_rule", map[string]any{"rule": "zzz"}, []string{"list_rules tells all of them"}},
		{"explain_rule", map[string]any{"rule": " "}, []string{"the rule is missing"}},
		{"list_rules", map[string]any{"check": "encrypt"}, []string{"there are authentication, bola"}},
		{"list_rules", map[string]any{"severity": "bad"}, []string{"there are critical, high"}},
		{"verify_finding", map[string]any{"rule": "encryption.plainhttp", "url": "x"}, []string{"write https://x"}},
		{"compare_scans", map[string]any{"before": "a", "after": "b"}, []string{`no scan "a"`}},
	} {
		result, err := session.CallTool(t.Context(), &sdk.CallToolParams{Name: c.tool, Arguments: c.args})
		if err != nil {
			t.Errorf("%s %v: %v", c.tool, c.args, err)
			continue
		}
		text := textOf(result)
		lacks := slices.DeleteFunc(slices.Clone(c.want), func(word string) bool { return strings.Contains(text, word) })
		if !result.IsError || len(lacks) > 0 || strings.Contains(text, "hunter2") {
			t.Errorf("%s %v: error %v, lacks %q:\n%s", c.tool, c.args, result.IsError, lacks, text)
		}
	}
}

func TestProgressIsToldToWhoGaveAToken(t *testing.T) {
	b := &bench{release: make(chan struct{})}
	var lock sync.Mutex
	var told []float64
	session := joined(t, Options{}, b.engine(), &sdk.ClientOptions{ProgressNotificationHandler: func(_ context.Context, req *sdk.ProgressNotificationClientRequest) {
		lock.Lock()
		defer lock.Unlock()
		told = append(told, req.Params.Progress)
		if req.Params.ProgressToken == "mine" && req.Params.Total == 2 {
			close(b.release) // the scan does not end before this was told
		}
	}})
	params := &sdk.CallToolParams{Name: "scan_api", Arguments: map[string]any{"url": "http://127.0.0.1:1"}}
	params.SetProgressToken("mine")
	if _, err := session.CallTool(t.Context(), params); err != nil {
		t.Fatal(err)
	}
	lock.Lock()
	defer lock.Unlock()
	if told[len(told)-1] != 1 || !slices.IsSorted(told) || len(slices.Compact(slices.Clone(told))) != len(told) {
		t.Errorf("progress %v; it must grow from notice to notice", told)
	}
}
