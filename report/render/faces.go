// The formats for people away from a terminal: one HTML file, a PDF, and the
// document that both draw.

package render

import (
	"middlebrick/report"
	"middlebrick/report/render/document"
	"middlebrick/report/render/page"
	"middlebrick/report/render/paper"
)

// Document is the report laid out for reading: what the page, the PDF and the
// dashboard draw.
func Document(r report.Report, o Options) document.Document { return laidOut(r, o) }

// HTML is the report as one self-contained file.
func HTML(r report.Report, o Options) ([]byte, error) { return page.HTML(laidOut(r, o)) }

// PDF is the same as a PDF.
func PDF(r report.Report, o Options) ([]byte, error) { return paper.PDF(laidOut(r, o)) }
