// What the doctor says of each thing, and that it says no password.

package cli

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"middlebrick/report/render"
	"middlebrick/scan"
)

func TestNameserversAreReadFromTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "resolv.conf")
	if got := nameservers(path); got.State != "unknown" {
		t.Errorf("no file: %+v", got)
	}
	for text, want := range map[string]string{"# none\nsearch a.test\n": "warn", "nameserver 192.0.2.1\nnameserver 2001:db8::1\n": "ok"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := nameservers(path); got.State != want || want == "ok" && !strings.Contains(got.Says, "192.0.2.1, 2001:db8::1") {
			t.Errorf("%q: %+v", text, got)
		}
	}
}

func TestNoPasswordOfAProxyIsSaid(t *testing.T) {
	for value, want := range map[string]string{
		"http://proxy.test:3128":            "http://proxy.test:3128",
		"http://me:hunter2@proxy.test:3128": "http://me:xxxxx@proxy.test:3128",
		"me:hunter2@proxy.test:3128":        "(with a password)",
		"http://me:hunter2%@proxy.test":     "(with a password)",
	} {
		if got := masked(value); got != want {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
}

func TestOpenFilesAreEnoughOrNot(t *testing.T) {
	for limit, want := range map[int]string{0: "unknown", 40: "fail", 256: "warn", 4096: "ok"} {
		if got := openFiles(limit); got.State != want {
			t.Errorf("%d: %+v", limit, got)
		}
	}
}

func TestNamesAreResolvedAsAScanWould(t *testing.T) {
	b := newBench()
	b.engine.Locate = func(context.Context, scan.Request) ([]netip.Addr, error) {
		return []netip.Addr{netip.MustParseAddr("::ffff:192.0.2.1")}, nil
	}
	a := &app{Shell: b.Shell, engine: b.engine}
	got, err := a.named(context.Background(), "https://a.test/")
	if diff := cmp.Diff(render.Symptom{Name: "names", State: "ok", Says: "a.test is at 192.0.2.1, told in 0 ms"}, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	a.engine.Locate = func(context.Context, scan.Request) ([]netip.Addr, error) { return nil, errors.New("no such host") }
	if got, err := a.named(context.Background(), "https://a.test/"); err != nil || got.State != "fail" || !strings.Contains(got.Mend, "getent hosts a.test") {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestAClockBeforeTheProgramIsWrong(t *testing.T) {
	b := newBench()
	a := &app{Shell: b.Shell, engine: b.engine}
	a.Now = func() time.Time { return time.Time{}.Add(-time.Hour) }
	if got := a.clock(); got.State != "fail" {
		t.Errorf("%+v", got)
	}
}

func TestHistoryIsSwitchedByItsVariable(t *testing.T) {
	for _, c := range []struct {
		said, ci string
		want     bool
	}{{"", "", true}, {"", "true", false}, {"", "false", true}, {"on", "true", true}, {"off", "", false}, {"OFF", "", false}, {"maybe", "", false}} {
		b := newBench()
		b.Env = func(name string) string { return map[string]string{"MIDDLEBRICK_HISTORY": c.said, "CI": c.ci}[name] }
		a := &app{Shell: b.Shell, engine: b.engine}
		if got := a.remembers(); got != c.want || (c.said == "maybe") != strings.Contains(b.err.String(), "on or off") {
			t.Errorf("%+v: %v, %s", c, got, b.err.String())
		}
	}
}
