// Judging Diffie-Hellman over finite fields.

package offered

import (
	"middlebrick/observe"
	"middlebrick/rule"
)

// Unread is the doubt that is left where not every key exchange over a finite field
// was read.
func Unread(seen observe.DHParameters) rule.Verdict {
	says := "not every Diffie-Hellman key exchange could be read"
	if seen.Detail != "" {
		says += ": " + seen.Detail
	}
	return rule.Inconclusive(says)
}
