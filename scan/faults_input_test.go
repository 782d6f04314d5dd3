// Group A of the fault catalogue: what a user types.

package scan_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"middlebrick/edge/cli"
	"middlebrick/observe"
	"middlebrick/scan"
	"middlebrick/target"
)

var inputFaults = []fault{
	{id: "A01", prove: refuses("http://2130706433/", "http://127.1/", "http://0x7f.1/", "http://0177.0.0.1/", "http://0/")},
	{id: "A02", prove: refusesQuietly},
	{id: "A03", prove: refuses("file:///etc/passwd", "gopher://h/", "ftp://h/", "javascript:alert(1)", "//host", "http:127.0.0.1")},
	{id: "A04", prove: refuses("https://h:0/", "https://h:65536/", "https://h:99999/", "https://h:-1/")},
	{id: "A04 canonical", prove: means(map[string]string{"https://h:0443/": "https://h/"})},
	{id: "A05", prove: refuses("https://h/"+strings.Repeat("a", 64<<10), "https://h"+strings.Repeat("/a", 10000))},
	{id: "A06", prove: refuses("https://xn--/", "https://xn--a/")},
	{id: "A06 canonical", prove: means(map[string]string{
		"https://HOST.example./": "https://host.example/", "https://host.example/": "https://host.example/",
		"https://bücher.example/": "https://xn--bcher-kva.example/", "https://аррӏе.example/": "https://xn--80ak6aa92e.example/",
	})},
	{id: "A06 shown", prove: func(t *testing.T) {
		got, err := target.Parse("https://xn--bcher-kva.example/")
		if err != nil || got.Unicode != "bücher.example" {
			t.Errorf("%+v, %v: want the U-label beside the A-label", got, err)
		}
	}},
	{id: "A07", prove: means(map[string]string{
		"http://①②⑦.⓪.⓪.①/": "http://127.0.0.1/", "http://127。0。0。1/": "http://127.0.0.1/", "http://１２７.0.0.1/": "http://127.0.0.1/",
	})},
	{id: "A08", prove: refuses("https://h/\r\nX: y", "https://h/\x00", "https://h\n/", "https://h/a\x7f", "https://h/\x1b[2J")},
	{id: "A08 headers", prove: refusesTyped("-H", "X: a\r\nY: b", "-H", "X: a\x00b", "-H", "X: a\nb", "-H", "X\n: a")},
	{id: "A09", prove: refusesTyped("-H", "Host: h", "-H", "Content-Length: 5", "-H", "Transfer-Encoding: chunked", "-H", "a b: c", "-H", "Upgrade: h2c")},
	{id: "A10", prove: refusesTyped("--method", "POST", "--method", "PUT", "--method", "DELETE", "--method", "PATCH", "--method", "TRACE")},
}

func refuses(raws ...string) func(*testing.T) {
	return func(t *testing.T) {
		for _, raw := range raws {
			if got, err := target.Parse(raw); err == nil {
				t.Errorf("%.60q is taken for %s", raw, got.URL)
			}
		}
	}
}

func refusesQuietly(t *testing.T) {
	for _, raw := range []string{"https://user:hunter2secret@host/", "https://hunter2secret@host/", "http://u:hunter2secret@h:99999/"} {
		_, err := target.Parse(raw)
		if err == nil || strings.Contains(err.Error(), "hunter2secret") {
			t.Errorf("%q: %v", raw, err)
		}
		out := typed(t, raw)
		if out.code != 2 || out.scanned || strings.Contains(out.text, "hunter2secret") {
			t.Errorf("%q on the command line: %+v", raw, out)
		}
	}
}

// means holds that each is the other, canonical.
func means(urls map[string]string) func(*testing.T) {
	return func(t *testing.T) {
		for raw, want := range urls {
			if got, err := target.Parse(raw); err != nil || got.URL != want {
				t.Errorf("%q is taken for %q (%v), want %q", raw, got.URL, err, want)
			}
		}
	}
}

// refusesTyped holds that each pair of arguments ends with exit code 2 before
// anything is scanned.
func refusesTyped(args ...string) func(*testing.T) {
	return func(t *testing.T) {
		for i := 0; i < len(args); i += 2 {
			if out := typed(t, "https://h/", args[i], args[i+1]); out.code != 2 || out.scanned {
				t.Errorf("%s %q: %+v", args[i], args[i+1], out)
			}
		}
	}
}

type typedOut struct {
	code    int
	scanned bool
	text    string // of both outputs
}

// typed is what "middlebrick scan" does with those arguments.
func typed(t *testing.T, args ...string) typedOut {
	t.Helper()
	var text bytes.Buffer
	engine, out := cli.Local(), typedOut{}
	engine.Run = func(context.Context, scan.Request, func(scan.Event)) (*observe.Recording, error) {
		out.scanned = true
		return nil, errNoSuch
	}
	shell := cli.Shell{In: strings.NewReader(""), Out: &text, Err: &text, Env: func(string) string { return "" }, Now: time.Now, Version: "test"}
	out.code = cli.Main(t.Context(), append([]string{"scan"}, args...), shell, engine)
	out.text = text.String()
	return out
}
