// A list whose run is killed: the next run scans the rest, and the file of results
// ends up with each target once.

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// rowOf starts that many servers, one on each address from 127.3.0.1 on, all on
// one port, and gives their URLs.
func rowOf(t *testing.T, count int) (urls []string) {
	t.Helper()
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "hello")
	})}
	port := "0"
	for n := 1; n <= count; n++ {
		listener, err := net.Listen("tcp", fmt.Sprintf("127.3.0.%d:%s", n, port))
		if err != nil {
			t.Fatal(err)
		}
		_, port, _ = net.SplitHostPort(listener.Addr().String())
		urls = append(urls, "http://"+listener.Addr().String()+"/")
		go func() { _ = server.Serve(listener) }()
	}
	t.Cleanup(func() { server.Close() })
	return urls
}

func TestKilledListGoesOn(t *testing.T) {
	const count = 120
	urls := rowOf(t, count)
	dir := t.TempDir()
	list, results := filepath.Join(dir, "list.txt"), filepath.Join(dir, "results.ndjson")
	if err := os.WriteFile(list, []byte(strings.Join(urls, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func() *exec.Cmd {
		return exec.Command("middlebrick", "scan", "--list", list, "--in-flight", "4", "--resume", results, "-o", "ndjson="+results, "--save-dir", filepath.Join(dir, "kept"))
	}
	kills := 0
	for ; kills < 3; kills++ {
		first := run()
		if err := first.Start(); err != nil {
			t.Fatal(err)
		}
		follow(t, results, 8*(kills+1))
		if err := first.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = first.Wait()
	}
	if out, err := run().CombinedOutput(); err != nil {
		t.Fatalf("the last run: %v\n%s", err, out)
	}
	text, err := os.ReadFile(results)
	if err != nil {
		t.Fatal(err)
	}
	times, last := map[string]int{}, map[string]any{}
	for n, line := range bytes.Split(bytes.TrimSpace(text), []byte("\n")) {
		clear(last)
		if err := json.Unmarshal(line, &last); err != nil {
			t.Fatalf("line %d of the results: %v: %q", n+1, err, line)
		}
		if last["kind"] == "report" {
			times[last["apiUrl"].(string)]++
		}
	}
	for _, url := range urls {
		if times[url] != 1 {
			t.Errorf("%s stands in the results %d times", url, times[url])
		}
	}
	if resumed := last["resumed"].(float64); last["kind"] != "summary" || resumed < 8*float64(kills) || resumed >= count {
		t.Errorf("the last run's summary: %v", last)
	}
}

// follow watches the file grow until it has that many whole lines.
func follow(t *testing.T, path string, lines int) {
	t.Helper()
	for t.Context().Err() == nil {
		text, err := os.ReadFile(path)
		if err == nil && bytes.Count(text, []byte("\n")) >= lines {
			return
		}
		runtime.Gosched()
	}
}
