// The two formats for people away from a terminal: one HTML file, and a PDF.

package render

import (
	"middlebrick/report"
	"middlebrick/report/render/page"
	"middlebrick/report/render/paper"
)

// HTML is the report as one self-contained file.
func HTML(r report.Report, o Options) ([]byte, error) { return page.HTML(laidOut(r, o)) }

// PDF is the same as a PDF.
func PDF(r report.Report, o Options) ([]byte, error) { return paper.PDF(laidOut(r, o)) }
