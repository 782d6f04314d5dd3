// The quick loop with the real program: a server that gets mended, a terminal, and
// the shells that complete.

package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/creack/pty"
	"github.com/rogpeppe/go-internal/testscript"
)

// mendable serves a page over plain HTTP that sets a session cookie, with HttpOnly
// once it is mended.
func mendable(mended *atomic.Bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Set-Cookie", "session=abcdefghijklmnop0123456789; Path=/"+map[bool]string{true: "; HttpOnly"}[mended.Load()])
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<p>hello</p>")
	})
}

// mends NAME starts a server that the file "mended" in the work folder mends, and
// puts its address into the variable of that name.
func mends(ts *testscript.TestScript, _ bool, args []string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Setenv(args[0], listener.Addr().String())
	flag := ts.MkAbs("mended")
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var mended atomic.Bool
		_, err := os.Stat(flag)
		mended.Store(err == nil)
		mendable(&mended).ServeHTTP(w, r)
	})}
	go func() { _ = server.Serve(listener) }()
	ts.Defer(func() { server.Close() })
}

// screen reads what a program writes to a terminal.
type screen struct {
	t    *testing.T
	from *os.File
	all  strings.Builder
}

// until reads up to a text, and gives what came before it since the last call.
func (s *screen) until(text string) string {
	s.t.Helper()
	var got strings.Builder
	buffer := make([]byte, 4096)
	for !strings.Contains(got.String(), text) {
		n, err := s.from.Read(buffer)
		got.Write(buffer[:n])
		s.all.Write(buffer[:n])
		if err != nil {
			s.t.Fatalf("waiting for %q: %v; the screen:\n%s", text, err, s.all.String())
		}
	}
	return got.String()
}

func TestWatchAtATerminal(t *testing.T) {
	var mended atomic.Bool
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: mendable(&mended)}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { server.Close() })
	cmd := exec.Command("middlebrick", "scan", "http://"+listener.Addr().String()+"/", "--watch", "--no-history", "--no-color")
	cmd.Env = append(os.Environ(), "TERM=xterm", "LANG=C.UTF-8", "LC_ALL=", "COLUMNS=", "NO_COLOR=")
	terminal, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 50, Cols: 100})
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	s := &screen{t: t, from: terminal}
	const asks = "Enter scans again, q ends"
	if first := s.until(asks); strings.Contains(first, "SINCE") || !strings.Contains(first, "GRADE") {
		t.Errorf("the first report:\n%s", first)
	}
	mended.Store(true)
	_, _ = io.WriteString(terminal, "\r")
	second := s.until(asks)
	if moved, grade := strings.Index(second, "- FIXED"), strings.Index(second, "GRADE"); moved < 0 || grade < moved || !strings.Contains(second, "encryption.cookiehttponly") {
		t.Errorf("the second report does not begin with what was fixed:\n%s", second)
	}
	_, _ = io.WriteString(terminal, "q")
	if err := cmd.Wait(); err != nil {
		t.Errorf("q: %v", err)
	}
}

func TestCtrlCEndsAWatch(t *testing.T) {
	cmd := exec.Command("middlebrick", "scan", "http://127.0.0.1:1/", "--watch", "--no-history")
	terminal, err := pty.Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	s := &screen{t: t, from: terminal}
	s.until("q ends")
	_, _ = io.WriteString(terminal, "\x03")
	_ = cmd.Wait()
	if got := cmd.ProcessState.ExitCode(); got != 130 {
		t.Errorf("exit %d", got)
	}
}

// Each shell that is installed loads its completions and completes with them.
func TestShellsLoadTheirCompletions(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct{ shell, script string }{
		{"bash", `set -eu; source <(middlebrick completion bash); complete -p middlebrick >/dev/null
			_get_comp_words_by_ref() { words=("${COMP_WORDS[@]}") cword=1 cur=veri prev=middlebrick; } # of the package bash-completion
			compopt() { :; } # nobody is at the prompt
			COMP_WORDS=(middlebrick veri); COMP_CWORD=1; COMP_LINE="middlebrick veri"; COMP_POINT=${#COMP_LINE}; COMP_TYPE=9; COMP_KEY=9
			set +eu; __start_middlebrick; echo "${COMPREPLY[@]}"`},
		{"zsh", `autoload -U compinit; compinit -u -D; source <(middlebrick completion zsh); whence -w _middlebrick; print ${_comps[middlebrick]} verify`},
		{"fish", `middlebrick completion fish | source; complete -C "middlebrick veri"`},
		{"pwsh", `middlebrick completion powershell | Out-String | Invoke-Expression; (TabExpansion2 "middlebrick veri" 16).CompletionMatches.CompletionText`},
	} {
		path, err := exec.LookPath(c.shell)
		if err != nil {
			t.Logf("%s is not installed here", c.shell)
			continue
		}
		cmd := exec.Command(path, map[string][]string{"zsh": {"-f"}, "fish": {"--no-config"}, "pwsh": {"-NoProfile"}, "bash": {"--norc"}}[c.shell]...)
		cmd.Args = append(cmd.Args, "-c", c.script)
		cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_CONFIG_HOME="+dir, "XDG_DATA_HOME="+dir)
		var errs strings.Builder
		cmd.Stderr = &errs
		out, err := cmd.Output()
		if err != nil || !strings.Contains(string(out), "verify") || errs.Len() > 0 {
			t.Errorf("%s: %v\n%s%s", c.shell, err, out, errs.String())
		}
	}
}

// man(1) reads every page without a complaint.
func TestManualPagesAreReadable(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "man1")
	if out, err := exec.Command("middlebrick", "man", "--dir", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	pages, err := filepath.Glob(filepath.Join(dir, "*.1"))
	if err != nil || len(pages) < 15 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{".TH ", ".SH NAME", ".SH SYNOPSIS"} {
			if !strings.Contains(string(text), want) {
				t.Errorf("%s lacks %s", filepath.Base(page), want)
			}
		}
		complaints(t, page)
	}
}

func complaints(t *testing.T, page string) {
	t.Helper()
	groff, err := exec.LookPath("groff")
	if err != nil {
		return
	}
	if out, err := exec.Command(groff, "-man", "-Tutf8", "-ww", "-z", page).CombinedOutput(); err != nil {
		t.Errorf("%s: %v: %s", filepath.Base(page), err, fmt.Sprintf("%.300s", out))
	}
}
