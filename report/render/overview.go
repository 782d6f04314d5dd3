// The table at the end of a run over several targets.

package render

import (
	"fmt"
	"strconv"

	"middlebrick/report"
)

// A Row is one target of the table.
type Row struct {
	Name    string
	URL     string
	Answer  string // can someone in the middle read or change it? "" where it was not asked
	Grade   *string
	Score   *int
	Outcome string // of the gate, or "not scanned", "broken"
	Exit    int
}

var overviewColumns = []column{{head: "TARGET"}, {head: "URL", from: 90}, {head: "READABLE?", whole: true, from: 72},
	{head: "GRADE", whole: true, from: 60}, {head: "SCORE", whole: true, from: 48}, {head: "GATE", whole: true}, {head: "EXIT", whole: true}}

// Overview has one line a target, and the exit code that all come to.
func Overview(rows []Row, exit int, s Screen) []byte {
	v := view{Report: report.Report{}, Options: Options{Screen: s.laid()}}
	heads, shown, cells := row{}, []column{}, make([]row, len(rows))
	for i, c := range overviewColumns {
		if c.from > v.width() {
			continue
		}
		heads, shown = append(heads, span{c.head, faint}), append(shown, c)
		for n, r := range rows {
			cells[n] = append(cells[n], r.cells()[i])
		}
	}
	failed := 0
	for _, r := range rows {
		if r.Exit != 0 {
			failed++
		}
	}
	b := append(block{v.ruler()}, v.table(heads, cells, shown, v.width())...)
	says := fmt.Sprintf("%s, %d without a passed gate", amount(len(rows), "target"), failed)
	if failed == 0 {
		says = amount(len(rows), "target") + ", none failed"
	}
	return v.bytes(append(b, v.labelled("ALL", bold, 1, 6, fmt.Sprintf("%s; exit %d", says, exit))...))
}

func (r Row) cells() row {
	answer, grade, score := r.Answer, "-", "-"
	if answer == "" {
		answer = "-"
	}
	gradeAs := ordinary
	if r.Grade != nil {
		grade, gradeAs = *r.Grade, gradeStyle(*r.Grade)
	}
	if r.Score != nil {
		score = strconv.Itoa(*r.Score)
	}
	outcome, known := gateWords[r.Outcome]
	if !known {
		outcome = r.Outcome
	}
	return row{{r.Name, bold}, {r.URL, ordinary}, {answer, answerStyles[r.Answer]}, {grade, gradeAs}, {score, ordinary},
		{outcome, gateStyles[r.Outcome]}, {strconv.Itoa(r.Exit), ordinary}}
}
