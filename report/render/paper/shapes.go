// Colours and pictures on paper. Paper is light: the colours are those of the
// page's light theme.

package paper

import (
	"codeberg.org/go-pdf/fpdf"

	"middlebrick/report/render/document"
)

type colour struct{ r, g, b int }

var inks = map[document.Tone]colour{
	document.Plain: {0x1b, 0x1f, 0x27}, document.Bad: {0x9c, 0x26, 0x1e}, document.Good: {0x00, 0x66, 0x4a},
	document.Unsure: {0x6b, 0x50, 0x00}, document.Faint: {0x55, 0x5b, 0x66}, document.Line: {0xcb, 0xd1, 0xda}, document.Paper: {0xff, 0xff, 0xff},
	"soft":     {0xf3, 0xf5, 0xf8},
	"critical": {0x6f, 0x0b, 0x89}, "high": {0x9c, 0x26, 0x1e}, "medium": {0xb2, 0x89, 0x0b}, "low": {0x15, 0x4f, 0xf4}, "info": {0x45, 0x4a, 0x54},
}

// onChip is the text's colour on a severity's chip.
func onChip(severity string) document.Tone {
	if severity == "medium" {
		return document.Plain
	}
	return document.Paper
}

func ink(tone document.Tone) colour {
	if c, known := inks[tone]; known {
		return c
	}
	return inks[document.Plain]
}

func (w *writer) ink(tone document.Tone)  { c := ink(tone); w.pdf.SetTextColor(c.r, c.g, c.b) }
func (w *writer) fill(tone document.Tone) { c := ink(tone); w.pdf.SetFillColor(c.r, c.g, c.b) }
func (w *writer) stroke(tone document.Tone, wide float64) {
	c := ink(tone)
	w.pdf.SetDrawColor(c.r, c.g, c.b)
	w.pdf.SetLineWidth(wide)
}

// picture draws shapes from x and the line at hand, scaled to the width.
func (w *writer) picture(p *document.Picture, x, wide float64) {
	d := drawing{w: w, scale: wide / p.W, x: x, y: w.y}
	kept, size := w.face, w.size
	for _, s := range p.Shapes {
		d.shape(s)
	}
	w.font(kept, size)
}

// drawing is where a picture stands, in millimetres.
type drawing struct {
	w           *writer
	scale, x, y float64
}

func (d drawing) at(x, y float64) (float64, float64) { return d.x + x*d.scale, d.y + y*d.scale }

func (d drawing) shape(s document.Shape) {
	x, y := d.at(s.X, s.Y)
	x2, y2 := d.at(s.X2, s.Y2)
	pdf := d.w.pdf
	d.w.stroke(s.Ink, max(s.Wide, 1.5)*d.scale)
	d.w.fill(s.Ink)
	if s.Dashed {
		pdf.SetDashPattern([]float64{5 * d.scale, 4 * d.scale}, 0)
		defer pdf.SetDashPattern([]float64{}, 0)
	}
	switch s.Kind {
	case "line":
		pdf.Line(x, y, x2, y2)
	case "arrow":
		pdf.Line(x, y, x2-d.scale*4, y2)
		var head []fpdf.PointType
		for _, corner := range s.Head() {
			cx, cy := d.at(corner[0], corner[1])
			head = append(head, fpdf.PointType{X: cx, Y: cy})
		}
		pdf.Polygon(head, "F")
	case "box":
		pdf.RoundedRect(x, y, s.X2*d.scale, s.Y2*d.scale, 5*d.scale, "1234", "F")
	case "disc":
		if !s.Fill {
			d.w.fill(document.Paper)
		}
		pdf.SetDashPattern([]float64{}, 0)
		pdf.Circle(x, y, s.R*d.scale, "FD")
	case "arc":
		// The library counts degrees against the clock, from three o'clock.
		pdf.Arc(x, y, s.R*d.scale, s.R*d.scale, 0, 90-s.To, 90-s.From, "D")
	case "text":
		d.text(s, x, y)
	}
}

func (d drawing) text(s document.Shape, x, y float64) {
	f := body
	if s.Bold {
		f = bold
	}
	d.w.font(f, s.Size*d.scale/pointsHigh)
	d.w.ink(s.Ink)
	shown := d.w.shown(s.Text)
	switch s.Anchor {
	case "middle":
		x -= d.w.width(shown) / 2
	case "end":
		x -= d.w.width(shown)
	}
	d.w.pdf.Text(x, y, shown)
}

// bar is a score from 0 to 100 with its number.
func (w *writer) bar(score int, tone document.Tone, x, room float64) {
	const numberRoom = 9.0
	wide := max(min(room-numberRoom, 30), 4)
	middle := w.y + w.lineHigh()/2
	w.fill(document.Line)
	w.pdf.Rect(x, middle-1, wide, 2, "F")
	w.fill(tone)
	w.pdf.Rect(x, middle-1, wide*float64(min(max(score, 0), 100))/100, 2, "F")
}
