// Package render turns a report into what people and programs read: the
// terminal summary, a table of findings, JSON and a stream of JSON lines. All
// text of a target is hostile here, and passes through one place, Screen.Escape,
// before it is printed.
package render

import (
	"fmt"
	"io"

	"middlebrick/report"
	"middlebrick/report/compare"
)

// Options say how a report is to look. They never change what it says.
type Options struct {
	Screen
	All          bool                // every finding, check and place, not only the first
	ShowAccepted bool                // accepted findings one by one
	Gate         *Gate               // nil: there is no gate line
	Since        *compare.Difference // what moved since the target was scanned before; nil: not known
	Loop         bool                // what moved stands at the top, for somebody who mends and looks again

	Explain Explainer // the pages of the rules, for formats that carry them
	Place   Place     // where the repository declares the target
	Pages   string    // web address below which the rules' pages are; "" where there are none
}

// A Gate is what the caller's gate came to. Outcome is "pass", "fail",
// "no verdict" or "none"; Reasons say why, one clause each.
type Gate struct {
	Outcome string   `json:"outcome"`
	Reasons []string `json:"reasons"`
	Exit    int      `json:"exit"`
}

// formats are the renderers by the name that a user gives.
var formats = []struct {
	name   string
	render func(report.Report, Options) ([]byte, error)
}{
	{"summary", func(r report.Report, o Options) ([]byte, error) { return Summary(r, o), nil }},
	{"json", func(r report.Report, _ Options) ([]byte, error) { return JSON(r) }},
	{"table", func(r report.Report, o Options) ([]byte, error) { return Table(r, o), nil }},
	{"ndjson", func(r report.Report, o Options) ([]byte, error) { return ndjson(r, o) }},
	{"sarif", sarif},
	{"junit", junit},
	{"markdown", comment},
	{"html", HTML},
	{"pdf", PDF},
	{"gitlab-codequality", codeQuality},
	{"gitlab-dast", dast},
	{"csv", csvTable},
}

// Formats are the names of the formats, the default first.
func Formats() []string {
	names := make([]string, 0, len(formats))
	for _, f := range formats {
		names = append(names, f.name)
	}
	return names
}

// Write renders the report in the named format. Errors are of the writer, or
// name a format that does not exist.
func Write(w io.Writer, format string, r report.Report, o Options) error {
	for _, f := range formats {
		if f.name != format {
			continue
		}
		text, err := f.render(r, o)
		if err != nil {
			return fmt.Errorf("rendering report as %s: %w", format, err)
		}
		_, err = w.Write(text)
		return err
	}
	return fmt.Errorf("rendering report: format %q is not known", format)
}

// Binary is true of formats that are no text, and that a terminal cannot show.
func Binary(format string) bool { return format == "pdf" }
