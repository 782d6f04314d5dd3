// The way that a client walks over a chain.

package certs_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"middlebrick/checks/encryption/internal/certs"
	"middlebrick/observe"
)

func chain(pairs ...string) observe.Chain {
	var c observe.Chain
	for i := 0; i < len(pairs); i += 2 {
		c.Certificates = append(c.Certificates, observe.Certificate{
			Subject: pairs[i], Issuer: pairs[i+1], SelfSigned: pairs[i] == pairs[i+1],
		})
	}
	return c
}

func TestPathFollowsIssuersInAnyOrder(t *testing.T) {
	for _, row := range []struct {
		name  string
		chain observe.Chain
		want  []string
	}{
		{"in order", chain("leaf", "a", "a", "b", "b", "root"), []string{"leaf", "issuer a", "issuer b"}},
		{"out of order", chain("leaf", "a", "b", "root", "a", "b"), []string{"leaf", "issuer a", "issuer b"}},
		{"with the root", chain("leaf", "a", "a", "root", "root", "root"), []string{"leaf", "issuer a"}},
		{"with a stranger", chain("leaf", "a", "x", "y", "a", "root"), []string{"leaf", "issuer a"}},
		{"self-signed", chain("leaf", "leaf", "a", "b"), []string{"leaf"}},
		{"in a circle", chain("leaf", "a", "a", "b", "b", "a"), []string{"leaf", "issuer a", "issuer b"}},
		{"hostile name", chain("leaf", "a\x1b[2J", "a\x1b[2J", "root"), []string{"leaf", `issuer a\x1b[2J`}},
		{"empty", chain(), nil},
	} {
		var got []string
		for _, link := range certs.Path(row.chain) {
			got = append(got, link.Where)
		}
		if diff := cmp.Diff(row.want, got); diff != "" {
			t.Errorf("%s: %s", row.name, diff)
		}
	}
}

func TestStoresAreNamedWithTheirVersion(t *testing.T) {
	c := observe.Chain{Trust: []observe.Store{{Name: "mozilla", Version: "2026-10-30", Trusted: true, Reason: "expired"}, {Name: "ca-file"}}}
	if got := certs.Stores(c, func(observe.Store) bool { return true }); got != "mozilla (2026-10-30), ca-file" {
		t.Error(got)
	}
	if certs.Strict(c) {
		t.Error("a store with a reservation vouches without one")
	}
}
