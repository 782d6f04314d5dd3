// Tables on paper: each column is as wide as what stands in it, as far as there is
// room; the heads stand again on every page.

package paper

import (
	"fmt"

	"middlebrick/report/render/document"
)

const gap = 3.0 // between columns

func (w *writer) table(t *document.Table) {
	w.font(body, noteSize+0.5)
	columns := w.columns(t)
	w.heads(t, columns)
	for _, row := range t.Rows {
		page := w.pdf.PageNo()
		lines, high := w.cells(row, columns)
		w.room(min(high, sheetHigh-top-bottom-12))
		if w.pdf.PageNo() != page {
			w.heads(t, columns)
		}
		w.row(row, lines, columns)
	}
	w.font(body, textSize)
}

func (w *writer) heads(t *document.Table, columns []float64) {
	var row []document.Cell
	for _, head := range t.Head {
		row = append(row, document.Cell{Spans: []document.Span{{Text: head, Strong: true, Tone: document.Faint}}})
	}
	lines, high := w.cells(row, columns)
	w.room(high + w.lineHigh()*2)
	w.row(row, lines, columns)
}

// cells are the lines of every cell, and the row's height.
func (w *writer) cells(row []document.Cell, columns []float64) (lines [][][]piece, high float64) {
	most := 1
	for i, cell := range row {
		broken := breakLines(w.pieces(content(cell), columns[i]), columns[i])
		lines, most = append(lines, broken), max(most, len(broken))
	}
	return lines, float64(most)*w.lineHigh() + 1.6
}

// content is a cell in words.
func content(c document.Cell) []document.Span {
	if c.Bar != nil {
		return document.Say(fmt.Sprint(*c.Bar))
	}
	if c.Tone == document.Plain {
		return c.Spans
	}
	toned := append([]document.Span{}, c.Spans...)
	for i := range toned {
		toned[i].Tone = c.Tone
	}
	return toned
}

// row draws line by line across the columns, so that a row higher than a page goes
// on overleaf.
func (w *writer) row(row []document.Cell, lines [][][]piece, columns []float64) {
	most := 1
	for _, cell := range lines {
		most = max(most, len(cell))
	}
	for n := range most {
		w.room(w.lineHigh())
		x := w.left
		for i, cell := range lines {
			w.cellLine(row[i], cell, n, x, columns[i])
			x += columns[i] + gap
		}
		w.y += w.lineHigh()
	}
	w.y += 0.8
	w.rule(w.y)
	w.y += 0.8
}

func (w *writer) cellLine(cell document.Cell, lines [][]piece, n int, x, wide float64) {
	switch {
	case cell.Bar != nil && n == 0:
		w.bar(*cell.Bar, cell.Tone, x+9, wide)
		w.line(lines[0], x)
	case n < len(lines):
		w.line(lines[n], x)
	}
}

// columns shares the width: each column gets what its longest text needs, and the
// widest give way where that is too much.
func (w *writer) columns(t *document.Table) []float64 {
	const least = 12.0
	wide := make([]float64, len(t.Head))
	for i, head := range t.Head {
		wide[i] = max(least, w.natural([]document.Span{{Text: head, Strong: true}}))
	}
	for _, row := range t.Rows {
		for i, cell := range row {
			need := w.natural(content(cell))
			if cell.Bar != nil {
				need = 38
			}
			wide[i] = max(wide[i], need)
		}
	}
	return shared(wide, w.wide-gap*float64(len(wide)-1))
}

// natural is the width of a text on one line.
func (w *writer) natural(spans []document.Span) float64 {
	total := 0.5
	for _, p := range w.pieces(spans, sheetWide) {
		total += p.wide
	}
	return total
}

// shared cuts the widest columns down to one width until all fit; what is left over
// goes to the last.
func shared(wide []float64, room float64) []float64 {
	total := 0.0
	for _, one := range wide {
		total += one
	}
	if total <= room {
		wide[len(wide)-1] += room - total
		return wide
	}
	most := room / float64(len(wide)) // the width that no column may exceed
	for range wide {
		small, big := 0.0, 0
		for _, one := range wide {
			if one <= most {
				small += one
			} else {
				big++
			}
		}
		if big > 0 {
			most = (room - small) / float64(big)
		}
	}
	for i := range wide {
		wide[i] = min(wide[i], most)
	}
	return wide
}
