// Pictures as shapes: the score's ring, and the ways in between client, attacker
// and target. Whoever draws them gives the shapes their colours.

package document

import (
	"fmt"
	"math"
)

// A Picture is drawn on W by H units; one unit is a pixel on a page.
type Picture struct {
	Name   string // what it is called
	Tells  string // all that it shows, in words
	Kind   string // "score" or "ways"
	W, H   float64
	Shapes []Shape
}

// A Shape is a line, a box, a disc, an arc or a text. Ink is a Tone, or "line"
// for what only orders the picture, or "paper" for what stands on a filled shape.
type Shape struct {
	Kind   string // "line", "box", "disc", "arc", "arrow", "text"
	X, Y   float64
	X2, Y2 float64 // the other end; width and height of a box
	R      float64 // of a disc and of an arc
	From   float64 // of an arc, degrees clockwise from the top
	To     float64
	Ink    Tone
	Fill   bool
	Dashed bool
	Wide   float64 // of a line
	Text   string
	Size   float64
	Anchor string // "start", "middle", "end"
	Bold   bool
}

// The inks that are no tones.
const (
	Line  Tone = "line"
	Paper Tone = "paper"
)

// Arc is the path of an arc shape for SVG.
func (s Shape) Arc() string {
	x1, y1 := s.on(s.From)
	x2, y2 := s.on(s.To)
	large := 0
	if s.To-s.From > 180 {
		large = 1
	}
	return fmt.Sprintf("M %.2f %.2f A %g %g 0 %d 1 %.2f %.2f", x1, y1, s.R, s.R, large, x2, y2)
}

func (s Shape) on(degrees float64) (x, y float64) {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	return s.X + s.R*sin, s.Y - s.R*cos
}

// Head is the arrow's head: its tip and the two other corners.
func (s Shape) Head() [3][2]float64 {
	const long, half = 8, 4.5
	return [3][2]float64{{s.X2, s.Y2}, {s.X2 - long, s.Y2 - half}, {s.X2 - long, s.Y2 + half}}
}

// The ring opens at the bottom.
const (
	ringFrom = -135.0
	ringTo   = 135.0
)

// Ring is the score's picture: the part of the ring that is drawn is the score,
// the letter stands inside. A nil score leaves the ring empty.
func Ring(score *int, letter string, tone Tone, tells string) *Picture {
	p := &Picture{Name: "Score", Tells: tells, Kind: "score", W: 140, H: 130}
	p.add(Shape{Kind: "arc", X: 70, Y: 68, R: 56, From: ringFrom, To: ringTo, Ink: Line, Wide: 12})
	below := "no score"
	if score != nil {
		part := float64(min(max(*score, 1), 100)) / 100
		p.add(Shape{Kind: "arc", X: 70, Y: 68, R: 56, From: ringFrom, To: ringFrom + part*(ringTo-ringFrom), Ink: tone, Wide: 12})
		below = fmt.Sprintf("%d/100", *score)
	} else {
		letter = "–"
	}
	p.add(Shape{Kind: "text", X: 70, Y: 82, Text: letter, Size: 48, Anchor: "middle", Bold: true, Ink: tone})
	p.add(Shape{Kind: "text", X: 70, Y: 120, Text: below, Size: 16, Anchor: "middle", Bold: true})
	return p
}

func (p *Picture) add(shapes ...Shape) { p.Shapes = append(p.Shapes, shapes...) }

// A Way is one way in, as it is drawn.
type Way struct {
	Name  string
	Holds string // "yes", "residual", "unknown", "no"
	Word  string // the same for people
}

// Where client, attacker and target stand, and the room that each way takes.
const (
	clientX, attackerX, targetX = 48.0, 190.0, 332.0
	waysWide                    = 380.0
	headRoom                    = 52.0
	wayRoom                     = 46.0
)

// Ways draws traffic from the client to the target, once for each way in: through
// the attacker where the way is open, past a stop where it is shut, with a question
// mark where nobody could tell.
func Ways(ways []Way, target, tells string) *Picture {
	high := headRoom + wayRoom*float64(len(ways)) + 10
	p := &Picture{Name: "Ways in", Tells: tells, Kind: "ways", W: waysWide, H: high}
	for _, x := range []float64{clientX, attackerX, targetX} {
		p.add(Shape{Kind: "line", X: x, Y: 36, X2: x, Y2: high - 4, Ink: Line, Wide: 1.5, Dashed: x == attackerX})
	}
	open := false
	for i, way := range ways {
		p.way(way, headRoom+wayRoom*float64(i))
		open = open || way.Holds == "yes"
	}
	attacker := Plain
	if open {
		attacker = Bad
	}
	p.person(clientX, "Client", Plain)
	p.person(attackerX, "Attacker", attacker)
	p.person(targetX, target, Plain)
	return p
}

func (p *Picture) person(x float64, name string, ink Tone) {
	p.add(Shape{Kind: "box", X: x - 42, Y: 6, X2: 84, Y2: 30, Ink: ink, Fill: true})
	p.add(Shape{Kind: "text", X: x, Y: 26, Text: name, Size: 14, Anchor: "middle", Bold: true, Ink: Paper})
}

func (p *Picture) way(w Way, y float64) {
	ink := map[string]Tone{"yes": Bad, "residual": Unsure, "unknown": Unsure, "no": Good}[w.Holds]
	sign := map[string]string{"yes": "!", "residual": "~", "unknown": "?", "no": "×"}[w.Holds]
	at := y + 28
	p.add(Shape{Kind: "text", X: clientX + 8, Y: y + 14, Text: w.Name, Size: 13, Anchor: "start"})
	p.add(Shape{Kind: "text", X: targetX - 8, Y: y + 14, Text: w.Word, Size: 13, Anchor: "end", Bold: true, Ink: ink})
	switch w.Holds {
	case "yes", "residual":
		p.add(Shape{Kind: "arrow", X: clientX, Y: at, X2: attackerX - 11, Y2: at, Ink: ink, Wide: 2.5, Dashed: w.Holds == "residual"})
		p.add(Shape{Kind: "arrow", X: attackerX + 11, Y: at, X2: targetX - 2, Y2: at, Ink: ink, Wide: 2.5, Dashed: w.Holds == "residual"})
	default:
		p.add(Shape{Kind: "arrow", X: clientX, Y: at, X2: targetX - 2, Y2: at, Ink: ink, Wide: 2.5, Dashed: w.Holds == "unknown"})
	}
	p.add(Shape{Kind: "disc", X: attackerX, Y: at, R: 10, Ink: ink, Fill: w.Holds != "no"})
	p.add(Shape{Kind: "text", X: attackerX, Y: at + 5, Text: sign, Size: 14, Anchor: "middle", Bold: true, Ink: signInk(w.Holds)})
}

// signInk is the ink of the sign at the attacker: on a filled disc it is the paper.
func signInk(holds string) Tone {
	if holds == "no" {
		return Good
	}
	return Paper
}
