// Text on paper: which characters the fonts have, how wide words are, and where
// lines end.

package paper

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/image/font/sfnt"

	"middlebrick/report/render/document"
)

// shown writes out the characters that the font has not: nobody may believe that
// nothing stands there.
func (w *writer) shown(text string) string {
	if w.plain(text) {
		return text
	}
	var out strings.Builder
	for _, r := range text {
		if w.drawn(r) {
			out.WriteRune(r)
		} else {
			fmt.Fprintf(&out, "<U+%04X>", r)
		}
	}
	return out.String()
}

func (w *writer) plain(text string) bool {
	for i := range len(text) {
		if text[i] < 0x20 || text[i] > 0x7e {
			return false
		}
	}
	return true
}

func (w *writer) drawn(r rune) bool {
	known, asked := w.has[w.face][r]
	if asked {
		return known
	}
	font := parsed()[w.face]
	if font != nil && r >= 0x20 && r < 0x10000 {
		glyph, err := font.GlyphIndex(&sfnt.Buffer{}, r)
		known = err == nil && glyph != 0
	}
	w.has[w.face][r] = known
	return known
}

// width is that of a text in the font at hand.
func (w *writer) width(text string) float64 {
	total := 0.0
	for _, r := range text {
		unit, asked := w.widths[w.face][r]
		if !asked {
			unit = w.pdf.GetStringWidth(string(r)) / w.size
			w.widths[w.face][r] = unit
		}
		total += unit
	}
	return total * w.size
}

// fit cuts a text that is wider than the room.
func (w *writer) fit(text string, room float64) string {
	text = w.shown(text)
	if w.width(text) <= room {
		return text
	}
	for text != "" && w.width(text+"…") > room {
		_, size := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-size]
	}
	return text + "…"
}

// A piece is a word, or part of one, as it is drawn.
type piece struct {
	text  string
	face  face
	tone  document.Tone
	url   string
	wide  float64
	blank bool // a space, which is not drawn at the end of a line
}

// pieces are the words of a paragraph, each no wider than the room.
func (w *writer) pieces(spans []document.Span, room float64) []piece {
	var all []piece
	kept, size := w.face, w.size
	for _, s := range spans {
		p := piece{face: kept, tone: s.Tone, url: s.URL}
		switch {
		case s.Code:
			p.face = mono
		case s.Strong:
			p.face = bold
		}
		w.font(p.face, size)
		for _, word := range strings.SplitAfter(w.shown(s.Text), " ") {
			all = w.word(all, p, word, room)
		}
	}
	w.font(kept, size)
	return all
}

// word appends one word and the space after it; a word that is too wide is cut.
func (w *writer) word(all []piece, p piece, word string, room float64) []piece {
	bare := strings.TrimRight(word, " ")
	for bare != "" {
		part := w.head(bare, room)
		p.text, p.wide = part, w.width(part)
		all, bare = append(all, p), bare[len(part):]
	}
	if strings.HasSuffix(word, " ") {
		p.text, p.wide, p.blank = " ", w.width(" "), true
		all = append(all, p)
	}
	return all
}

// joints are where a text that is too wide is best cut. The hyphen is none: readers
// of PDF take one at the end of a line for a mark of ours, and drop it from what is
// copied.
const joints = " _/,=&?"

// head is as much of a text as fits, one character at least; where there is a joint
// in the second half of that, as in a path or a suite's name, it ends there.
func (w *writer) head(text string, room float64) string {
	wide := 0.0
	for i, r := range text {
		wide += w.width(string(r))
		if wide <= room || i == 0 {
			continue
		}
		if joint := strings.LastIndexAny(text[:i], joints); joint > i/2 {
			return text[:joint+1]
		}
		if shorter := strings.TrimRight(text[:i], "-\u2010\u00ad"); shorter != "" {
			return shorter
		}
		return text[:i]
	}
	return text
}

// breakLines puts pieces into lines. Pieces without a blank between them stay on
// one line where they can.
func breakLines(all []piece, room float64) [][]piece {
	var lines [][]piece
	var line []piece
	wide := 0.0
	for len(all) > 0 {
		n, unit := 1, all[0].wide
		for n < len(all) && !all[n-1].blank && !all[n].blank {
			unit += all[n].wide
			n++
		}
		if unit > room { // glued pieces that cannot stay together
			n, unit = 1, all[0].wide
		}
		if wide+unit > room+0.01 && len(line) > 0 {
			lines, line, wide = append(lines, line), nil, 0
		}
		if len(line) > 0 || !all[0].blank {
			line, wide = append(line, all[:n]...), wide+unit
		}
		all = all[n:]
	}
	if len(line) > 0 {
		lines = append(lines, line)
	}
	return lines
}

// paragraph writes spans in the font at hand, from x, as wide as room.
func (w *writer) paragraph(spans []document.Span, x, room float64) {
	for _, line := range breakLines(w.pieces(spans, room), room) {
		w.room(w.lineHigh())
		w.line(line, x)
		w.y += w.lineHigh()
	}
}

// line draws one line; neighbours that look the same are drawn as one, so that
// they are selected as one.
func (w *writer) line(line []piece, x float64) {
	kept, size := w.face, w.size
	for i := 0; i < len(line); {
		p, n := line[i], i+1
		for n < len(line) && line[n].face == p.face && line[n].tone == p.tone && line[n].url == p.url {
			p.text, p.wide = p.text+line[n].text, p.wide+line[n].wide
			n++
		}
		w.draw(p, x)
		x, i = x+p.wide, n
	}
	w.font(kept, size)
}

func (w *writer) draw(p piece, x float64) {
	w.font(p.face, w.size)
	w.ink(p.tone)
	high := w.lineHigh()
	if p.url != "" {
		w.pdf.SetTextColor(0x0b, 0x57, 0xd0)
		w.link(p.url, x, w.y, p.wide, high)
	}
	w.pdf.Text(x, w.y+high*0.74, strings.TrimRight(p.text, " "))
}

// link makes a place lead to an id of this document or to the web.
func (w *writer) link(url string, x, y, wide, high float64) {
	id, inside := strings.CutPrefix(url, "#")
	if inside {
		w.pdf.Link(x, y, wide, high, w.anchor(id))
		return
	}
	w.pdf.LinkString(x, y, wide, high, url)
}

// anchor is the library's number of an id.
func (w *writer) anchor(id string) int {
	if _, known := w.links[id]; !known {
		w.links[id] = w.pdf.AddLink()
	}
	return w.links[id]
}
