// The order of what was sent, and where the path through it ends.

package certread

import (
	"bytes"
)

// The orders of a chain.
const (
	Single    = "single"    // one certificate
	Right     = "right"     // each certificate is issued by the next (RFC 5246 section 7.4.2)
	Wrong     = "wrong"     // they belong together, in another order
	Unrelated = "unrelated" // at least one has no part in the path from the first
)

// Order says how the certificates of a chain follow one another, by the names of
// subjects and issuers. It is empty for an empty chain.
func Order(chain [][]byte) string { return order(openAll(chain)) }

func openAll(chain [][]byte) []certificate {
	all := make([]certificate, 0, len(chain))
	for _, der := range chain {
		all = append(all, open(der))
	}
	return all
}

func order(chain []certificate) string {
	if len(chain) < 2 {
		return map[int]string{1: Single}[len(chain)]
	}
	steps := path(chain)
	for i, step := range steps {
		if step != i {
			return Wrong
		}
	}
	if len(steps) < len(chain) {
		return Unrelated
	}
	return Right
}

// path walks from the first certificate to its issuer as long as that was sent
// too, and returns the positions. Of several with that name the next in line
// goes first.
func path(chain []certificate) []int {
	if len(chain) == 0 {
		return nil
	}
	steps, used := []int{0}, map[int]bool{0: true}
	for at := 0; !chain[at].selfIssued(); {
		next := -1
		for k := range chain {
			candidate := (at + 1 + k) % len(chain)
			if !used[candidate] && issued(chain[candidate], chain[at]) {
				next = candidate
				break
			}
		}
		if next < 0 {
			break
		}
		steps, used[next], at = append(steps, next), true, next
	}
	return steps
}

// selfIssued is true when subject and issuer are one (RFC 5280 section 3.2).
func (f facts) selfIssued() bool {
	return len(f.subject.raw) > 0 && bytes.Equal(f.subject.raw, f.issuer.raw)
}

// issued is true when the names say that issuer issued subject, and the key
// identifiers, where both are there, do not say otherwise.
func issued(issuer, subject certificate) bool {
	if len(issuer.subject.raw) == 0 || !bytes.Equal(issuer.subject.raw, subject.issuer.raw) {
		return false
	}
	return len(issuer.keyID) == 0 || len(subject.issuerID) == 0 || bytes.Equal(issuer.keyID, subject.issuerID)
}
