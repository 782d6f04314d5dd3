// The report as an output, and the name of a target as a file's name.

package ci

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"middlebrick/report"
	"middlebrick/report/render"
)

// mostResult bounds the output, in bytes: Actions takes 1 MiB of UTF-16 for all
// outputs of a job together.
const mostResult = 400_000

// Result is the one report, or a list of several, as a line of JSON. What is too
// large is cut: first the proof, then the fixes, then findings from the end. It
// stays a report by its schema. whole is false when something was cut.
func Result(reports []report.Report) (text string, whole bool) {
	if len(reports) == 0 {
		return "", true
	}
	left := slices.Clone(reports)
	for i, cut := range cuts {
		for at := range left {
			left[at].Findings = shorter(left[at].Findings, cut)
		}
		if text = line(left); len(text) <= mostResult {
			return text, i == 0
		}
	}
	return "", false
}

// cut says what stays of findings.
type cut struct {
	most          int
	proofs, fixes bool
}

var cuts = []cut{{1 << 30, true, true}, {1 << 30, false, true}, {1 << 30, false, false}, {300, false, false}, {50, false, false}, {0, false, false}}

func shorter(findings []report.Finding, c cut) []report.Finding {
	kept := slices.Clone(findings[:min(len(findings), c.most)])
	for i := range kept {
		if !c.proofs {
			kept[i].Evidence, kept[i].Reproduce = []report.Evidence{}, []string{}
		}
		if !c.fixes {
			kept[i].Fixes = []report.Fix{}
		}
	}
	if kept == nil {
		kept = []report.Finding{}
	}
	return kept
}

// line is one report as an object, several as a list.
func line(reports []report.Report) string {
	var document any = reports
	if len(reports) == 1 {
		document = reports[0]
	}
	pretty, err := render.Value(document)
	if err != nil {
		return ""
	}
	var short bytes.Buffer
	if json.Compact(&short, pretty) != nil {
		return ""
	}
	return short.String()
}

// mostSlug bounds a file's name, in characters, before its number.
const mostSlug = 60

// Slug names a target as a file: what can be read of its address, and a number
// that tells two of them apart whatever was left out.
func Slug(r report.Report) string {
	sum := sha256.Sum256([]byte(r.Method + " " + r.APIURL))
	_, address, _ := strings.Cut(r.APIURL, "://")
	address, _, _ = strings.Cut(address, "?")
	readable := strings.Trim(strings.Map(func(r rune) rune {
		if r < 0x80 && (r == '.' || r >= '0' && r <= '9' || r|0x20 >= 'a' && r|0x20 <= 'z') {
			return r
		}
		return '-'
	}, address), "-.")
	return readable[:min(len(readable), mostSlug)] + "-" + hex.EncodeToString(sum[:4])
}
