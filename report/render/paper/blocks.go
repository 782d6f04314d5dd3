// The document's blocks on paper, one below the other. What a page folds is open
// here: paper cannot be unfolded.

package paper

import (
	"fmt"
	"strings"

	"middlebrick/report/render/document"
)

func (w *writer) document(d document.Document) {
	w.room(sheetHigh)
	w.font(body, textSize)
	w.first(d)
	w.contents(d.Sections)
	for _, s := range d.Sections {
		w.section(s)
	}
}

// first is the answer, the grade and why.
func (w *writer) first(d document.Document) {
	w.pdf.Bookmark(w.shown(d.Sentence), 0, 0)
	w.paragraph([]document.Span{{Text: d.Engine + "  ", Tone: document.Faint}, {Text: d.What, Strong: true}}, w.left, w.wide)
	w.font(body, noteSize)
	w.paragraph(document.Toned(document.Faint, strings.Join(d.Facts, "  ·  ")), w.left, w.wide)
	w.y += 2
	w.rule(w.y)
	w.y += 5
	w.font(bold, 19)
	w.paragraph(document.Toned(d.Answer, d.Sentence), w.left, w.wide)
	w.y += 3
	w.font(body, textSize)
	if d.Notice != "" {
		w.paragraph([]document.Span{{Text: d.Notice, Strong: true, Tone: document.Unsure}}, w.left, w.wide)
		w.y += 2
	}
	from, ring := w.y, 34.0
	if d.Score != nil {
		w.picture(d.Score.Picture, w.left, ring)
	}
	w.inset(ring+8, func() {
		w.counts(d.Counts)
		w.pairs(d.Why)
	})
	if w.pdf.PageNo() == 1 {
		w.y = max(w.y, from+ring*130/140)
	}
	w.y += 4
}

// inset writes with a wider left margin.
func (w *writer) inset(by float64, write func()) {
	w.left, w.wide = w.left+by, w.wide-by
	write()
	w.left, w.wide = w.left-by, w.wide+by
}

func (w *writer) counts(counts []document.Count) {
	if len(counts) == 0 {
		return
	}
	x := w.left
	for _, c := range counts {
		x += w.chip(c.Severity, x) + 1.5
		n := fmt.Sprint(c.N)
		w.font(bold, textSize)
		w.ink(document.Plain)
		w.pdf.Text(x, w.y+w.lineHigh()*0.74, n)
		x += w.width(n) + 5
	}
	w.font(body, textSize)
	w.y += w.lineHigh() + 2
}

// chip is a severity as a word on its colour; its width is returned.
func (w *writer) chip(severity string, x float64) float64 {
	size := w.size
	w.font(bold, textSize-1)
	text := w.shown(strings.ToUpper(severity))
	wide, high := w.width(text)+3, w.lineHigh()
	w.fill(document.Tone(severity))
	w.pdf.RoundedRect(x, w.y, wide, high, 0.8, "1234", "F")
	w.ink(onChip(severity))
	w.pdf.Text(x+1.5, w.y+high*0.76, text)
	w.font(body, size)
	return wide
}

// contents are the sections with their pages.
func (w *writer) contents(sections []document.Section) {
	w.heading(bold, 12, "Contents")
	for i, s := range sections {
		w.room(w.lineHigh())
		page := ""
		if i < len(w.pages) {
			page = fmt.Sprint(w.pages[i])
		}
		w.line([]piece{{text: w.fit(s.Title, w.wide-15), face: body, url: "#" + s.ID, wide: w.wide - 15}}, w.left)
		w.ink(document.Plain)
		w.pdf.Text(w.left+w.wide-w.width(page), w.y+w.lineHigh()*0.74, page)
		w.y += w.lineHigh()
	}
}

func (w *writer) heading(f face, size float64, text string) {
	w.font(f, size)
	w.room(w.lineHigh() + 14)
	w.paragraph(document.Say(text), w.left, w.wide)
	w.y += 1.5
	w.font(body, textSize)
}

func (w *writer) section(s document.Section) {
	w.y += 7
	w.font(bold, 14)
	w.room(w.lineHigh() + 24 + w.opening(s.Blocks))
	w.found = append(w.found, w.pdf.PageNo())
	w.target(s.ID)
	w.pdf.Bookmark(w.shown(s.Title), 0, w.y)
	w.heading(bold, 14, s.Title)
	w.blocks(s.Blocks)
}

// opening is how high a picture is that a section begins with: its heading stays
// with it.
func (w *writer) opening(blocks []document.Block) float64 {
	if len(blocks) == 0 || blocks[0].Picture == nil {
		return 0
	}
	_, high := w.frame(blocks[0].Picture)
	return high
}

