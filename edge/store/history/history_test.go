// What is kept, what is let go, and what a broken file comes to.

package history

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"middlebrick/report/compare"
)

func scanAt(n int) compare.Snapshot {
	return compare.Snapshot{Schema: compare.SnapshotSchema, ID: fmt.Sprint(n), Target: "GET https://a.test/x", At: time.Unix(int64(n), 0).UTC()}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestTheLastScansAreKept(t *testing.T) {
	b := Open(t.TempDir())
	var want []compare.Snapshot
	for n := range MostScans + 5 {
		must(t, b.Keep(scanAt(n)))
		want = append(want, scanAt(n))
	}
	got, err := b.Scans("GET https://a.test/x")
	must(t, err)
	if diff := cmp.Diff(want[5:], got); diff != "" {
		t.Error(diff)
	}
	if none, err := b.Scans("GET https://b.test/"); err != nil || none != nil {
		t.Errorf("%v, %v", none, err)
	}
}

func TestFilesAreTheUsersAlone(t *testing.T) {
	b := Open(t.TempDir())
	must(t, b.Keep(scanAt(1)))
	for path, want := range map[string]os.FileMode{b.Dir(): 0o700, b.path("GET https://a.test/x"): 0o600} {
		info, err := os.Stat(path)
		must(t, err)
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %o, want %o", path, info.Mode().Perm(), want)
		}
	}
}

func TestBrokenFileIsSaidAndReplaced(t *testing.T) {
	for _, text := range []string{"", "{", `{"schema":"middlebrick.history/9"}`, `{"schema":"middlebrick.history/1","target":"GET https://b.test/"}`, strings.Repeat("x", MostBytes+1)} {
		b := Open(t.TempDir())
		must(t, os.MkdirAll(b.Dir(), 0o700))
		path := b.path("GET https://a.test/x")
		must(t, os.WriteFile(path, []byte(text), 0o600))
		if _, err := b.Scans("GET https://a.test/x"); err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "remove it") {
			t.Errorf("%.40q: %v", text, err)
		}
		must(t, b.Keep(scanAt(1)))
		if got, err := b.Scans("GET https://a.test/x"); err != nil || len(got) != 1 {
			t.Errorf("%.40q: %v, %v", text, got, err)
		}
	}
}

func TestFileStaysWithinItsBound(t *testing.T) {
	b := Open(t.TempDir())
	large := scanAt(1)
	large.Withheld = strings.Repeat("w", MostBytes/3)
	for range 5 {
		must(t, b.Keep(large))
	}
	if got, err := b.Scans(large.Target); err != nil || len(got) != 2 {
		t.Errorf("%d scans, %v", len(got), err)
	}
	large.Withheld = strings.Repeat("w", MostBytes)
	if err := b.Keep(large); err == nil {
		t.Error("a scan that is larger than the bound was kept")
	}
	if got, err := b.Scans(large.Target); err != nil || len(got) != 2 {
		t.Errorf("afterwards %d scans, %v", len(got), err)
	}
}

func TestTargetsBeyondTheBoundAreLetGo(t *testing.T) {
	b := Open(t.TempDir())
	must(t, os.MkdirAll(b.Dir(), 0o700))
	old := time.Unix(1e9, 0)
	for n := range MostTargets {
		path := filepath.Join(b.Dir(), fmt.Sprintf("%d.json", n))
		must(t, os.WriteFile(path, nil, 0o600))
		must(t, os.Chtimes(path, old, old.Add(time.Duration(n)*time.Second)))
	}
	must(t, os.WriteFile(filepath.Join(b.Dir(), ".1.tmp"), nil, 0o600))
	must(t, os.Chtimes(filepath.Join(b.Dir(), ".1.tmp"), old, old))
	must(t, b.Keep(scanAt(1)))
	files, err := b.files()
	must(t, err)
	if len(files) != MostTargets {
		t.Errorf("%d files", len(files))
	}
	if _, err := os.Stat(filepath.Join(b.Dir(), "0.json")); err == nil {
		t.Error("the oldest is still there")
	}
}

func TestManyWritersLeaveAWholeFile(t *testing.T) {
	b := Open(t.TempDir())
	var all sync.WaitGroup
	for n := range 16 {
		all.Go(func() { _ = b.Keep(scanAt(n)) })
	}
	all.Wait()
	if got, err := b.Scans("GET https://a.test/x"); err != nil || len(got) == 0 {
		t.Errorf("%v, %v", got, err)
	}
}

func TestFolderFollowsTheEnvironment(t *testing.T) {
	for _, c := range []struct {
		env  map[string]string
		want string
	}{
		{map[string]string{"XDG_STATE_HOME": "/s", "HOME": "/h"}, "/s/middlebrick"},
		{map[string]string{"XDG_STATE_HOME": "s", "HOME": "/h"}, "/h/.local/state/middlebrick"},
		{map[string]string{"HOME": "/h"}, "/h/.local/state/middlebrick"},
		{nil, ""},
	} {
		got, err := Folder(func(name string) string { return c.env[name] })
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%v: %q, %v", c.env, got, err)
		}
	}
}

func TestForgottenTargetIsGone(t *testing.T) {
	b := Open(t.TempDir())
	must(t, b.Keep(scanAt(1)))
	if was, err := b.Forget(scanAt(1).Target); !was || err != nil {
		t.Error(was, err)
	}
	if was, err := b.Forget(scanAt(1).Target); was || err != nil {
		t.Error(was, err)
	}
	if lasts, unread := b.Lasts(); len(lasts)+len(unread) > 0 {
		t.Error(lasts, unread)
	}
}

// No name of a target leads out of the folder.
func FuzzPath(f *testing.F) {
	for _, seed := range []string{"GET https://../../etc/passwd", "GET https://[::1]:443/", "", "GET https://a\x00b/"} {
		f.Add(seed)
	}
	b := Open("/state")
	f.Fuzz(func(t *testing.T, target string) {
		if got := b.path(target); filepath.Dir(got) != "/state/history" || strings.HasPrefix(filepath.Base(got), ".") || strings.ContainsRune(got, 0) {
			t.Errorf("%q leads to %q", target, got)
		}
	})
}
