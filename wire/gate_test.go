// Who is let in first.

package wire

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
)

func TestLongestChainsAreLetInFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(1)
		if err := g.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
		let := make(chan string, 8)
		for _, one := range []struct {
			name string
			rank rank
		}{{"leaf", leaf}, {"branch", branch}, {"second leaf", leaf}, {"vital", vital}, {"trunk", trunk}, {"second branch", branch}} {
			go func() {
				_ = g.enter(ranked(context.WithoutCancel(t.Context()), one.rank))
				let <- one.name
			}()
			synctest.Wait()
		}
		order := []string{}
		for range 6 {
			g.leave()
			order = append(order, <-let)
		}
		want := []string{"vital", "trunk", "branch", "second branch", "leaf", "second leaf"}
		if diff := cmp.Diff(want, order); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestGateOpensAnInstantLaterForAllWhoCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(3)
		for range 2 {
			_ = g.enter(t.Context())
		}
		g.widen()
		let := make(chan string, 2)
		for name, r := range map[string]rank{"leaf": leaf, "trunk": trunk} {
			go func() {
				_ = g.enter(ranked(t.Context(), r))
				let <- name
			}()
		}
		if first := <-let; first != "trunk" {
			t.Errorf("the %s was let in first", first)
		}
		g.leave()
		<-let
	})
}
