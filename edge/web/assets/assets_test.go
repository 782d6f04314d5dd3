// The files that are served are those that the sources make, and a browser may keep
// them.

package assets

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"middlebrick/edge/web/assets/internal/manifest"
)

func built(t *testing.T) manifest.Manifest {
	t.Helper()
	text, err := dist.ReadFile("dist/manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	var list manifest.Manifest
	if err := json.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	return list
}

func TestDistIsMadeOfTheseSources(t *testing.T) {
	from, err := manifest.From(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	if list := built(t); list.From != from {
		t.Errorf("dist is stale: made of %s, the sources are %s; run go generate ./edge/web/assets", list.From, from)
	}
}

func TestEveryFileBearsTheDigestOfItsContent(t *testing.T) {
	list := built(t)
	entries, err := dist.ReadDir("dist")
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != len(list.Files)+1 {
		t.Errorf("%d files in dist, and %d in its list", len(entries)-1, len(list.Files))
	}
	for called, name := range list.Files {
		text, err := dist.ReadFile("dist/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256(text); !strings.Contains(name, hex.EncodeToString(sum[:8])) {
			t.Errorf("%s: the content of %s is another", called, name)
		}
	}
}

func ask(method, path string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	Serve(w, r)
	return w
}

func TestFilesAreKeptForEverAndCompressed(t *testing.T) {
	for called := range built(t).Files {
		plain, tiny := ask("GET", Path(called)), ask("GET", Path(called), "Accept-Encoding", "br, gzip;q=0.8")
		zip, err := gzip.NewReader(tiny.Body)
		if err != nil {
			t.Fatal(called, err)
		}
		text, err := io.ReadAll(zip)
		if err != nil || !bytes.Equal(text, plain.Body.Bytes()) {
			t.Errorf("%s: compressed, it is another (%v)", called, err)
		}
		if kept := plain.Header().Get("Cache-Control"); !strings.Contains(kept, "immutable") {
			t.Errorf("%s: Cache-Control %q", called, kept)
		}
		if plain.Header().Get("ETag") == tiny.Header().Get("ETag") {
			t.Errorf("%s: one ETag for two bodies", called)
		}
		if again := ask("GET", Path(called), "If-None-Match", plain.Header().Get("ETag")); again.Code != http.StatusNotModified || again.Body.Len() > 0 {
			t.Errorf("%s: asked again, %d", called, again.Code)
		}
	}
	if refused := ask("GET", Path("app.js"), "Accept-Encoding", "gzip;q=0"); refused.Header().Get("Content-Encoding") != "" {
		t.Error("gzip was refused and sent")
	}
}

func TestNothingElseIsServed(t *testing.T) {
	for _, path := range []string{"/assets/", "/assets/manifest.json", "/assets/app.css", "/assets/../assets.go", "/assets/%2e%2e/assets.go"} {
		if got := ask("GET", path); got.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.Code)
		}
	}
}

// What the policy forbids stands in no script of ours.
func TestNoScriptWritesMarkupOrRunsText(t *testing.T) {
	forbidden := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function`)
	for called, name := range built(t).Files {
		text, err := dist.ReadFile("dist/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if found := forbidden.Find(text); found != nil {
			t.Errorf("%s has %s", called, found)
		}
	}
}

// The dashboard and the report's file have one palette.
func TestPaletteIsThatOfTheReport(t *testing.T) {
	ours, err := os.ReadFile("source/style/palette.css")
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := os.ReadFile("../../../report/render/page/page.css")
	if err != nil {
		t.Fatal(err)
	}
	light, dark, _ := strings.Cut(string(theirs), "@media screen and (prefers-color-scheme: dark)")
	dark, _, _ = strings.Cut(dark, "* {")
	value := regexp.MustCompile(`(--[a-z-]+): (#[0-9a-f]+)`)
	compared := 0
	for _, at := range value.FindAllStringSubmatch(light, -1) {
		darkly := regexp.MustCompile(at[1] + `: (#[0-9a-f]+)`).FindStringSubmatch(dark)
		if darkly == nil {
			t.Fatalf("the report has no dark %s", at[1])
		}
		compared++
		one, both := at[1]+": "+at[2]+";", at[1]+": light-dark("+at[2]+", "+darkly[1]+");"
		if !strings.Contains(string(ours), both) && (at[2] != darkly[1] || !strings.Contains(string(ours), one)) {
			t.Errorf("the report has %s", both)
		}
	}
	if compared < 15 {
		t.Errorf("only %d colours were compared", compared)
	}
}
