// What the TLS side showed, and the arithmetic of the scores: the parts of the
// summary that only somebody who asks for everything wants to read.

package render

import (
	"fmt"
	"slices"
	"strings"

	"middlebrick/observe"
	"middlebrick/report"
	"middlebrick/tlshello"
)

// details are those parts, for Options.All.
func (v view) details() block {
	if !v.All {
		return nil
	}
	b := v.arithmetic()
	if v.TLS == nil || v.TLS.Versions == nil {
		return b
	}
	b = append(b, blank, row{{" TLS AS SEEN", bold}})
	for _, version := range slices.Backward(tlshello.Versions()) {
		if answer, asked := v.TLS.Versions[version]; asked {
			b = append(b, v.version(version, answer)...)
		}
	}
	return append(b, v.certificates()...)
}

var resultStyles = map[observe.Result]style{observe.Silent: unsure}

// version is one protocol version: its answer, and what it accepts.
func (v view) version(version tlshello.Version, answer observe.Answer) block {
	says := string(answer.Result)
	if answer.Detail != "" && !answer.Accepted() {
		says += ", " + answer.Detail
	}
	b := v.labelled(version.String(), resultStyles[answer.Result], 3, fieldHang, says)
	if !answer.Accepted() {
		return b
	}
	if v.TLS.Suites != nil {
		list := v.TLS.Suites.Versions[version]
		for _, seen := range list.Suites {
			b = append(b, text(strings.Repeat(" ", fieldHang+2)+seen.Suite.String()))
		}
		if !list.Complete {
			b = append(b, v.labelled("", ordinary, fieldHang+2, fieldHang+2, "and perhaps more: "+list.Detail)...)
		}
	}
	if v.TLS.Groups != nil {
		var names []string
		for _, seen := range v.TLS.Groups.Versions[version].Groups {
			names = append(names, seen.Group.String())
		}
		if len(names) > 0 {
			b = append(b, v.labelled("", ordinary, fieldHang+2, fieldHang+2, "groups: "+strings.Join(names, ", "))...)
		}
	}
	return b
}

func (v view) certificates() block {
	if v.TLS.Certificates == nil || len(v.TLS.Certificates.Certificates) == 0 {
		return nil
	}
	b := block{blank, {{" CERTIFICATES AS SENT", bold}}}
	for i, c := range v.TLS.Certificates.Certificates {
		b = append(b, v.labelled(fmt.Sprintf("%d", i+1), ordinary, 3, 6, c.Subject)...)
		b = append(b, v.labelled("", ordinary, 6, 6, "by "+c.Issuer)...)
		const day = "2006-01-02"
		b = append(b, v.labelled("", ordinary, 6, 6, fmt.Sprintf("%s to %s, %s %d bit, %s", c.NotBefore.Format(day), c.NotAfter.Format(day), c.KeyAlgorithm, c.KeyBits, c.Signature))...)
		if len(c.DNSNames)+len(c.Addresses) > 0 {
			names := append(append([]string{}, c.DNSNames...), c.Addresses...)
			b = append(b, v.labelled("", ordinary, 6, 6, "for "+strings.Join(names[:min(len(names), maxNames)], ", "))...)
		}
	}
	for _, store := range v.TLS.Certificates.Trust {
		says := "trusted"
		if !store.Trusted {
			says = "not trusted: " + store.Reason
		}
		b = append(b, v.labelled("", ordinary, 3, 3, "by the "+store.Name+" roots: "+says)...)
	}
	return b
}

// maxNames bounds the names of one certificate; there can be thousands.
const maxNames = 20

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
