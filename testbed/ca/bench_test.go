// What the set costs.

package ca

import "testing"

func BenchmarkRSAKey2048(b *testing.B) {
	for b.Loop() {
		rsaKey("rsa 2048", 2048)
	}
}

func BenchmarkAuthorities(b *testing.B) {
	for b.Loop() {
		At(noon)
	}
}

func BenchmarkSet(b *testing.B) {
	c := At(noon)
	for b.Loop() {
		c.Set(host)
	}
}
