// Package paper draws a document as a PDF: the same sections as the page, with page
// numbers, bookmarks, links and text that can be selected.
package paper

import (
	"bytes"
	"fmt"
	"sync"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"

	"middlebrick/report/render/document"
)

// The sheet is A4; all lengths are in millimetres, font sizes in points.
const (
	sheetWide, sheetHigh = 210.0, 297.0
	left, right          = 18.0, 18.0
	top, bottom          = 22.0, 20.0
	textSize, noteSize   = 9.5, 8.0
	pointsHigh           = 0.3528 // of one point
)

// A face is a font: its name and style as the library knows them.
type face struct{ family, style string }

var (
	body = face{"go", ""}
	bold = face{"go", "B"}
	mono = face{"gomono", ""}
)

var faceBytes = map[face][]byte{body: goregular.TTF, bold: gobold.TTF, mono: gomono.TTF}

// parsed are the fonts, to know which characters they have.
var parsed = sync.OnceValue(func() map[face]*sfnt.Font {
	fonts := map[face]*sfnt.Font{}
	for f, data := range faceBytes {
		font, err := sfnt.Parse(data)
		if err != nil {
			continue // then it has no character, and each is written out
		}
		fonts[f] = font
	}
	return fonts
})

// writer is a PDF on its way: where on the sheet the next line stands.
type writer struct {
	pdf    *fpdf.Fpdf
	y      float64
	left   float64
	wide   float64
	face   face
	size   float64
	links  map[string]int // of ids in this document
	pages  []int          // the page of each section, as the pass before found them
	found  []int
	total  int
	has    map[face]map[rune]bool
	widths map[face]map[rune]float64
}

// PDF is the document as a file. It is laid out twice: the contents can name pages
// once the pages are known.
func PDF(d document.Document) ([]byte, error) {
	first := newWriter(d, nil, 0)
	first.document(d)
	if err := first.pdf.Error(); err != nil {
		return nil, fmt.Errorf("laying out: %w", err)
	}
	second := newWriter(d, first.found, first.pdf.PageCount())
	second.document(d)
	var out bytes.Buffer
	if err := second.pdf.Output(&out); err != nil {
		return nil, fmt.Errorf("writing: %w", err)
	}
	return out.Bytes(), nil
}

func newWriter(d document.Document, pages []int, total int) *writer {
	pdf := fpdf.New("P", "mm", "A4", "")
	w := &writer{
		pdf: pdf, left: left, wide: sheetWide - left - right, pages: pages, total: total, links: map[string]int{},
		has: map[face]map[rune]bool{}, widths: map[face]map[rune]float64{},
	}
	for _, f := range []face{body, bold, mono} {
		pdf.AddUTF8FontFromBytes(f.family, f.style, bytes.Clone(faceBytes[f])) // the library writes into what it is given
		w.has[f], w.widths[f] = map[rune]bool{}, map[rune]float64{}
	}
	// The same report gives the same bytes. The library takes no date for now.
	made := d.Made
	if made.IsZero() {
		made = time.Unix(0, 0).UTC()
	}
	pdf.SetCreationDate(made)
	pdf.SetModificationDate(made)
	pdf.SetCatalogSort(true)
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetMargins(left, top, right)
	pdf.SetTitle(d.Title, true)
	pdf.SetCreator(d.Engine, true)
	pdf.SetLang("en")
	pdf.SetHeaderFunc(func() { w.header(d) })
	pdf.SetFooterFunc(w.footer)
	return w
}

func (w *writer) header(d document.Document) {
	if w.pdf.PageNo() == 1 {
		return
	}
	w.font(body, noteSize)
	w.ink(document.Faint)
	w.pdf.Text(left, 13, w.fit(d.What, sheetWide-left-right-30))
	made := d.Made.UTC().Format("2006-01-02")
	w.pdf.Text(sheetWide-right-w.width(made), 13, made)
	w.rule(15)
}

func (w *writer) footer() {
	w.font(body, noteSize)
	w.ink(document.Faint)
	text := fmt.Sprintf("%d / %d", w.pdf.PageNo(), max(w.total, w.pdf.PageNo()))
	w.pdf.Text(sheetWide-right-w.width(text), sheetHigh-11, text)
}

// rule is a thin line across the sheet.
func (w *writer) rule(y float64) {
	w.stroke(document.Line, 0.2)
	w.pdf.Line(left, y, sheetWide-right, y)
}

// room begins a new page where that much does not fit on this one.
func (w *writer) room(high float64) {
	if w.y+high <= sheetHigh-bottom && w.pdf.PageNo() > 0 {
		return
	}
	f, size := w.face, w.size
	w.pdf.AddPage()
	w.y = top
	if size > 0 {
		w.font(f, size)
	}
}

func (w *writer) font(f face, size float64) {
	w.face, w.size = f, size
	w.pdf.SetFont(f.family, f.style, size)
}

// lineHigh is the height of a line of text.
func (w *writer) lineHigh() float64 { return w.size * pointsHigh * 1.38 }