func (w *writer) target(id string) {
	if id != "" {
		w.pdf.SetLink(w.anchor(id), w.y, w.pdf.PageNo())
	}
}

func (w *writer) blocks(blocks []document.Block) {
	for i, b := range blocks {
		if i > 0 {
			w.y += 1.6
		}
		w.block(b)
	}
}

func (w *writer) block(b document.Block) {
	w.font(body, textSize)
	switch {
	case b.Text != nil:
		w.paragraph(b.Text, w.left, w.wide)
	case b.Heading != "":
		w.heading(bold, textSize, b.Heading)
	case b.List != nil:
		w.list(b.List)
	case b.Code != nil:
		w.code(b.Code)
	case b.Table != nil:
		w.table(b.Table)
	case b.Pairs != nil:
		w.pairs(b.Pairs)
	case b.Picture != nil:
		w.framed(b.Picture)
	case b.Part != nil:
		w.named(b.Part.Name, 22, func() { w.blocks(b.Part.Blocks) })
	case b.Fold != nil:
		w.fold(b.Fold)
	}
}

// framed is a picture of its own, in the middle of the sheet's left part.
func (w *writer) framed(p *document.Picture) {
	wide, high := w.frame(p)
	w.room(high)
	w.picture(p, w.left, wide)
	w.y += high + 2
}

func (w *writer) frame(p *document.Picture) (wide, high float64) {
	wide = min(w.wide, p.W*0.3)
	return wide, wide * p.H / p.W
}

func (w *writer) list(items [][]document.Span) {
	for _, spans := range items {
		w.room(w.lineHigh())
		w.ink(document.Plain)
		w.pdf.Text(w.left, w.y+w.lineHigh()*0.74, "•")
		w.paragraph(spans, w.left+4, w.wide-4)
	}
}

// code is set in the fixed font on a soft ground, each line wrapped at its end.
func (w *writer) code(c *document.Code) {
	if c.Caption != "" {
		w.font(body, noteSize)
		w.room(w.lineHigh() * 3)
		w.paragraph(document.Toned(document.Faint, c.Caption), w.left, w.wide)
	}
	w.font(mono, noteSize)
	room := w.wide - 4
	for _, text := range c.Lines {
		for shown := w.shown(text); ; {
			part := w.head(shown, room)
			w.codeLine(part)
			shown = shown[len(part):]
			if shown == "" {
				break
			}
		}
	}
	w.font(body, textSize)
}

func (w *writer) codeLine(text string) {
	high := w.lineHigh()
	w.room(high)
	w.fill("soft")
	w.pdf.Rect(w.left, w.y, w.wide, high+0.05, "F")
	w.ink(document.Plain)
	w.pdf.Text(w.left+2, w.y+high*0.74, text)
	w.y += high
}

// named writes a name beside what there is to say.
func (w *writer) named(name string, hang float64, write func()) {
	w.room(w.lineHigh() * 3)
	sheet, from := w.pdf.PageNo(), w.y
	w.font(bold, w.size)
	w.paragraph(document.Toned(document.Faint, name), w.left, hang-2)
	w.font(body, w.size)
	end := w.y
	if w.pdf.PageNo() == sheet {
		w.y = from
	}
	w.inset(hang, write)
	if w.pdf.PageNo() == sheet {
		w.y = max(w.y, end)
	}
}

func (w *writer) pairs(pairs []document.Pair) {
	for _, p := range pairs {
		w.named(p.Name, 27, func() { w.paragraph(p.Says, w.left, w.wide) })
		w.y += 0.5
	}
}

// fold is a finding or another part with a title of its own.
func (w *writer) fold(f *document.Fold) {
	if f.Heading {
		w.y += 2.5
	}
	w.room(w.lineHigh() * 4)
	w.target(f.ID)
	x := w.left
	title := []document.Span{{Text: f.Title, Strong: true}}
	if f.Heading {
		w.pdf.Bookmark(w.shown(f.Title), 1, w.y)
		w.rule(w.y)
		w.y += 2
	}
	if f.Severity != "" {
		x += w.chip(f.Severity, x) + 2.5
	}
	if f.Mark != "" {
		title = append(title, document.Span{Text: "  " + f.Mark, Strong: true, Tone: document.Unsure})
	}
	if f.Heading {
		w.font(body, textSize+1)
	}
	w.paragraph(title, x, w.left+w.wide-x)
	w.font(body, noteSize)
	if f.Aside != "" {
		w.paragraph(document.Toned(document.Faint, f.Aside), w.left, w.wide)
	}
	w.y += 1
	if f.Heading {
		w.blocks(f.Blocks)
		return
	}
	w.inset(3, func() { w.blocks(f.Blocks) })
}
