// What reading and verifying costs: 100 ms and 8 MiB are the most that a chain
// may take (FAULTS E03).

package certread_test

import (
	"testing"

	"middlebrick/certread"
	"middlebrick/testbed/ca"
)

func BenchmarkChain(b *testing.B) {
	c := ca.At(noon)
	for _, name := range []string{"good", "goodrsa", "names10000", "sha1", "expired"} {
		chain, stores := c.Case(name, host).Chain, roots(b, c)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				certread.Chain(chain, host, stores, noon)
			}
		})
	}
}
