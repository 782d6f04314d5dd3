// Scans wait their turn, are bounded, end when told to, and break alone.

package mcp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"middlebrick/observe"
	"middlebrick/report"
	"middlebrick/rule"
	"middlebrick/scan"
	"middlebrick/target"
)

// bench is an engine whose scans end when the test says so.
type bench struct {
	atOnce, most atomic.Int64
	release      chan struct{}
}

func (b *bench) engine() engine {
	return engine{
		run: func(ctx context.Context, req scan.Request, tell func(scan.Event)) (*observe.Recording, error) {
			now := b.atOnce.Add(1)
			defer b.atOnce.Add(-1)
			for most := b.most.Load(); now > most && !b.most.CompareAndSwap(most, now); most = b.most.Load() {
			}
			tell(scan.Event{Kind: "probe", Done: 1, Total: 2})
			select {
			case <-b.release:
			case <-ctx.Done():
			}
			rec := observe.NewRecorder(observe.Header{Target: req.Target}, time.Now, nil)
			return rec.Finish(ctx.Err() != nil, observe.Cost{}), nil
		},
		judge: scan.Judge,
	}
}

func ordered(t *testing.T, d *desk) (*visit, error) {
	t.Helper()
	req, err := requestFor("http://127.0.0.1:1/", "")
	if err != nil {
		t.Fatal(err)
	}
	return d.order(req, false)
}

func TestTwoScansRunTwentyWaitAndTheNextIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		b := &bench{release: make(chan struct{})}
		d := newDesk(ctx, Options{}, b.engine())
		for range mostAtOnce + mostWaiting {
			if _, err := ordered(t, d); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		if _, err := ordered(t, d); err == nil || !strings.Contains(err.Error(), "20 scans wait already") {
			t.Errorf("one too many: %v", err)
		}
		if now := b.atOnce.Load(); now != mostAtOnce {
			t.Errorf("%d scans run, want %d", now, mostAtOnce)
		}
		close(b.release)
		d.running.Wait()
		if most := b.most.Load(); most != mostAtOnce {
			t.Errorf("%d scans ran at once, want %d", most, mostAtOnce)
		}
		if _, err := ordered(t, d); err != nil {
			t.Errorf("after the rest: %v", err)
		}
		stop()
		d.running.Wait()
		if _, err := ordered(t, d); err == nil {
			t.Error("a server that ends took a scan in")
		}
	})
}

func TestTheLatestHundredAreKept(t *testing.T) {
	b := &bench{release: make(chan struct{})}
	close(b.release)
	d := newDesk(t.Context(), Options{}, b.engine())
	var first, last *visit
	for range mostKept + 7 {
		v, err := ordered(t, d)
		if err != nil {
			t.Fatal(err)
		}
		<-v.done
		if first == nil {
			first = v
		}
		last = v
	}
	d.running.Wait()
	if kept := len(d.all()); kept != mostKept || d.all()[0].ScanID != last.told.ScanID {
		t.Errorf("%d scans are kept, want the latest %d", kept, mostKept)
	}
	if _, err := d.find(first.told.ScanID); err == nil {
		t.Error("the first is still kept")
	}
}

func TestWhoDoesNotWaitGetsTheResultLater(t *testing.T) {
	b := &bench{release: make(chan struct{})}
	session := joined(t, Options{}, b.engine(), nil)
	var told Scan
	text := call(t, session, "scan_api", map[string]any{"url": "http://127.0.0.1:1", "waitSeconds": 0}, &told)
	if told.over() || told.CompletedAt != nil || !strings.Contains(text, "Ask get_scan") {
		t.Errorf("told %+v", told)
	}
	close(b.release)
	for !told.over() {
		call(t, session, "get_scan", map[string]any{"scanId": told.ScanID}, &told)
	}
	if told.CompletedAt == nil {
		t.Errorf("in the end %+v", told)
	}
}

