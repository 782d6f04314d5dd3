// The pages in Chromium: no accessibility violation and no sideways scrolling in
// both themes at every width, nothing that the policy refuses, and readable without
// a script.

package pages_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"middlebrick/edge/web/assets"
	"middlebrick/edge/web/pages"
)

var pictures = flag.String("pictures", "", "keep screenshots of the pages in this folder")

// axe is the text of axe-core, which scripts/setup fetches.
func axe(t *testing.T) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Skip("needs a cache folder")
	}
	text, err := os.ReadFile(filepath.Join(cache, "middlebrick", "axe-core-4.14.1.js"))
	if err != nil {
		t.Skip("needs axe-core, which scripts/setup fetches")
	}
	return string(text)
}

// reader is one browser tab with a server of all samples.
type reader struct {
	*testing.T
	tab  context.Context
	site string
}

// policed is kept by the page itself before anything of it runs.
const policed = `addEventListener("securitypolicyviolation", e => { (window.refused ||= []).push(e.violatedDirective + " refused " + e.blockedURI); });
	addEventListener("error", e => { (window.refused ||= []).push("error: " + e.message); });`

func open(t *testing.T) reader {
	t.Helper()
	bin, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("needs Debian package chromium")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	t.Cleanup(cancel)
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(bin), chromedp.NoSandbox, chromedp.UserDataDir(t.TempDir()), chromedp.Flag("disable-gpu", true))
	ctx, cancelAll := chromedp.NewExecAllocator(ctx, opts...)
	t.Cleanup(cancelAll)
	ctx, cancelOne := chromedp.NewContext(ctx)
	t.Cleanup(cancelOne)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("starting chromium: %v", err)
	}
	return reader{t, ctx, site(t)}
}

// site serves each sample under its name, as the dashboard does: with the policy.
func site(t *testing.T) string {
	t.Helper()
	all := samples(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, assets.Prefix) {
			assets.Serve(w, r)
			return
		}
		at := slices.IndexFunc(all, func(s sample) bool { return "/"+s.name == r.URL.Path })
		if at < 0 {
			http.NotFound(w, r)
			return
		}
		pages.Headers(w.Header())
		if err := pages.Render(w, all[at].shell, all[at].view); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// list evaluates a script that gives a list of texts in JSON.
func (r reader) list(script string) (texts []string) {
	r.Helper()
	said, err := chromedp.Run(r.tab, chromedp.Evaluate[string](script, chromedp.EvalAwaitPromise))
	if err != nil {
		r.Fatal(err)
	}
	if err := json.Unmarshal([]byte(said), &texts); err != nil {
		r.Fatalf("%q: %v", said, err)
	}
	return texts
}

func (r reader) call(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

func (r reader) theme(name string) {
	r.Helper()
	_, err := chromedp.Call(r.tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}}})
	r.call(err)
}

func (r reader) scripts(on bool) {
	r.Helper()
	_, err := chromedp.Call(r.tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
	r.call(err)
}

func (r reader) keep(name string) {
	r.Helper()
	if *pictures == "" {
		return
	}
	if strings.HasPrefix(name, "report-huge") {
		return // longer than a picture can be
	}
	image, err := chromedp.Run(r.tab, chromedp.FullScreenshot(100))
	r.call(err)
	r.call(os.WriteFile(filepath.Join(*pictures, name+".png"), image, 0o644))
}

const violations = `axe.run(document, {resultTypes: ["violations"]}).then(r => JSON.stringify(
	r.violations.flatMap(v => v.nodes.map(n => v.id + " at " + n.target.join(" ") + ": " + (n.failureSummary || "")))))`

const overflow = `JSON.stringify(document.documentElement.scrollWidth <= window.innerWidth ? [] :
	[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > window.innerWidth + 1).map(e => "too wide: " + e.tagName + "." + e.className).slice(0, 5).concat("too wide: the page"))`

const unfold = `[...document.querySelectorAll("main details")].forEach(e => e.open = true), "[]"`

// clipped are words that are cut off within a line of their own.
const refused = `JSON.stringify(window.refused || [])`

var widths = []int64{390, 768, 1280, 1920}

// slow are samples whose many nodes take axe long; their widths in between are left
// to the others, which have the same parts.
var slow = []string{"report-huge", "rules", "report-demo"}

func TestPagesAreAccessibleInBothThemesAndAllWidths(t *testing.T) {
	script := axe(t)
	r := open(t)
	for _, s := range samples(t) {
		t.Run(s.name, func(t *testing.T) {
			one := reader{t, r.tab, r.site}
			one.call(chromedp.Do(one.tab, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(one.site+"/"+s.name)))
			one.list(policed + script + `; "[]"`)
			for _, width := range widths {
				one.look(s.name, width)
			}
		})
	}
}

// look tries both themes at one width, folded and unfolded.
func (r reader) look(name string, width int64) {
	r.Helper()
	r.call(chromedp.Do(r.tab, chromedp.EmulateViewport(width, 900)))
	for _, theme := range []string{"light", "dark"} {
		r.theme(theme)
		seen := fmt.Sprintf("%s-%d-%s", name, width, theme)
		r.keep(seen)
		faults := r.list(overflow)
		if !slices.Contains(slow, name) || width == 390 {
			faults = append(faults, r.list(violations)...)
		}
		for _, fault := range faults {
			r.Errorf("%s: %s", seen, fault)
		}
	}
	r.list(unfold)
	for _, fault := range append(r.list(overflow), r.list(refused)...) {
		r.Errorf("%s at %d, unfolded: %s", name, width, fault)
	}
}

func TestPolicyRefusesNothingOfOurs(t *testing.T) {
	r := open(t)
	_, err := chromedp.Run(r.tab, chromedp.Evaluate[string](`"[]"`))
	r.call(err)
	for _, s := range samples(t) {
		r.call(chromedp.Do(r.tab, chromedp.Navigate(r.site+"/"+s.name)))
		for _, fault := range r.list(`new Promise(done => setTimeout(() => done(JSON.stringify(
			performance.getEntriesByType("resource").filter(e => e.responseStatus >= 400 && !e.name.endsWith("/events")).map(e => e.name).concat(
			[...document.styleSheets].length ? [] : ["no style sheet"], window.refused || [])), 0)))`) {
			t.Errorf("%s: %s", s.name, fault)
		}
	}
}

func TestPagesAreReadableWithoutAScript(t *testing.T) {
	r := open(t)
	r.scripts(false)
	for _, s := range samples(t) {
		r.call(chromedp.Do(r.tab, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(r.site+"/"+s.name)))
		text, err := chromedp.Run(r.tab, chromedp.Text("main"))
		r.call(err)
		if len(strings.Fields(text)) < 8 {
			t.Errorf("%s: without a script it says only %q", s.name, text)
		}
		if strings.HasPrefix(s.name, "history") || strings.HasPrefix(s.name, "live") {
			r.keep(s.name + "-without-script")
		}
	}
}
