// Small things that all pages show: moments, grades, numbers of findings, and the
// line that a score drew.

package pages

import (
	"fmt"
	"strings"
	"time"

	"middlebrick/rule"
)

// A Moment is a time as seen from another one; the zero Moment is never.
type Moment struct {
	At, Now time.Time
}

// Never is true where it did not happen.
func (m Moment) Never() bool { return m.At.IsZero() }

// ISO is for machines.
func (m Moment) ISO() string { return m.At.UTC().Format(time.RFC3339) }

// Absolute is the day and the minute, of UTC.
func (m Moment) Absolute() string { return m.At.UTC().Format("2 Jan 2006 15:04 UTC") }

// Day is the day alone.
func (m Moment) Day() string { return m.At.UTC().Format("2 Jan 2006") }

// spans are the units of relative times, the longest first.
var spans = []struct {
	name string
	long time.Duration
}{{"year", 365 * 24 * time.Hour}, {"month", 30 * 24 * time.Hour}, {"day", 24 * time.Hour}, {"hour", time.Hour}, {"minute", time.Minute}}

// Relative is how long ago, or how long from now.
func (m Moment) Relative() string {
	gone := m.Now.Sub(m.At)
	if m.Now.IsZero() || gone < time.Minute && gone > -time.Minute {
		return "just now"
	}
	ahead := gone < 0
	gone = gone.Abs()
	for _, s := range spans {
		if gone >= s.long {
			return tensed(amount(int(gone/s.long), s.name), ahead)
		}
	}
	return "just now"
}

func tensed(words string, ahead bool) string {
	if ahead {
		return "in " + words
	}
	return words + " ago"
}

// A Grade is a letter with its score, or neither.
type Grade struct {
	Letter string // "" where none was given
	Score  *int
}

// GradeOf is the grade of a report's two fields.
func GradeOf(letter *string, score *int) Grade {
	if letter == nil || score == nil {
		return Grade{}
	}
	return Grade{*letter, score}
}

// Sign is the letter, or a dash.
func (g Grade) Sign() string {
	if g.Letter == "" {
		return "–"
	}
	return g.Letter
}

// Tone is what the grade means.
func (g Grade) Tone() string { return toneOf(g.Letter) }

func toneOf(letter string) string {
	switch letter {
	case "A", "B":
		return "good"
	case "C", "D":
		return "unsure"
	case "F":
		return "bad"
	}
	return "faint"
}

// A Tally is how many findings of each severity are open.
type Tally map[rule.Severity]int

// A Count is one severity of a tally.
type Count struct {
	Severity string
	N        int
}

// Counts are those that there are, worst first.
func (t Tally) Counts() []Count {
	var all []Count
	for _, s := range rule.Severities() {
		if t[s] > 0 {
			all = append(all, Count{string(s), t[s]})
		}
	}
	return all
}

// A Point is one scan of a target. Turn says that the rules are others than those
// of the scan before, so that the two scores cannot be compared.
type Point struct {
	At    time.Time
	Grade Grade
	Turn  bool
}

// A Spark is the line of a target's scores, oldest first.
type Spark []Point

// mostSpark bounds the points of one line.
const mostSpark = 30

const sparkWide, sparkHigh = 120.0, 28.0

func (s Spark) latest() Spark { return s[max(0, len(s)-mostSpark):] }

func (s Spark) x(i int) float64 {
	if len(s) < 2 {
		return sparkWide - 4
	}
	return 4 + float64(i)*(sparkWide-8)/float64(len(s)-1)
}

func sparkY(score int) float64 { return sparkHigh - 3 - float64(score)*(sparkHigh-6)/100 }

// Lines are the pieces of the line; it is broken where a scan gave no score, and
// where the rules changed.
func (s Spark) Lines() []string {
	kept := s.latest()
	var lines []string
	var now []string
	end := func() {
		if len(now) > 1 {
			lines = append(lines, strings.Join(now, " "))
		}
		now = nil
	}
	for i, p := range kept {
		if p.Grade.Score == nil || p.Turn {
			end()
		}
		if p.Grade.Score != nil {
			now = append(now, fmt.Sprintf("%.1f,%.1f", kept.x(i), sparkY(*p.Grade.Score)))
		}
	}
	end()
	return lines
}

// Alone are the scores that no line leads to or from; the last one has its own dot.
func (s Spark) Alone() (dots []Dot) {
	kept := s.latest()
	for i, p := range kept[:max(0, len(kept)-1)] {
		joined := i > 0 && !p.Turn && kept[i-1].Grade.Score != nil || !kept[i+1].Turn && kept[i+1].Grade.Score != nil
		if p.Grade.Score != nil && !joined {
			dots = append(dots, Dot{fmt.Sprintf("%.1f", kept.x(i)), fmt.Sprintf("%.1f", sparkY(*p.Grade.Score)), ""})
		}
	}
	return dots
}

// Turns are where the rules changed, from the left.
func (s Spark) Turns() (at []string) {
	kept := s.latest()
	for i, p := range kept {
		if p.Turn && i > 0 {
			at = append(at, fmt.Sprintf("%.1f", (kept.x(i)+kept.x(i-1))/2))
		}
	}
	return at
}

// A Dot is the last scan's place.
type Dot struct{ X, Y, Tone string }

// Last is the last scan that gave a score, if it is the latest.
func (s Spark) Last() *Dot {
	kept := s.latest()
	if len(kept) == 0 || kept[len(kept)-1].Grade.Score == nil {
		return nil
	}
	last := kept[len(kept)-1].Grade
	return &Dot{fmt.Sprintf("%.1f", kept.x(len(kept)-1)), fmt.Sprintf("%.1f", sparkY(*last.Score)), last.Tone()}
}

// Tells is the line in words.
func (s Spark) Tells() string {
	var first, last *Point
	for i := range s {
		if s[i].Grade.Score == nil {
			continue
		}
		if first == nil {
			first = &s[i]
		}
		last = &s[i]
	}
	switch {
	case first == nil:
		return "No score yet"
	case first == last:
		return fmt.Sprintf("One score: %d", *last.Grade.Score)
	}
	return fmt.Sprintf("%s, from %d to %d", amount(len(s), "scan"), *first.Grade.Score, *last.Grade.Score)
}

// A Paging is which part of a list is shown.
type Paging struct {
	From, To, Total int
	Before, After   string // addresses; "" where there is nothing
}
