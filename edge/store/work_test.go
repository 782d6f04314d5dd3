// What the workers' side of the store promises: each scan is taken once, in a fair
// order, and ends once.

package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"middlebrick/edge/store"
	"middlebrick/observe"
)

func readBack(t *testing.T, file []byte) *observe.Recording {
	t.Helper()
	rec, err := observe.Read(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

func fair(t *testing.T, b *bench) {
	for range 50 {
		b.order(t, store.Order{Tenant: b.a})
	}
	late := b.order(t, store.Order{Tenant: b.b})
	b.claim(t, 1)
	second, _ := b.claim(t, 2)
	if second.ID != late.ID {
		t.Errorf("the second scan is %s of tenant %s, want that of the other tenant", second.ID, second.TenantID)
	}
	// Who comes while much is done does not wait behind what was ordered before.
	for ticket := range int64(10) {
		b.claim(t, 10+ticket)
	}
	late = b.order(t, store.Order{Tenant: b.b})
	b.claim(t, 30)
	if next, _ := b.claim(t, 31); next.ID != late.ID {
		t.Errorf("a scan ordered after 12 were begun is not the second from there: %s came", next.TenantID)
	}
}

func again(t *testing.T, b *bench) {
	first := b.order(t, store.Order{Tenant: b.a, Secret: []byte("s")})
	b.order(t, store.Order{Tenant: b.a})
	for attempt := 1; attempt <= 2; attempt++ {
		row, secret := b.claim(t, 7)
		if row.ID != first.ID || row.Attempt != attempt || row.Status != store.Processing || string(secret) != "s" {
			t.Errorf("Claim %d = %+v, %q", attempt, row, secret)
		}
	}
	if row, _, err := b.Claim(t.Context(), 7); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the third Claim = %+v, %v, want ErrNotFound", row, err)
	}
	row := b.scan(t, b.a, first.ID)
	if row.Status != store.Failed || row.ErrorCode != "interrupted" || row.ErrorMessage == "" || row.Completed().IsZero() {
		t.Errorf("after three begins: %+v", row)
	}
}

func finishedOnce(t *testing.T, b *bench) {
	order := b.order(t, store.Order{Tenant: b.a})
	stale, _ := b.claim(t, 1)
	row, _ := b.claim(t, 1)
	if err := b.finish(t, stale); !errors.Is(err, store.ErrOver) {
		t.Errorf("Finish of the attempt before = %v, want ErrOver", err)
	}
	b.clock.pass(time.Minute)
	if err := b.finish(t, row); err != nil {
		t.Fatal(err)
	}
	if err := b.finish(t, row); !errors.Is(err, store.ErrOver) {
		t.Errorf("the second Finish = %v, want ErrOver", err)
	}
	if err := b.Fail(t.Context(), row, "unreachable", "late"); err != nil {
		t.Errorf("Fail after the end: %v", err)
	}
	now := b.scan(t, b.a, order.ID)
	if now.Status != store.Completed || now.Overall == nil || *now.Overall != 83 || now.Grade != "B" || now.ErrorMessage != "" || !now.Completed().Equal(b.clock.now()) {
		t.Errorf("Scan = %+v", now)
	}
	told, err := b.Report(t.Context(), b.a, order.ID)
	if err != nil || told.Overall == nil || *told.Overall != 83 {
		t.Errorf("Report = %+v, %v", told, err)
	}
	if rec := film(t, b, b.a, order.ID); rec.Header.Target.URL != "https://api.example.com/" || rec.End == nil || rec.End.Cost.Connections != 1 {
		t.Errorf("Recording = %+v", rec)
	}
	if _, _, err := b.Claim(t.Context(), 1); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Claim after the end = %v, want ErrNotFound", err)
	}
}

func deletedInFlight(t *testing.T, b *bench) {
	order := b.order(t, store.Order{Tenant: b.a, Token: "t", Digest: "d"})
	row, _ := b.claim(t, 1)
	if err := b.Delete(t.Context(), b.a, order.ID); err != nil {
		t.Fatal(err)
	}
	if err := b.finish(t, row); !errors.Is(err, store.ErrOver) {
		t.Errorf("Finish = %v, want ErrOver", err)
	}
	if next := b.order(t, store.Order{Tenant: b.a, Token: "t", Digest: "e"}); next.ID == order.ID {
		t.Error("the key of a deleted scan still gives it")
	}
}

// sealedRows are how many scans hold credentials.
const sealedRows = "SELECT count(*) FROM scans WHERE sealed IS NOT NULL"

