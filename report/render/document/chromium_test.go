// The page in Chromium: no accessibility violation, no sideways scrolling, nothing
// loaded, in both themes and at both ends of the widths; and printed.

package document_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"middlebrick/report"
)

var pictures = flag.String("pictures", "", "keep screenshots of the page in this folder")

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

func chromium(t *testing.T) context.Context {
	t.Helper()
	bin, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("needs Debian package chromium")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Minute)
	t.Cleanup(cancel)
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(bin), chromedp.NoSandbox, chromedp.UserDataDir(t.TempDir()), chromedp.Flag("disable-gpu", true))
	ctx, cancelAll := chromedp.NewExecAllocator(ctx, opts...)
	t.Cleanup(cancelAll)
	ctx, cancelOne := chromedp.NewContext(ctx)
	t.Cleanup(cancelOne)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("starting chromium: %v", err)
	}
	return ctx
}

// written is a report's page in a file, as a file's address.
func written(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name+".html")
	if err := os.WriteFile(path, drawn(t, "html", fixture(t, name)), 0o644); err != nil {
		t.Fatal(err)
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}

// violations runs every rule of axe and gives each failure in a line.
const violations = `axe.run(document, {resultTypes: ["violations"]}).then(r => JSON.stringify(
	r.violations.flatMap(v => v.nodes.map(n => v.id + " at " + n.target.join(" ") + ": " + (n.failureSummary || "")))))`

// overflow names what is wider than the window.
const overflow = `JSON.stringify(document.documentElement.scrollWidth <= window.innerWidth ? [] :
	[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > window.innerWidth + 1).map(e => e.tagName + "." + e.className).slice(0, 5).concat("the page"))`

// loaded names what the page asked for beside itself.
const loaded = `JSON.stringify(performance.getEntriesByType("resource").map(e => "loaded " + e.name))`

// reader is one browser tab.
type reader struct {
	*testing.T
	tab context.Context
}

// open shows a page in a theme, on a window of that width.
func (r reader) open(address, theme string, width int64) {
	r.Helper()
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}}}
	if _, err := chromedp.Call(r.tab, emulation.SetEmulatedMedia, media); err != nil {
		r.Fatal(err)
	}
	if err := chromedp.Do(r.tab, chromedp.EmulateViewport(width, 900), chromedp.Navigate(address)); err != nil {
		r.Fatal(err)
	}
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

func (r reader) keep(name string) {
	r.Helper()
	if *pictures == "" {
		return
	}
	image, err := chromedp.Run(r.tab, chromedp.FullScreenshot(90))
	if err == nil {
		err = os.WriteFile(filepath.Join(*pictures, name+".jpg"), image, 0o644)
	}
	if err != nil {
		r.Fatal(err)
	}
}

// unfold opens every fold.
const unfold = `[...document.querySelectorAll("details")].forEach(e => e.open = true), "[]"`

// faults are what is wrong with the page, folded and unfolded.
func (r reader) faults(script string) []string {
	r.Helper()
	r.list(script + `; "[]"`)
	faults := append(r.list(overflow), r.list(loaded)...)
	r.list(unfold)
	return append(faults, append(r.list(violations), r.list(overflow)...)...)
}

func TestPageIsAccessibleInBothThemesAndAllWidths(t *testing.T) {
	script := axe(t)
	r := reader{t, chromium(t)}
	for _, name := range []string{"demo", "tls", "unreached", "hostile"} {
		address := written(t, name)
		for _, look := range []struct {
			theme string
			width int64
		}{{"light", 390}, {"dark", 390}, {"light", 1280}, {"dark", 1280}} {
			seen := fmt.Sprintf("%s-%d-%s", name, look.width, look.theme)
			r.open(address, look.theme, look.width)
			r.keep(seen)
			for _, fault := range r.faults(script) {
				t.Errorf("%s: %s", seen, fault)
			}
		}
	}
}

func TestAxeSeesWhatIsPlanted(t *testing.T) {
	script := axe(t)
	r := reader{t, chromium(t)}
	r.open(written(t, "good"), "light", 390)
	r.list(script + `; "[]"`)
	r.list(`document.querySelector("main").insertAdjacentHTML("beforeend", "<h6>x</h6><img src=x><p class=planted>pale</p><pre class=wide>wide</pre>"),
		document.querySelector(".planted").style.color = "#ddd", document.querySelector(".wide").style.width = "900px", "[]"`)
	found := strings.Join(append(r.list(violations), r.list(overflow)...), "\n")
	for _, wanted := range []string{"image-alt at img", "color-contrast at .planted", "heading-order at h6", "PRE.wide"} {
		if !strings.Contains(found, wanted) {
			t.Errorf("planted, and not seen: %s\n%s", wanted, found)
		}
	}
}

// A closed fold hides nothing on paper.
func TestPrintedPageHasEverything(t *testing.T) {
	r := reader{t, chromium(t)}
	for _, name := range []string{"demo", "good", "unreached"} {
		r.open(written(t, name), "dark", 1280)
		pdf, err := chromedp.Run(r.tab, chromedp.PrintToPDF())
		if err != nil {
			t.Fatal(err)
		}
		text := pdfText(t, pdf)
		report := fixture(t, name)
		for _, wanted := range append(titles(report), report.Attack.Sentence, "The scan, and what it cost") {
			if !strings.Contains(text, squeeze(wanted)) {
				t.Errorf("%s: printed, it does not say %q", name, wanted)
			}
		}
		for _, id := range report.Passed { // inside of a fold that is closed
			if !strings.Contains(text, squeeze(id)) {
				t.Errorf("%s: printed, the closed fold does not show %s", name, id)
			}
		}
	}
}

func titles(r report.Report) (all []string) {
	for _, f := range r.Findings {
		all = append(all, f.Title)
	}
	return all
}
