// The page of the command history: one scan a line.

package render

import (
	"fmt"
	"strings"

	"middlebrick/report/compare"
)

// Scans are scans of one target or the last ones of many, one after the other.
func Scans(all []compare.Snapshot, s Screen) []byte {
	s = s.laid()
	b := block{}
	for _, one := range all {
		letter := "-"
		if one.Grade != nil {
			letter = *one.Grade
		}
		score := "  -"
		if one.Overall != nil {
			score = fmt.Sprintf("%3d", *one.Overall)
		}
		open := 0
		for _, f := range one.Findings {
			if f.State != "accepted" {
				open++
			}
		}
		head := row{{one.At.UTC().Format(minutes) + "  ", ordinary}, {letter + " " + score, gradeStyle(letter)}, {"  " + padLeft(amount(open, "finding"), 12), ordinary}}
		called := bounded(one.Target)
		if used := head.columns(s) + 2; used+columns(s.Escape(called)) <= s.width() {
			b = append(b, append(head, span{"  " + called, ordinary}))
			continue
		}
		b = append(append(b, head), s.labelled("", ordinary, 2, 2, strings.TrimSpace(called))...)
	}
	return s.bytes(b)
}
