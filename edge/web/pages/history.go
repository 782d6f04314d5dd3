// A target over time: its scores as a chart and as a table, and two of its scans
// held against each other.

package pages

import (
	"fmt"
	"strings"
	"time"

	"middlebrick/report/compare"
)

// History is one target's page.
type History struct {
	ID, Method, URL string
	Rows            []Past // newest first
	Range           string // "7d", "30d", "90d", "all"
	Latest          string // the latest scan's id
	Monitored       string // the monitor's id; "" where there is none
}

func (History) file() string    { return "history" }
func (h History) title() string { return "History of " + h.URL }

// A Past is one scan of the target.
type Past struct {
	Scan   string
	At     Moment
	Grade  Grade
	Open   Tally
	Engine string // "1.0.0, score model 1"
	Turn   bool   // rules changed since the scan before
	Status string
}

// State is how the scan ended.
func (p Past) State() State { return stateOf(p.Status) }

// Ranges are how far back one can look.
func (h History) Ranges() []Link {
	var all []Link
	for _, one := range []string{"7d", "30d", "90d", "all"} {
		all = append(all, Link{To: "/targets/" + h.ID + "?range=" + one, Text: one, Here: one == h.Range})
	}
	return all
}

// The chart's room, in units of its picture.
const (
	chartWide, chartHigh = 900.0, 260.0
	chartLeft, chartTop  = 40.0, 10.0
	chartRight           = 15.0
	chartBottom          = 30.0
)

// A Chart is the scores drawn.
type Chart struct {
	Wide, High float64
	Grid       []Tick
	Days       []Tick
	Lines      []string
	Dots       []ChartDot
	Turns      []float64
	Tells      string
}

// A Tick is a line of the grid with its label.
type Tick struct {
	At   float64
	Text string
}

// A ChartDot is one scan. A Gap is one without a score.
type ChartDot struct {
	X, Y  float64
	Tone  string
	Gap   bool
	Tells string
}

// Chart draws the rows; nil where there are fewer than two.
func (h History) Chart() *Chart {
	if len(h.Rows) < 2 {
		return nil
	}
	c := &Chart{Wide: chartWide, High: chartHigh}
	first, last := h.Rows[len(h.Rows)-1].At.At, h.Rows[0].At.At
	for _, score := range []int{0, 25, 50, 75, 100} {
		c.Grid = append(c.Grid, Tick{chartY(score), fmt.Sprint(score)})
	}
	c.days(first, last)
	var line []string
	end := func() {
		if len(line) > 1 {
			c.Lines = append(c.Lines, strings.Join(line, " "))
		}
		line = nil
	}
	for i := len(h.Rows) - 1; i >= 0; i-- {
		row := h.Rows[i]
		x := chartX(row.At.At, first, last)
		if row.Turn {
			end()
			c.Turns = append(c.Turns, round(x-4))
		}
		tells := row.At.Absolute() + ": " + row.Grade.Sign() + " " + scoreText(row.Grade.Score)
		if row.Grade.Score == nil {
			end()
			c.Dots = append(c.Dots, ChartDot{X: x, Y: chartHigh - chartBottom - 8, Gap: true, Tells: row.At.Absolute() + ": no score"})
			continue
		}
		y := chartY(*row.Grade.Score)
		line = append(line, fmt.Sprintf("%.1f,%.1f", x, y))
		c.Dots = append(c.Dots, ChartDot{X: x, Y: y, Tone: row.Grade.Tone(), Tells: tells})
	}
	end()
	c.Tells = fmt.Sprintf("Scores of %s from %s to %s; the same numbers are in the table below.", amount(len(h.Rows), "scan"), h.Rows[len(h.Rows)-1].At.Day(), h.Rows[0].At.Day())
	return c
}

func (c *Chart) days(first, last time.Time) {
	const labels = 4
	for i := range labels + 1 {
		at := first.Add(last.Sub(first) * time.Duration(i) / labels)
		c.Days = append(c.Days, Tick{min(chartX(at, first, last), chartWide-22), at.UTC().Format("2 Jan")})
	}
}

func chartX(at, first, last time.Time) float64 {
	room := chartWide - chartLeft - chartRight
	if !last.After(first) {
		return chartLeft + room
	}
	return round(chartLeft + room*float64(at.Sub(first))/float64(last.Sub(first)))
}

func chartY(score int) float64 {
	room := chartHigh - chartTop - chartBottom
	return round(chartTop + room*float64(100-score)/100)
}

func round(x float64) float64 { return float64(int(x*10+0.5)) / 10 }

// Compared is two scans held against each other.
type Compared struct {
	Before, After Side
	Target        string // the target's id; "" when the two are of different ones
	Choices       []Pick // scans that could be compared instead
	Difference    compare.Difference
}

func (Compared) file() string    { return "compare" }
func (c Compared) title() string { return "Compare " + c.Before.URL }

// A Side is one of the two.
type Side struct {
	Scan, Method, URL string
	At                Moment
	Grade             Grade
	Engine            string
	Answer            string // of the question about the one in the middle
}

// A Pick is a scan to choose.
type Pick struct {
	Scan, Text string
}

// Cause is where the change comes from: from the target, or from other rules.
func (c Compared) Cause() string {
	switch d := c.Difference; {
	case !d.SameTarget:
		return "These are scans of two different targets."
	case !d.Judged():
		return "One of the two gave no verdict, so that nothing can be said of what is new or fixed."
	case !d.SameRules:
		return "The rules are not the same in both, so the scores cannot be compared; what is new may have been there before."
	case d.Still():
		return "Nothing moved."
	}
	return "The target changed; the rules are the same in both."
}

// Picks are the choices, that scan chosen.
func (c Compared) Picks(chosen string) []choice {
	var all []choice
	for _, one := range c.Choices {
		all = append(all, choice{one.Scan, one.Text, one.Scan == chosen})
	}
	return all
}
