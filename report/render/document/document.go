// Package document is a report laid out for reading and not yet drawn: sections
// of blocks, with the pictures as shapes. The page and the PDF draw the same
// document, so that they cannot say different things.
package document

import "time"

// A Document is the whole of it. All texts are one line each.
type Document struct {
	Title    string // for a browser's tab and the file's properties
	Engine   string
	What     string   // was asked: method and address
	Facts    []string // where it led, to what, when, at what cost
	Notice   string   // what the reader must know first; "" for nothing
	Answer   Tone
	Sentence string // the answer, before any number
	Score    *Block // the grade's picture
	Grade    string // the same in words
	Counts   []Count
	Why      []Pair
	Sections []Section
	Made     time.Time
}

// A Tone is what a text means for the reader; colour follows from it, and never
// says anything that a word does not.
type Tone string

// The tones. A severity is a tone as well, by its own name.
const (
	Plain  Tone = ""
	Bad    Tone = "bad"
	Good   Tone = "good"
	Unsure Tone = "unsure"
	Faint  Tone = "faint"
)

// A Count is how many findings of one severity are open.
type Count struct {
	Severity string
	N        int
}

// A Section is one heading of the contents.
type Section struct {
	ID, Title string
	Blocks    []Block
}

// A Block is exactly one of its fields.
type Block struct {
	Text    []Span   // a paragraph
	Heading string   // a small heading
	List    [][]Span // with bullets
	Code    *Code
	Table   *Table
	Pairs   []Pair
	Picture *Picture
	Part    *Part
	Fold    *Fold
}

// A Span is a piece of a paragraph.
type Span struct {
	Text   string
	Code   bool
	Strong bool
	Tone   Tone
	URL    string // http or https, or "#id" in this document; "" for none
}

// Code is text that is never wrapped at words: commands, configuration, bytes.
type Code struct {
	Caption string
	Lines   []string
}

// A Table has a row of heads; each row has as many cells.
type Table struct {
	Name string // for those who cannot see it
	Head []string
	Rows [][]Cell
}

// A Cell is one text, or a bar from 0 to 100.
type Cell struct {
	Spans []Span
	Bar   *int
	Tone  Tone
}

// A Pair is a name and what there is to say.
type Pair struct {
	Name string
	Says []Span
}

// A Part is one of the fixed parts of a finding: Saw, Means, Fix, Check.
type Part struct {
	Name   string
	Blocks []Block
}

// A Fold can be opened and closed where the medium can.
type Fold struct {
	ID       string
	Severity string // of a finding; "" for none
	Mark     string // "NEW"
	Title    string
	Aside    string // the rule, the number of what is inside
	Heading  bool   // it is a heading of the document
	Open     bool
	Blocks   []Block
}

// Say is a paragraph of plain text.
func Say(text string) []Span { return []Span{{Text: text}} }

// Toned is a paragraph with a tone.
func Toned(tone Tone, text string) []Span { return []Span{{Text: text, Tone: tone}} }

// Cells is a row of plain texts.
func Cells(texts ...string) []Cell {
	var row []Cell
	for _, text := range texts {
		row = append(row, Cell{Spans: Say(text)})
	}
	return row
}
