// What the clients' side of the store promises: orders, lists, idempotency keys,
// and that no tenant sees another's.

package store_test

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"middlebrick/edge/store"
	"middlebrick/observe"
)

func listed(t *testing.T, b *bench) {
	var ids []string
	for range 5 {
		ids = append(ids, b.order(t, store.Order{Tenant: b.a}).ID)
	}
	b.order(t, store.Order{Tenant: b.b})
	taken, _ := b.claim(t, 1)
	slices.Reverse(ids)
	for _, c := range []struct {
		status        store.Status
		limit, offset int
		want          []string
		total         int
	}{
		{"", 10, 0, ids, 5},
		{"", 2, 1, ids[1:3], 5},
		{"", 10, 5, []string{}, 5},
		{store.Queued, 10, 0, ids[:4], 4},
		{store.Processing, 10, 0, []string{taken.ID}, 1},
		{store.Failed, 10, 0, []string{}, 0},
	} {
		rows, total, err := b.Scans(t.Context(), b.a, c.status, c.limit, c.offset)
		if err != nil {
			t.Fatal(err)
		}
		got := []string{}
		for _, row := range rows {
			got = append(got, row.ID)
		}
		if rows == nil || total != c.total || !slices.Equal(got, c.want) {
			t.Errorf("Scans(%q, %d, %d) = %v of %d, want %v of %d", c.status, c.limit, c.offset, got, total, c.want, c.total)
		}
	}
	row := b.scan(t, b.a, ids[0])
	if row.Status != store.Queued || row.URL != "https://api.example.com/" || row.Method != "GET" || !row.Created().Equal(b.clock.now()) || !row.Started().IsZero() || row.Overall != nil {
		t.Errorf("Scan = %+v", row)
	}
}

func ordersWhole(t *testing.T, b *bench) {
	full := errors.New("the queue is out")
	_, err := b.Submit(t.Context(), store.Order{Tenant: b.a, URL: "u", Method: "GET", Token: "t", Digest: "d"}, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "UPDATE tenants SET name = 'changed' WHERE id = $1", b.a); err != nil {
			t.Error(err)
		}
		return full
	})
	if !errors.Is(err, full) {
		t.Errorf("Submit = %v, want the ticket's error", err)
	}
	if _, total, err := b.Scans(t.Context(), b.a, "", 10, 0); total != 0 || err != nil {
		t.Errorf("Scans = %d, %v after a refused order", total, err)
	}
	if n := b.count(t, "SELECT count(*) FROM idempotency"); n != 0 {
		t.Errorf("%d idempotency keys are kept of a refused order", n)
	}
	if n := b.count(t, "SELECT count(*) FROM tenants WHERE name = 'changed' OR turn > 0"); n != 0 {
		t.Errorf("%d tenants are changed by a refused order", n)
	}
}

func repeats(t *testing.T, b *bench) {
	o := store.Order{Tenant: b.a, Token: "t", Digest: "d"}
	first := b.order(t, o)
	b.clock.pass(23 * time.Hour)
	if second := b.order(t, o); second.ID != first.ID || second.CreatedAt != first.CreatedAt {
		t.Errorf("the same order gave %+v, want %+v", second, first)
	}
	if other := b.order(t, store.Order{Tenant: b.b, Token: "t", Digest: "d"}); other.ID == first.ID {
		t.Error("another tenant's key gave this tenant's scan")
	}
	_, err := b.Submit(t.Context(), store.Order{Tenant: b.a, Token: "t", Digest: "e"}, func(context.Context, *sql.Tx) error {
		t.Error("a refused order got a ticket")
		return nil
	})
	if !errors.Is(err, store.ErrMismatch) {
		t.Errorf("another order with the key = %v, want ErrMismatch", err)
	}
	b.clock.pass(time.Hour + time.Second)
	o.Digest = "e"
	if late := b.order(t, o); late.ID == first.ID {
		t.Error("the key still gives the first scan after a day")
	}
	if _, total, err := b.Scans(t.Context(), b.a, "", 10, 0); total != 2 || err != nil {
		t.Errorf("Scans = %d, %v, want 2", total, err)
	}
}

func repeatsAtOnce(t *testing.T, b *bench) {
	ids := make([]string, 12)
	var all sync.WaitGroup
	for i := range ids {
		all.Go(func() {
			row, err := b.Submit(t.Context(), store.Order{Tenant: b.a, URL: "u", Method: "GET", Token: "t", Digest: "d"}, nothing)
			if err != nil {
				t.Error(err)
			}
			ids[i] = row.ID
		})
	}
	all.Wait()
	slices.Sort(ids)
	if len(slices.Compact(ids)) != 1 {
		t.Errorf("one key gave scans %v", ids)
	}
	if n := b.count(t, "SELECT count(*) FROM scans"); n != 1 {
		t.Errorf("%d scans are kept, want 1", n)
	}
}

