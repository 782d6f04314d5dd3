// What the scripts add, in Chromium: keys, the theme, links to a finding, the chart,
// and a scan that is followed.

package pages_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"middlebrick/edge/web/assets"
	"middlebrick/edge/web/pages"
)

// sees waits until a script says true.
func (r reader) sees(what, script string) {
	r.Helper()
	if _, err := chromedp.Run(r.tab, chromedp.Poll[bool](script, chromedp.WithPollingTimeout(20e9))); err != nil {
		r.Errorf("never seen: %s (%v)", what, err)
	}
}

func (r reader) press(keys string) {
	r.Helper()
	r.call(chromedp.Do(r.tab, chromedp.KeyEvent(keys)))
}

func (r reader) visit(path string) {
	r.Helper()
	r.call(chromedp.Do(r.tab, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(r.site+path)))
	r.sees("the script at work", `document.readyState === "complete" && !document.querySelector("button[data-key]")?.hidden`)
}

func TestKeysLeadThroughAReport(t *testing.T) {
	r := open(t)
	r.visit("/report-demo")
	r.press("j")
	r.press("j")
	r.sees("the second finding in focus", `document.activeElement.closest("details") === document.querySelectorAll("details.finding")[1]`)
	r.press("k")
	r.press("e")
	r.sees("the first finding open", `document.querySelectorAll("details.finding")[0].open`)
	r.press("E")
	r.sees("all findings open", `[...document.querySelectorAll("details.finding")].every(e => e.open)`)
	r.press("?")
	r.sees("the list of keys", `document.getElementById("keys").matches(":popover-open")`)
	r.press("\x1b")
	r.sees("no list of keys", `!document.getElementById("keys").matches(":popover-open")`)
	r.visit("/home")
	r.press("/")
	r.sees("the box for an address in focus", `document.activeElement.id === "url"`)
	r.press("j")
	r.sees("a letter typed and not obeyed", `document.getElementById("url").value.endsWith("j") && document.activeElement.id === "url"`)
}

func TestLinkToAFindingOpensIt(t *testing.T) {
	r := open(t)
	r.visit("/report-flask#encryption.hstsmissing")
	r.sees("the finding open", `document.getElementById("encryption.hstsmissing").open`)
}

func TestThemeChangesWithoutLoadingAnew(t *testing.T) {
	r := open(t)
	r.visit("/home")
	r.list(`window.same = true, document.querySelector("details.mine").open = true, document.querySelector("button[value=dark]").click(), "[]"`)
	r.sees("the dark paper", `window.same && getComputedStyle(document.documentElement).backgroundColor === "rgb(17, 21, 28)"`)
	r.list(`document.querySelector("button[value=light]").click(), "[]"`)
	r.sees("the light paper", `window.same && getComputedStyle(document.documentElement).backgroundColor === "rgb(255, 255, 255)"`)
}

func TestCodeCanBeCopied(t *testing.T) {
	r := open(t)
	r.visit("/finding")
	r.list(`navigator.clipboard.writeText = async (text) => { window.taken = text; }, document.querySelector("figure .copy").click(), "[]"`)
	r.sees("the code taken", `window.taken === document.querySelector("figure code").textContent && window.taken.length > 0`)
}

func TestChartIsDrawnFromTheTable(t *testing.T) {
	r := open(t)
	r.visit("/history")
	r.sees("the chart", `document.querySelector("#chart canvas") && document.querySelector("#chart svg").hasAttribute("hidden") && !document.querySelector("#chart svg").checkVisibility()`)
	r.keep("history-drawn")
}

func TestScanIsFollowedToItsEnd(t *testing.T) {
	r := open(t)
	all := samples(t)
	live, report := all[0], all[0]
	for _, s := range all {
		if s.name == "live" {
			live = s
		}
	}
	steps, loads := make(chan string), 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		switch {
		case strings.HasPrefix(q.URL.Path, assets.Prefix):
			assets.Serve(w, q)
		case strings.HasSuffix(q.URL.Path, "/events"):
			stream(w, q, steps)
		case loads == 0:
			loads++
			show(t, w, live)
		default:
			show(t, w, report)
		}
	}))
	defer server.Close()
	defer close(steps)
	r.site = server.URL
	r.visit("/scans/01JDC7Q8")
	steps <- "id: 1\nevent: progress\ndata: {\"done\":40,\"planned\":48,\"says\":\"40 of 48 checks\",\"now\":\"<b>x\",\"checks\":[{\"key\":\"encryption\",\"sign\":\"✓\",\"says\":\"done\"}]}\n\n"
	r.sees("the bar moved", `document.getElementById("bar").getAttribute("aria-valuenow") === "40" && document.getElementById("counted").textContent === "40 of 48 checks"`)
	r.sees("the check done", `document.querySelector("[data-check=encryption] .says").textContent === "done"`)
	steps <- "id: 2\nevent: finding\ndata: {\"rule\":\"encryption.tls10\",\"severity\":\"high\",\"title\":\"<img src=x onerror=alert(1)>\"}\n\n"
	r.sees("the finding, as text", `document.getElementById("found-encryption.tls10")?.textContent.includes("<img src=x") && !document.querySelector("#found img")`)
	steps <- "id: 3\nevent: end\ndata: {}\n\n"
	r.call(chromedp.Do(r.tab, chromedp.WaitVisible(".verdict")))
}

func show(t *testing.T, w http.ResponseWriter, s sample) {
	pages.Headers(w.Header())
	if err := pages.Render(w, s.shell, s.view); err != nil {
		t.Error(err)
	}
}

// stream sends what comes, and ends with the reader or with the steps.
func stream(w http.ResponseWriter, q *http.Request, steps <-chan string) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.WriteHeader(http.StatusOK)
	w.(http.Flusher).Flush()
	for {
		select {
		case step, more := <-steps:
			if !more {
				return
			}
			fmt.Fprint(w, step)
			w.(http.Flusher).Flush()
		case <-q.Context().Done():
			return
		}
	}
}

// On paper every fold is open, every platform's fix is there, and nothing that only
// a screen can use.
func TestPrintedReportHasEverything(t *testing.T) {
	r := open(t)
	for _, name := range []string{"report-demo", "finding", "rule", "compliance"} {
		r.visit("/" + name)
		_, err := chromedp.Call(r.tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
		r.call(err)
		for _, fault := range r.list(`JSON.stringify(
			[...document.querySelectorAll(".panel, .finding .part, .fold > .body, h1")].filter(e => !e.checkVisibility({contentVisibilityAuto: true})).map(e => "not on paper: " + e.className + " " + e.textContent.slice(0, 30)).concat(
			[...document.querySelectorAll(".top, .foot, .copy, .acts-line, button:not(.tile)")].filter(e => e.checkVisibility()).map(e => "on paper: " + e.className + " " + e.textContent.slice(0, 30))))`) {
			t.Errorf("%s: %s", name, fault)
		}
		r.keep(name + "-printed")
	}
}
