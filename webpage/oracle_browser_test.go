// Chromium as a witness: one browser over the whole corpus, driven through
// the DevTools protocol.

package webpage_test

import (
	"context"
	"fmt"
	"maps"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// event is one thing that Chromium said about one URL.
type event struct {
	URL     string
	Mixed   string // a request's mixedContentType
	Status  string // a MixedContentIssue's resolutionStatus
	Kind    string // its resourceType
	Failure string // why a load failed
}

// tab drives one browser tab and collects its events.
type tab struct {
	ctx context.Context

	mu      sync.Mutex
	changed chan struct{}
	pending map[network.RequestID]string
	urls    map[network.RequestID]string
	events  []event
}

// startBrowser starts Chromium with every name in the world resolving to the
// site. It looks at pages as they are: without the preload scanner, which
// guesses ahead of the parser, guesses wrong at times and depends on timing.
func startBrowser(t *testing.T, s *site) context.Context {
	t.Helper()
	bin, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("needs Debian package chromium")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(bin), chromedp.NoSandbox,
		chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-gpu", true),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-domain-reliability", true),
		chromedp.Flag("disable-site-isolation-trials", true),
		chromedp.Flag("disable-features", "Translate,IsolateOrigins,site-per-process,OptimizationHints,AutofillServerCommunication"),
		chromedp.Flag("blink-settings", "doHtmlPreloadScanning=false"),
		chromedp.Flag("ignore-certificate-errors-spki-list", s.spki),
		chromedp.Flag("host-resolver-rules", fmt.Sprintf("MAP * 127.0.0.1:%s", s.port)),
	)
	ctx, cancel := context.WithTimeout(context.Background(), 8*time.Minute)
	t.Cleanup(cancel)
	ctx, cancelAlloc := chromedp.NewExecAllocator(ctx, opts...)
	t.Cleanup(cancelAlloc)
	ctx, cancelBrowser := chromedp.NewContext(ctx)
	t.Cleanup(cancelBrowser)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("starting chromium: %v", err)
	}
	return ctx
}

func newTab(t *testing.T, browser context.Context) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser)
	t.Cleanup(cancel)
	b := &tab{
		ctx: ctx, changed: make(chan struct{}, 1),
		pending: map[network.RequestID]string{}, urls: map[network.RequestID]string{},
	}
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("opening a tab: %v", err)
	}
	if err := chromedp.Listen(ctx, b.hear); err != nil {
		t.Fatalf("listening to a tab: %v", err)
	}
	if _, err := chromedp.Call(ctx, audits.Enable, cdp.Empty{}); err != nil {
		t.Fatalf("enabling audits: %v", err)
	}
	return b
}

func (b *tab) hear(ev any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch ev := ev.(type) {
	case *network.EventRequestWillBeSent:
		b.urls[ev.RequestID] = ev.Request.URL + ev.Request.URLFragment
		b.pending[ev.RequestID] = ev.Request.URL
		b.events = append(b.events, event{URL: b.urls[ev.RequestID], Mixed: string(ev.Request.MixedContentType)})
	case *network.EventLoadingFailed:
		why := string(ev.BlockedReason)
		if why == "" {
			why = ev.ErrorText
		}
		b.events = append(b.events, event{URL: b.urls[ev.RequestID], Failure: why})
		delete(b.pending, ev.RequestID)
	case *network.EventLoadingFinished:
		delete(b.pending, ev.RequestID)
	case *audits.EventIssueAdded:
		if d := ev.Issue.Details.MixedContentIssueDetails; d != nil {
			b.events = append(b.events, event{URL: d.InsecureURL, Status: string(d.ResolutionStatus), Kind: string(d.ResourceType)})
		}
	}
	select {
	case b.changed <- struct{}{}:
	default:
	}
}

// visit opens a page, clicks on it where asked, and waits until all is quiet.
func (b *tab) visit(url, click string) ([]event, error) {
	b.mu.Lock()
	b.events = nil
	clear(b.pending)
	b.mu.Unlock()
	if err := chromedp.Do(b.ctx, chromedp.Navigate(url)); err != nil {
		return nil, fmt.Errorf("opening %s: %w", url, err)
	}
	// Two frames are drawn: style is applied and what it needs is asked for.
	// A page that is about to go elsewhere draws none.
	const drawn = `Promise.race([new Promise(r=>setTimeout(r,5000)),` +
		`new Promise(r=>requestAnimationFrame(()=>requestAnimationFrame(()=>setTimeout(r,0))))])`
	steps := []string{drawn}
	if click != "" {
		steps = []string{drawn, `document.querySelector("` + click + `").click()`, drawn, drawn}
	}
	for _, js := range steps {
		err := chromedp.Do(b.ctx, chromedp.Evaluate[chromedp.Void](js, chromedp.EvalAwaitPromise))
		if err != nil && !strings.Contains(err.Error(), "navigated") {
			return nil, fmt.Errorf("settling %s: %w", url, err)
		}
	}
	return b.quiet()
}

// quiet waits for the requests that are under way. A request that waits for a
// permission which nobody gives is not waited for.
func (b *tab) quiet() ([]event, error) {
	patience := time.After(3 * time.Second)
	for {
		b.mu.Lock()
		waiting := maps.Clone(b.pending)
		events := b.events
		b.mu.Unlock()
		maps.DeleteFunc(waiting, func(_ network.RequestID, url string) bool { return asksPermission(url) })
		if len(waiting) == 0 {
			return events, nil
		}
		select {
		case <-b.changed:
		case <-patience:
			return events, nil
		case <-b.ctx.Done():
			return nil, b.ctx.Err()
		}
	}
}

// asksPermission says whether Local Network Access stops a request for a
// prompt, which a headless browser never answers.
func asksPermission(url string) bool {
	return strings.Contains(url, "://10.") || strings.Contains(url, ".local/") || strings.Contains(url, "data:")
}