func oneTenant(t *testing.T, b *bench) {
	ids := make([]string, 12)
	var all sync.WaitGroup
	for i := range ids {
		all.Go(func() {
			var err error
			if ids[i], err = b.Tenant(t.Context(), "new"); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := b.count(t, "SELECT count(*) FROM tenants WHERE name = 'new'"); n != 1 {
		t.Errorf("%d tenants of one name", n)
	}
	slices.Sort(ids)
	if ids = slices.Compact(ids); len(ids) != 1 || ids[0] == "" {
		t.Errorf("one name gave tenants %v", ids)
	}
}

func apart(t *testing.T, b *bench) {
	row := b.order(t, store.Order{Tenant: b.a})
	taken, _ := b.claim(t, 1)
	if err := b.finish(t, taken); err != nil {
		t.Fatal(err)
	}
	if _, err := b.MakeKey(t.Context(), b.a, "ci", store.Read, time.Time{}); err != nil {
		t.Fatal(err)
	}
	keys, err := b.Keys(t.Context(), b.a)
	if err != nil || len(keys) != 1 {
		t.Fatalf("Keys = %v, %v", keys, err)
	}
	ask := func(tenant string) map[string]error {
		_, scan := b.Scan(t.Context(), tenant, row.ID)
		_, told := b.Report(t.Context(), tenant, row.ID)
		_, seen := b.Recording(t.Context(), tenant, row.ID)
		return map[string]error{"Scan": scan, "Report": told, "Recording": seen,
			"Revoke": b.Revoke(t.Context(), tenant, keys[0].ID), "Delete": b.Delete(t.Context(), tenant, row.ID)}
	}
	for name, err := range ask(b.b) {
		if !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s for another tenant = %v, want ErrNotFound", name, err)
		}
	}
	for name, err := range ask(b.a) {
		if err != nil {
			t.Errorf("%s for its own tenant = %v", name, err)
		}
	}
	for name, err := range ask(b.a) {
		if !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s of what is gone = %v, want ErrNotFound", name, err)
		}
	}
	if n := b.count(t, "SELECT count(*) FROM reports"); n != 0 {
		t.Errorf("%d reports outlive their scan", n)
	}
}

// hostile text comes from a target or from who asks; a database may refuse it.
func hostile(t *testing.T, b *bench) {
	const nasty = "a\x00b\xff'; DROP TABLE scans; -- ? \\ \u2028"
	row := b.order(t, store.Order{Tenant: b.a, URL: nasty, Token: nasty, Digest: "d"})
	if again := b.order(t, store.Order{Tenant: b.a, URL: nasty, Token: nasty, Digest: "d"}); again.ID != row.ID {
		t.Error("the key is not found again")
	}
	if _, err := b.Scan(t.Context(), b.a, nasty); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Scan of no id = %v, want ErrNotFound", err)
	}
	if _, err := b.Recording(t.Context(), b.a, nasty); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Recording of no id = %v, want ErrNotFound", err)
	}
	if err := errors.Join(b.Delete(t.Context(), b.a, nasty), b.Revoke(t.Context(), b.a, nasty)); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Delete and Revoke of no id = %v, want ErrNotFound", err)
	}
	if _, err := b.MakeKey(t.Context(), b.a, nasty, store.Read, time.Time{}); err != nil {
		t.Errorf("MakeKey: %v", err)
	}
	if first, again := b.tenant(t, nasty), b.tenant(t, nasty); first != again {
		t.Error("a tenant is not found again")
	}
	taken, _ := b.claim(t, 1)
	rec, r := b.result()
	r.Status, r.ErrorMessage = "failed", nasty
	if err := b.Finish(t.Context(), taken, rec, r); err != nil {
		t.Fatal(err)
	}
	if now := b.scan(t, b.a, row.ID); now.Status != store.Failed || now.ErrorCode == "" || now.ErrorMessage == "" {
		t.Errorf("Scan = %+v", now)
	}
	told, err := b.Report(t.Context(), b.a, row.ID)
	if err != nil || told.Status != "failed" {
		t.Errorf("Report = %+v, %v", told.Status, err)
	}
}

// film reads the kept recording back.
func film(t *testing.T, b *bench, tenant, id string) *observe.Recording {
	t.Helper()
	file, err := b.Recording(t.Context(), tenant, id)
	if err != nil {
		t.Fatal(err)
	}
	return readBack(t, file)
}
