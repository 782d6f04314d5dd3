// How the action gets its program: built, or downloaded and checked.

package main

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

func TestActionBuildsItselfWhereGoIs(t *testing.T) {
	r := onPullRequest(t, nil)
	r.bin = ""
	out := r.run(map[string]string{"url": "http://127.0.0.1:1", "version": "source"})
	if out.exit != 3 || out.outputs["outcome"] != "no-verdict" || !strings.Contains(out.log, "built from the action's own commit") {
		t.Error(out.String())
	}
}

// A release is run where its sum is right, from the cache too; and never
// otherwise.
func TestActionRunsNoDownloadThatItCannotCheck(t *testing.T) {
	released := []byte("#!/bin/sh\necho \"outcome=passed\" >>\"$GITHUB_OUTPUT\"\n")
	var served atomic.Int32
	mirror := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		served.Add(1)
		if strings.HasPrefix(r.URL.Path, "/middlebrick/middlebrick/releases/download/v1.2.3/middlebrick_1.2.3_linux_") {
			_, _ = w.Write(released)
			return
		}
		http.NotFound(w, r)
	}))
	defer mirror.Close()
	line := fmt.Sprintf("%x  middlebrick_1.2.3_linux_%s\n", sha256.Sum256(released), arch(t))
	cache := t.TempDir()
	for _, c := range []struct {
		name, sums, version string
		exit                int
		downloads           int32
		says                string
	}{
		{"listed", line, "v1.2.3", 0, 1, "SHA-256 checked"},
		{"again", line, "1.2.3", 0, 0, "from this runner's cache"},
		{"other bytes", strings.Repeat("0", 64) + line[64:], "1.2.3", 4, 1, "it is not run"},
		{"not listed", "", "1.2.3", 4, 0, "does not list"},
		{"not there", strings.ReplaceAll(line, "1.2.3", "1.2.4"), "1.2.4", 4, 1, "downloading"},
		{"no version", line, "../../1.2.3", 4, 0, "not a version"},
	} {
		t.Run(c.name, func(t *testing.T) {
			served.Store(0)
			r := onPullRequest(t, nil)
			r.bin, r.path = "", checkout(t, c.sums)
			r.env = map[string]string{"GITHUB_SERVER_URL": mirror.URL, "RUNNER_TOOL_CACHE": cache}
			out := r.run(map[string]string{"url": "http://127.0.0.1:1", "version": c.version})
			said := out.log + fmt.Sprint(out.annotations)
			if out.exit != c.exit || served.Load() != c.downloads || !strings.Contains(said, c.says) || (out.outputs["outcome"] == "passed") != (c.exit == 0) {
				t.Errorf("%d downloads; %s", served.Load(), out.String())
			}
		})
	}
}

// Where a build is not possible the newest release of the list is taken.
func TestActionTakesAReleaseWhereItCannotBeBuilt(t *testing.T) {
	broken := t.TempDir()
	if err := os.WriteFile(filepath.Join(broken, "go"), []byte("#!/bin/sh\nexit 1\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ version, sums, says string }{
		{"", "", "lists no release"},
		{"", strings.Repeat("0", 64) + "  middlebrick_1.2.3_linux_" + arch(t) + "\n", "downloading middlebrick_1.2.3_linux_"},
		{"source", "", "from source failed"},
	} {
		r := onPullRequest(t, nil)
		r.bin, r.path = "", checkout(t, c.sums)
		r.env = map[string]string{"GITHUB_SERVER_URL": "http://127.0.0.1:1", "PATH": broken + ":" + os.Getenv("PATH")}
		out := r.run(map[string]string{"url": "http://127.0.0.1:1", "version": c.version})
		if out.exit != 4 || out.outputs["outcome"] != "error" || !strings.Contains(fmt.Sprint(out.annotations), c.says) {
			t.Errorf("want %q: %s", c.says, out.String())
		}
	}
}

// checkout is the action as a runner has it, with other sums.
func checkout(t *testing.T, sums string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "_actions/middlebrick/middlebrick/0123456789abcdef")
	script, err := os.ReadFile("../../scripts/action-binary")
	if err == nil {
		err = os.MkdirAll(filepath.Join(dir, "scripts"), 0o700)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "scripts/action-binary"), script, 0o700)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "SHA256SUMS"), []byte("# released\n"+sums), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// arch is this machine as releases call it.
func arch(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("uname", "-m").Output()
	if err != nil {
		t.Fatal(err)
	}
	return map[string]string{"x86_64": "amd64", "aarch64": "arm64"}[strings.TrimSpace(string(out))]
}