// A client that cancels its call ends the scan; what was seen is kept and says that
// it is a part.
func TestCancelledScanIsPartial(t *testing.T) {
	b := &bench{release: make(chan struct{})}
	begun := make(chan struct{}, 8)
	session := joined(t, Options{}, b.engine(), &sdk.ClientOptions{ProgressNotificationHandler: func(_ context.Context, req *sdk.ProgressNotificationClientRequest) {
		if req.Params.Progress > 0 {
			begun <- struct{}{}
		}
	}})
	ctx, cancel := context.WithCancelCause(t.Context())
	params := &sdk.CallToolParams{Name: "scan_api", Arguments: map[string]any{"url": "http://127.0.0.1:1"}}
	params.SetProgressToken(1)
	go func() {
		<-begun
		cancel(errors.New("the user does not want to wait"))
	}()
	if result, err := session.CallTool(ctx, params); err == nil {
		t.Fatalf("a cancelled call was answered: %s", textOf(result))
	}
	var listing Listing
	for listing.Total == 0 {
		call(t, session, "list_scans", map[string]any{"status": "interrupted"}, &listing)
	}
	var told Scan
	text := call(t, session, "get_scan", map[string]any{"scanId": listing.Scans[0].ScanID}, &told)
	if told.Status != "interrupted" || !told.Partial || told.Overall != nil || len(told.NotTested) == 0 || !strings.Contains(text, "a partial result") {
		t.Errorf("told %+v", told)
	}
}

func TestBrokenScanBreaksAlone(t *testing.T) {
	e := engine{run: func(context.Context, scan.Request, func(scan.Event)) (*observe.Recording, error) { panic("boom") }, judge: scan.Judge}
	session := joined(t, Options{}, e, nil)
	for range 3 {
		var told Scan
		call(t, session, "scan_api", map[string]any{"url": "http://127.0.0.1:1"}, &told)
		if told.Status != string(report.Failed) || !strings.Contains(told.Untrusted.Trouble, "a fault of middlebrick") {
			t.Errorf("told %+v", told)
		}
	}
}

func TestUnreachableTargetIsFailedAndHasNoScore(t *testing.T) {
	session := joined(t, Options{}, local(), nil)
	var told Scan
	call(t, session, "scan_api", map[string]any{"url": "http://127.0.0.1:1"}, &told)
	if told.Status != "failed" || told.Overall != nil || told.Untrusted.Trouble == "" {
		t.Errorf("told %+v", told)
	}
	var verified Verification
	call(t, session, "verify_finding", map[string]any{"rule": "encryption.plainhttp", "url": "http://127.0.0.1:1"}, &verified)
	if verified.Outcome != "unknown" || verified.Untrusted.Why == "" {
		t.Errorf("verified %+v", verified)
	}
}

func TestPublicOnlyLeavesThisMachineAlone(t *testing.T) {
	session := joined(t, Options{PublicOnly: true}, local(), nil)
	url := app(t)
	var told Scan
	call(t, session, "scan_api", map[string]any{"url": url}, &told)
	if told.Status != "failed" || len(told.Findings) > 0 || !strings.Contains(told.Untrusted.Trouble, "may not be scanned") {
		t.Errorf("told %+v", told)
	}
	d := newDesk(t.Context(), Options{PublicOnly: true}, engine{judge: scan.Judge, run: func(_ context.Context, req scan.Request, _ func(scan.Event)) (*observe.Recording, error) {
		return nil, errors.Join(req.Permit(netip.MustParseAddrPort("10.0.0.1:443")), req.Permit(netip.MustParseAddrPort("1.1.1.1:443")))
	}})
	v, err := d.order(scan.Request{Target: target.Target{}}, true)
	if err != nil {
		t.Fatal(err)
	}
	d.running.Wait()
	if trouble := v.told.Untrusted.Trouble; !strings.Contains(trouble, "10.0.0.1") || strings.Contains(trouble, "1.1.1.1") {
		t.Errorf("refused: %s", trouble)
	}
}

func TestComparisonCallsNothingFixedThatWasNotAskedAgain(t *testing.T) {
	finding := func(id string) Finding { return Finding{ID: id, Rule: "r." + id, Severity: rule.High} }
	before := Scan{Findings: []Finding{finding("a"), finding("b"), finding("c")}, Passed: []string{"r.d"}}
	after := Scan{Findings: []Finding{finding("a"), finding("d"), finding("e")}, Passed: []string{"r.b"}, NotTested: []string{"r.c"}}
	got, _ := json.Marshal(compared(before, after))
	var groups map[string]any
	_ = json.Unmarshal(got, &groups)
	for name, want := range map[string]string{"new": "d", "fixed": "b", "unchanged": "a", "unknown": "e c"} {
		var ids []string
		for _, one := range groups[name].([]any) {
			ids = append(ids, fmt.Sprint(one.(map[string]any)["id"]))
		}
		if strings.Join(ids, " ") != want {
			t.Errorf("%s: %v, want %s", name, ids, want)
		}
	}
}
