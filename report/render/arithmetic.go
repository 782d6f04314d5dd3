// How each score came about, for somebody who asks for everything.

package render

import (
	"fmt"
	"strings"

	"middlebrick/report"
)

// arithmetic is how each score came about, to follow with a pencil.
func (v view) arithmetic() block {
	var b block
	for _, c := range v.Checks {
		if c.State == "assessed" && len(c.Arithmetic) > 0 {
			b = append(b, blank, row{{" HOW THE SCORE OF " + strings.ToUpper(c.Name) + " CAME ABOUT", bold}})
			b = append(b, v.terms(c)...)
		}
	}
	return b
}

func (v view) terms(c report.Check) block {
	var b block
	for _, term := range c.Arithmetic {
		delta := ""
		if term.Delta != 0 {
			delta = fmt.Sprintf("%+d", term.Delta)
		}
		lead := fmt.Sprintf("%s %s  ", padLeft(delta, 6), padLeft(fmt.Sprint(term.Score), 4))
		b = append(b, v.labelled(lead, ordinary, 1, 15, term.Text)...)
	}
	return b
}