func erased(t *testing.T, b *bench) {
	secret := []byte("Authorization: Bearer token-of-the-caller")
	order := b.order(t, store.Order{Tenant: b.a, Secret: secret})
	if bytes.Contains(order.Sealed, []byte("token-of")) || b.count(t, sealedRows) != 1 {
		t.Errorf("the credentials are kept as %q", order.Sealed)
	}
	row, opened := b.claim(t, 1)
	if !bytes.Equal(opened, secret) {
		t.Errorf("Claim gave %q, want %q", opened, secret)
	}
	if err := b.finish(t, row); err != nil {
		t.Fatal(err)
	}
	if n := b.count(t, sealedRows); n != 0 {
		t.Errorf("%d scans hold credentials after the end", n)
	}
	b.order(t, store.Order{Tenant: b.a})
	if n := b.count(t, sealedRows); n != 0 {
		t.Errorf("%d scans without credentials hold some", n)
	}
}

func erasedByFailure(t *testing.T, b *bench) {
	b.order(t, store.Order{Tenant: b.a, Secret: []byte("s")})
	b.order(t, store.Order{Tenant: b.a, Secret: []byte("s")})
	row, _ := b.claim(t, 1)
	if err := b.Fail(t.Context(), row, "unreachable", "no answer"); err != nil {
		t.Fatal(err)
	}
	if now := b.scan(t, b.a, row.ID); now.Status != store.Failed || now.ErrorCode != "unreachable" || now.ErrorMessage != "no answer" {
		t.Errorf("Scan = %+v", now)
	}
	b.claim(t, 2)
	b.claim(t, 2)
	if _, _, err := b.Claim(t.Context(), 2); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the third Claim = %v", err)
	}
	if n := b.count(t, sealedRows); n != 0 {
		t.Errorf("%d failed scans hold credentials", n)
	}
}

func released(t *testing.T, b *bench) {
	b.order(t, store.Order{Tenant: b.a})
	for ticket := range int64(5) {
		row, _ := b.claim(t, 1+ticket)
		if row.Attempt != 1 {
			t.Fatalf("attempt %d after a release, want 1", row.Attempt)
		}
		if err := b.Release(t.Context(), row); err != nil {
			t.Fatal(err)
		}
		if err := b.finish(t, row); !errors.Is(err, store.ErrOver) {
			t.Errorf("Finish of a released scan = %v, want ErrOver", err)
		}
		if now := b.scan(t, b.a, row.ID); now.Status != store.Queued || now.Ticket != 0 {
			t.Errorf("released: %+v", now)
		}
	}
}

func strays(t *testing.T, b *bench) {
	b.order(t, store.Order{Tenant: b.a})
	b.order(t, store.Order{Tenant: b.a})
	b.order(t, store.Order{Tenant: b.a})
	old, _ := b.claim(t, 1)
	b.clock.pass(time.Minute)
	young, _ := b.claim(t, 2)
	lost, waiting, err := b.Stray(t.Context(), b.clock.now().Add(-time.Second))
	if err != nil || lost != 1 || waiting != 2 {
		t.Errorf("Stray = %d, %d, %v, want 1 put back and 2 waiting", lost, waiting, err)
	}
	if now := b.scan(t, b.a, young.ID); now.Status != store.Processing {
		t.Errorf("the young one: %+v", now)
	}
	if err := b.finish(t, old); !errors.Is(err, store.ErrOver) {
		t.Errorf("Finish of what was put back = %v, want ErrOver", err)
	}
	// Its turn comes first, and the attempt counted.
	if row, _ := b.claim(t, 3); row.ID != old.ID || row.Attempt != 2 {
		t.Errorf("Claim = %+v, want the stray", row)
	}
}

func takenOnce(t *testing.T, b *bench) {
	for i := range 100 {
		b.order(t, store.Order{Tenant: []string{b.a, b.b}[i%2], URL: fmt.Sprintf("https://api.example.com/%d", i)})
	}
	var tickets atomic.Int64
	var taken sync.Map
	var double atomic.Int64
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			for ticket := tickets.Add(1); ticket <= 100; ticket = tickets.Add(1) {
				row, _, err := b.Claim(t.Context(), ticket)
				if err != nil {
					t.Errorf("Claim(%d): %v", ticket, err)
				}
				if _, known := taken.LoadOrStore(row.ID, ticket); known {
					double.Add(1)
				}
			}
		})
	}
	all.Wait()
	if double.Load() != 0 {
		t.Errorf("%d scans were taken twice", double.Load())
	}
	if n := b.count(t, "SELECT count(*) FROM scans WHERE status = 'processing'"); n != 100 {
		t.Errorf("%d scans are being done, want 100", n)
	}
}
