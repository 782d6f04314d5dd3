// What keys open, and until when.

package store_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"middlebrick/edge/store"
)

// makeKey makes a key and finds it in the list.
func makeKey(t *testing.T, b *bench, expires time.Time) (string, store.Key) {
	t.Helper()
	secret, err := b.MakeKey(t.Context(), b.a, "ci", store.Write, expires)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := b.Keys(t.Context(), b.a)
	if err != nil || len(keys) == 0 {
		t.Fatalf("Keys = %v, %v", keys, err)
	}
	return secret, keys[0]
}

func refused(t *testing.T, b *bench, secret string) {
	t.Helper()
	if key, err := b.Authenticate(t.Context(), secret); !errors.Is(err, store.ErrNotFound) || key.TenantID != "" {
		t.Errorf("Authenticate(%q) = %+v, %v, want ErrNotFound", secret, key, err)
	}
}

func keysRevoked(t *testing.T, b *bench) {
	secret, listed := makeKey(t, b, time.Time{})
	key, err := b.Authenticate(t.Context(), secret)
	if err != nil || key.TenantID != b.a || key.Scope != store.Write || key.ID != listed.ID {
		t.Fatalf("Authenticate = %+v, %v", key, err)
	}
	if strings.Contains(listed.Hash+listed.Head+listed.Tail, secret) || len(listed.Head+listed.Tail) > 12 || listed.Shown() == "" {
		t.Errorf("the list tells too much: %+v", listed)
	}
	if err := b.Revoke(t.Context(), b.a, key.ID); err != nil {
		t.Fatal(err)
	}
	refused(t, b, secret)
	if err := b.Revoke(t.Context(), b.a, key.ID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the second Revoke = %v, want ErrNotFound", err)
	}
	keys, err := b.Keys(t.Context(), b.a)
	if err != nil || len(keys) != 1 || keys[0].Revoked().IsZero() {
		t.Errorf("Keys = %+v, %v, want the revoked one", keys, err)
	}
}

func keysExpire(t *testing.T, b *bench) {
	if _, err := b.MakeKey(t.Context(), b.a, "ci", store.Read, b.clock.now()); err == nil {
		t.Error("a key was made that had expired")
	}
	if _, err := b.MakeKey(t.Context(), b.a, "ci", "scan:all", time.Time{}); err == nil {
		t.Error("a key was made of no scope")
	}
	secret, _ := makeKey(t, b, b.clock.now().Add(time.Hour))
	b.clock.pass(time.Hour - time.Millisecond)
	if _, err := b.Authenticate(t.Context(), secret); err != nil {
		t.Errorf("Authenticate before the end: %v", err)
	}
	b.clock.pass(time.Millisecond)
	refused(t, b, secret)
}

func keysMisspelt(t *testing.T, b *bench) {
	secret, _ := makeKey(t, b, time.Time{})
	other := byte('A')
	if secret[20] == other {
		other = 'B'
	}
	for _, wrong := range []string{"", "mb_", secret[3:], secret[:len(secret)-1], secret + "A", "MB_" + secret[3:], secret[:20] + string(other) + secret[21:], " " + secret} {
		refused(t, b, wrong)
	}
	// Well spelt, and known to nobody here.
	elsewhere := open(t, "")
	foreign, _ := makeKey(t, elsewhere, time.Time{})
	refused(t, b, foreign)
}

func keysUsed(t *testing.T, b *bench) {
	secret, _ := makeKey(t, b, time.Time{})
	used := func() time.Time {
		t.Helper()
		if _, err := b.Authenticate(t.Context(), secret); err != nil {
			t.Fatal(err)
		}
		keys, err := b.Keys(t.Context(), b.a)
		if err != nil {
			t.Fatal(err)
		}
		return keys[0].Used()
	}
	first := b.clock.now()
	if at := used(); !at.Equal(first) {
		t.Errorf("Used = %v, want %v", at, first)
	}
	b.clock.pass(30 * time.Second)
	if at := used(); !at.Equal(first) {
		t.Errorf("Used = %v half a minute later, want %v still", at, first)
	}
	b.clock.pass(time.Minute)
	if at := used(); !at.Equal(b.clock.now()) {
		t.Errorf("Used = %v, want %v", at, b.clock.now())
	}
}
